package org.currencyroutes.rates;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.Route;
import org.apache.camel.component.resilience4j.ResilienceProcessor;
import org.apache.camel.support.processor.PredicateValidationException;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One provider of rates, asked by its route {@code direct:fx-rates-<name>}; its own threads are its waiting line. */
final class Provider {

    /** What becomes of an asking, as the metric {@code fx_rates_calls_total} tells it. */
    enum Outcome {
        SERVED,
        UNKNOWN_DAY,
        TIMEOUT,
        LEFT_ALONE,
        FAILED;

        /** The outcome as metrics and health tell it. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private record Failure(Instant at, Outcome outcome) {}

    private static final String NO_BREAKER = "none";
    private static final Duration UNKNOWN_TTL = Duration.ofSeconds(10);
    private static final long UNKNOWN_SIZE = 10_000;
    private static final int MAX_WORDS = 200;

    private static final Logger LOG = LoggerFactory.getLogger(Provider.class);

    private final String name;
    private final ProducerTemplate template;
    private final ExecutorService calls;
    private final ScheduledExecutorService timer;
    private final MeterRegistry metrics;
    private final Ticker ticker;
    private final Cache<LocalDate, String> unknownDays;
    private final Clock clock;
    private volatile Instant lastSuccess;
    private volatile Failure lastFailure;
    private boolean failing;
    private long failingSince;

    Provider(
            String name,
            ProducerTemplate template,
            ExecutorService calls,
            ScheduledExecutorService timer,
            MeterRegistry metrics,
            Ticker ticker,
            Clock clock) {
        this.name = name;
        this.template = template;
        this.calls = calls;
        this.timer = timer;
        this.metrics = metrics;
        this.ticker = ticker;
        this.clock = clock;
        this.unknownDays = Caffeine.newBuilder()
                .expireAfterWrite(UNKNOWN_TTL)
                .maximumSize(UNKNOWN_SIZE)
                .ticker(ticker)
                .build();
        for (Outcome outcome : Outcome.values()) {
            count(outcome, 0);
        }
        Gauge.builder("fx.rates.provider.last.success", this, Provider::lastSuccessSeconds)
                .tag("provider", name)
                .description("Unix time of the provider's last table; NaN before the first")
                .baseUnit("seconds")
                .register(metrics);
        Gauge.builder("fx.rates.provider.left.alone", this, provider -> provider.isLeftAlone() ? 1 : 0)
                .tag("provider", name)
                .description("Whether the provider's circuit breaker is open")
                .register(metrics);
    }

    /** Whether it is left alone: its breaker is open since its last calls failed, and no call after that has succeeded. */
    boolean isLeftAlone() {
        return breaker().equals("open");
    }

    /** What an operator would want to know of it, without a word of its own. */
    Map<String, Object> inWords() {
        Map<String, Object> words = new LinkedHashMap<>();
        words.put("name", name);
        words.put("breaker", breaker());
        if (lastSuccess != null) {
            words.put("last-success", lastSuccess.truncatedTo(ChronoUnit.MILLIS).toString());
        }
        Failure failure = lastFailure;
        if (failure != null) {
            words.put("last-failure", failure.at.truncatedTo(ChronoUnit.MILLIS).toString());
            words.put("last-failure-outcome", failure.outcome.word());
        }
        return words;
    }

    /** The state of the circuit breaker in its route; one that answers from memory has none. */
    private String breaker() {
        Route route = template.getCamelContext().getRoute("fx-rates-" + name);
        return route == null
                ? NO_BREAKER
                : route.filter("*").stream()
                        .filter(ResilienceProcessor.class::isInstance)
                        .map(step -> ((ResilienceProcessor) step).getCircuitBreakerState())
                        .filter(Objects::nonNull)
                        .map(state -> state.toLowerCase(Locale.ROOT))
                        .findFirst()
                        .orElse(NO_BREAKER);
    }

    private double lastSuccessSeconds() {
        Instant last = lastSuccess;
        return last == null ? Double.NaN : last.toEpochMilli() / 1e3;
    }

    String name() {
        return name;
    }

