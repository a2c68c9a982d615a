package org.currencyroutes.rates;

import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.spi.ExecutorServiceManager;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.support.LifecycleStrategySupport;
import org.currencyroutes.Meters;
import org.currencyroutes.rates.SharedRates.Fetched;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the providers in their order for a day's rates, each by its route {@code direct:fx-rates-<provider>}. */
public final class RatesLoader implements CamelContextAware {

    /** At most so many calls to one provider are under way. */
    private static final int MAX_CALLS = 16;

    /** This part of the deadline is left for the next provider, however slow the one before. */
    private static final int RESERVE = 6;

    /** This part of the deadline is left to load a table oneself, however slow the process that was to load it. */
    private static final int RESERVE_OF_OTHERS = 3;

    private static final Duration BETWEEN_WARNINGS = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(RatesLoader.class);

    private final List<String> names;
    private final Duration deadline;
    private final String target;
    private final Clock clock;
    private final Ticker ticker = Ticker.systemTicker();
    private final AtomicLong nextWarning;
    private volatile SharedRates shared = SharedRates.NONE;
    private CamelContext camelContext;
    private ExecutorService loads;
    private ScheduledExecutorService timer;
    private List<Provider> providers;

    /**
     * Takes the names of the providers, separated by commas, how long a load may take with all of them, the currency
     * that is converted to, and the clock to tell times by.
     */
    public RatesLoader(String providers, Duration deadline, String target, Clock clock) {
        this.names = List.of(providers.trim().split("\\s*,\\s*"));
        this.deadline = deadline;
        this.target = target;
        this.clock = clock;
        this.nextWarning = new AtomicLong(ticker.read());
    }

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    /** Also shows the providers among the context's metrics. */
    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
        loads = newHandover();
        // each load that waits for an answer has its deadline here: there may be as many as requests in hand
        ThreadPoolProfile one = new ThreadPoolProfile("fx-rates-deadline");
        one.setPoolSize(1);
        one.setMaxQueueSize(Integer.MAX_VALUE);
        timer = camelContext.getExecutorServiceManager().newScheduledThreadPool(this, "fx-rates-deadline", one);
        ProducerTemplate template = camelContext.createProducerTemplate();
        MeterRegistry metrics = Meters.of(camelContext);
        providers =
                names.stream().map(name -> provider(name, template, metrics)).toList();
    }

    /** From now on a day's rates are loaded by one of the processes that share them. */
    void share(SharedRates others) {
        shared = others;
    }

    /** The providers in their order, each with what an operator would want to know of it. */
    List<Map<String, Object>> providers() {
        return providers.stream().map(Provider::inWords).toList();
    }

    /**
     * The table of a day, or the latest, as soon as a provider has given one that can be accepted, and used for the
     * currency, or another process has one below an age; fails with {@link RatesUnavailable} when none has, or when the
     * deadline is over.
     */
    public CompletableFuture<Fetched> load(LocalDate day, boolean latest, String currency, Duration maxAge) {
        Load load = new Load(new RatesQuestion(day, latest, List.of(target, currency)));
        String key = latest ? Rates.LATEST : day.toString();
        loads.execute(() -> load.begin(key, maxAge));
        return load.table;
    }

    private final class Load {

        private final RatesQuestion question;
        private final long end = ticker.read() + deadline.toNanos();
        private final CompletableFuture<Fetched> table = new CompletableFuture<>();

        private Load(RatesQuestion question) {
            this.question = question;
        }

        private void begin(String key, Duration maxAge) {
            try {
                ScheduledFuture<?> atDeadline = timer.schedule(this::fail, left().toNanos(), TimeUnit.NANOSECONDS);
                // one that is left would hold up the end of the application until it is due
                table.whenComplete((found, failure) -> atDeadline.cancel(false));
                askOthers(key, maxAge);
            } catch (RuntimeException e) {
                LOG.warn("The rates of {} cannot be asked for", question.day(), e);
                table.completeExceptionally(new RatesUnavailable(question.day()));
            }
        }

        private Duration left() {
            return Duration.ofNanos(end - ticker.read());
        }

        private void askOthers(String key, Duration maxAge) {
            SharedRates others = shared;
            others.find(key, maxAge, left().minus(deadline.dividedBy(RESERVE_OF_OTHERS)))
                    .whenComplete((found, failure) -> {
                        if (failure == null && found.isPresent()) {
                            table.complete(found.get());
                        } else {
                            table.whenComplete((own, none) ->
                                    others.loaded(key, Optional.ofNullable(own).map(Fetched::table)));
                            askFrom(0);
                        }
                    });
        }

        private void askFrom(int next) {
            if (table.isDone()) {
                return;
            }
            if (next == providers.size()) {
                fail();
                return;
            }
            boolean last = next == providers.size() - 1;
            Duration patience = last ? left() : left().minus(deadline.dividedBy(RESERVE));
            providers.get(next).ask(question, patience).whenComplete((answer, failure) -> {
                if (failure == null) {
                    table.complete(new Fetched(answer, Duration.ZERO));
                } else {
                    askFrom(next + 1);
                }
            });
        }

        private void fail() {
            if (table.isDone()) {
                return;
            }
            warn("No provider gave the rates of " + question.day() + ", or none within " + deadline.toMillis() + " ms");
            table.completeExceptionally(new RatesUnavailable(question.day()));
        }
    }

    private void warn(String message) {
        long now = ticker.read();
        long next = nextWarning.get();
        if (now - next >= 0 && nextWarning.compareAndSet(next, now + BETWEEN_WARNINGS.toNanos())) {
            LOG.warn(message);
        } else {
            LOG.debug(message);
        }
    }

    /** A thread that the event loop hands loads to, so that it does not wait for the lock in a Camel pool's queue. */
    private ExecutorService newHandover() {
        ExecutorServiceManager threads = camelContext.getExecutorServiceManager();
        ExecutorService thread = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new LinkedTransferQueue<>(),
                task -> threads.newThread("fx-rates-load", task));
        camelContext.addLifecycleStrategy(LifecycleStrategySupport.adapt(
                LifecycleStrategySupport.onCamelContextStopped(context -> thread.shutdownNow())));
        return thread;
    }

    private Provider provider(String name, ProducerTemplate template, MeterRegistry metrics) {
        ThreadPoolProfile profile = new ThreadPoolProfile("fx-rates-" + name);
        profile.setPoolSize(MAX_CALLS);
        profile.setMaxPoolSize(MAX_CALLS);
        profile.setMaxQueueSize(Integer.MAX_VALUE);
        profile.setKeepAliveTime(10L);
        profile.setTimeUnit(TimeUnit.SECONDS);
        profile.setAllowCoreThreadTimeOut(true);
        return new Provider(
                name,
                template,
                camelContext.getExecutorServiceManager().newThreadPool(this, "fx-rates-" + name, profile),
                timer,
                metrics,
                ticker,
                clock);
    }
}
