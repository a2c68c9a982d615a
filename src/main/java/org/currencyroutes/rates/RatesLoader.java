package org.currencyroutes.rates;

import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the providers in their order for a day's rates, each by its route {@code direct:fx-rates-<provider>}. */
public final class RatesLoader implements CamelContextAware {

    /** At most so many loads are under way, hence at most so many calls to one provider. */
    private static final int MAX_LOADS = 16;

    private static final int MAX_AGE_DAYS = 14;

    private static final Logger LOG = LoggerFactory.getLogger(RatesLoader.class);

    private final List<String> providers;
    private final Duration deadline;
    private CamelContext camelContext;
    private ProducerTemplate template;
    private ExecutorService loads;
    private ScheduledExecutorService deadlines;

    /** Takes the names of the providers, separated by commas, and how long a load may take with all of them. */
    public RatesLoader(String providers, Duration deadline) {
        this.providers = List.of(providers.trim().split("\\s*,\\s*"));
        this.deadline = deadline;
    }

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
    }

    /**
     * The table of a day as soon as a provider has given one that can be accepted, and used for the currency; fails with
     * {@link RatesUnavailable} when none has, or when the deadline is over.
     */
    public CompletableFuture<RateTable> load(LocalDate day, String currency) {
        start();
        CompletableFuture<RateTable> table = new CompletableFuture<>();
        ScheduledFuture<?> atDeadline = deadlines.schedule(
                () -> {
                    if (table.completeExceptionally(new RatesUnavailable(day))) {
                        LOG.warn("No rates of {} within {} ms", day, deadline.toMillis());
                    }
                },
                deadline.toMillis(),
                TimeUnit.MILLISECONDS);
        // one that is left would hold up the end of the application until it is due
        table.whenComplete((found, failure) -> atDeadline.cancel(false));
        loads.execute(() -> askProviders(day, currency, table));
        return table;
    }

    private void askProviders(LocalDate day, String currency, CompletableFuture<RateTable> table) {
        for (String provider : providers) {
            if (table.isDone()) {
                return;
            }
            try {
                table.complete(accepted(
                        template.requestBody("direct:fx-rates-" + provider, day, RateTable.class), day, currency));
                return;
            } catch (RuntimeException e) {
                Throwable cause = e instanceof CamelExecutionException ? e.getCause() : e;
                LOG.warn("{} gave no rates of {}: {}", provider, day, cause.getMessage());
            }
        }
        table.completeExceptionally(new RatesUnavailable(day));
    }

    private static RateTable accepted(RateTable table, LocalDate day, String currency) {
        if (table == null) {
            throw new IllegalArgumentException("no table");
        }
        if (table.day().isAfter(day) || table.day().isBefore(day.minusDays(MAX_AGE_DAYS))) {
            throw new IllegalArgumentException("its rates are of " + table.day());
        }
        if (table.quote("EUR").isEmpty()) {
            throw new IllegalArgumentException("its rates of base " + table.base() + " lack EUR");
        }
        if (table.isUnusableFor("EUR") || table.isUnusableFor(currency)) {
            throw new IllegalArgumentException("a rate is no positive number");
        }
        return table;
    }

    private synchronized void start() {
        if (template == null) {
            template = camelContext.createProducerTemplate();
            loads = camelContext.getExecutorServiceManager().newFixedThreadPool(this, "fx-rates-load", MAX_LOADS);
            deadlines = camelContext
                    .getExecutorServiceManager()
                    .newSingleThreadScheduledExecutor(this, "fx-rates-deadline");
        }
    }
}