    /** Its table, if it has one that can be accepted, within the time given, the wait for its turn included. */
    CompletableFuture<RateTable> ask(RatesQuestion question, Duration patience) {
        CompletableFuture<RateTable> answer = new CompletableFuture<>();
        String unknown = unknownDays.getIfPresent(question.day());
        if (unknown != null) {
            answer.completeExceptionally(new UnknownDay(unknown));
            return answer;
        }
        try {
            Future<?> call = calls.submit(() -> call(question, answer));
            Future<?> limit =
                    timer.schedule(() -> giveUp(question, answer, call), patience.toMillis(), TimeUnit.MILLISECONDS);
            answer.whenComplete((table, failure) -> limit.cancel(false));
        } catch (RejectedExecutionException e) {
            // the application has stopped
            answer.completeExceptionally(e);
        }
        return answer;
    }

    private void call(RatesQuestion question, CompletableFuture<RateTable> answer) {
        try {
            RateTable table = question.accepted(template.request("direct:fx-provider-ask", exchange -> {
                exchange.getMessage().setBody(question.day());
                exchange.setVariable("provider", name);
                exchange.setVariable("day", question.day());
                exchange.setVariable("latest", question.latest());
            }));
            served(question);
            answer.complete(table);
        } catch (Exception e) {
            Exception said = inWords(e);
            // one that was given up is counted already
            if (!answer.isDone()) {
                failed(question, said);
            }
            answer.completeExceptionally(said);
        }
    }

    private void giveUp(RatesQuestion question, CompletableFuture<RateTable> answer, Future<?> call) {
        if (!answer.isDone()) {
            ProviderSlow slow = new ProviderSlow("no answer in the time that was left");
            failed(question, slow);
            answer.completeExceptionally(slow);
            call.cancel(true);
        }
    }

    private void served(RatesQuestion question) {
        count(Outcome.SERVED, 1);
        lastSuccess = clock.instant();
        LOG.debug("{} serves the rates of {}", name, question.day());
        synchronized (this) {
            // not a line for each change of one that comes and goes
            if (failing && ticker.read() - failingSince >= UNKNOWN_TTL.toNanos()) {
                failing = false;
                LOG.info(
                        "{} gives rates again, after {} s",
                        name,
                        TimeUnit.NANOSECONDS.toSeconds(ticker.read() - failingSince));
            }
        }
    }

    private void failed(RatesQuestion question, Exception said) {
        Outcome outcome = outcome(said);
        count(outcome, 1);
        if (outcome == Outcome.UNKNOWN_DAY) {
            unknownDays.put(question.day(), said.getMessage());
            LOG.debug("{} has no rates of {}: {}", name, question.day(), said.getMessage());
            return;
        }
        if (outcome != Outcome.LEFT_ALONE) {
            lastFailure = new Failure(clock.instant(), outcome);
        }
        boolean begins;
        synchronized (this) {
            begins = !failing;
            if (begins) {
                failing = true;
                failingSince = ticker.read();
            }
        }
        if (begins) {
            LOG.warn("{} gives no rates of {}: {}", name, question.day(), said.getMessage());
        } else {
            LOG.debug("{} gives no rates of {}: {}", name, question.day(), said.getMessage());
        }
    }

    private void count(Outcome outcome, int more) {
        metrics.counter("fx.rates.calls", "provider", name, "outcome", outcome.word())
                .increment(more);
    }

    private static Outcome outcome(Exception said) {
        return said instanceof UnknownDay
                ? Outcome.UNKNOWN_DAY
                : said instanceof ProviderSlow
                        ? Outcome.TIMEOUT
                        : said instanceof ProviderLeftAlone ? Outcome.LEFT_ALONE : Outcome.FAILED;
    }

    /** What a log may hold of a failure: what we wrote ourselves, else only its type, as messages quote URLs and bodies. */
    private static Exception inWords(Exception failure) {
        for (Throwable cause : ObjectHelper.createExceptionIterable(failure)) {
            if (cause instanceof UnknownDay || cause instanceof ProviderSlow) {
                return (Exception) cause;
            }
            if (cause instanceof ProviderFailed said) {
                return new ProviderFailed(printable(said.getMessage()));
            }
            if (cause instanceof CallNotPermittedException) {
                return new ProviderLeftAlone();
            }
            if (cause instanceof PredicateValidationException) {
                return new ProviderFailed("its answer is not of the form that is expected");
            }
            if (cause.getClass() == IllegalArgumentException.class) {
                return new ProviderFailed(printable(cause.getMessage()));
            }
        }
        return new ProviderFailed(
                "its answer cannot be read (" + failure.getClass().getSimpleName() + ")");
    }

    private static String printable(String text) {
        String line = text == null ? "" : text.replaceAll("[^\\x20-\\x7e]", "?");
        return line.length() > MAX_WORDS ? line.substring(0, MAX_WORDS) : line;
    }
}
