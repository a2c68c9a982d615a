package org.currencyroutes.rates;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.currencyroutes.Meters;
import org.currencyroutes.Today;

/** The rates by day, kept for a time after they were fetched, each loaded once however many wait for it. */
public final class Rates implements CamelContextAware {

    /** The key of the latest rates, which serve today and tomorrow. */
    public static final String LATEST = "latest";

    private final Duration ttl;
    private final RatesLoader loader;
    private final Clock clock;
    private final Ticker ticker;
    // by the day as text: camel-caffeine knows no other keys
    private final AsyncCache<String, RateTable> tables;
    // tables that do not change any more, for when nobody can give them anew
    private final Cache<String, RateTable> settled;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private volatile Latest latest = new Latest("", 0);
    private volatile Key lastKey = new Key(LocalDate.EPOCH, LocalDate.EPOCH.toString());
    // tables that another process had held for a while when they came: they end sooner than the cache knows
    private final Map<String, Aged> aged = new ConcurrentHashMap<>();
    // tables that are being removed by this process for itself alone
    private final Set<RateTable> forgotten =
            Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    private volatile SharedRates shared = SharedRates.NONE;
    private volatile CompletableFuture<RateTable> refresh = CompletableFuture.completedFuture(null);
    private CamelContext camelContext;

    /** What there is to know of the load of the latest rates: for which currency, when to load anew, whether in use. */
    private static final class Latest {

        private final String currency;
        private final long refreshAt;
        private volatile boolean used;

        private Latest(String currency, long refreshAt) {
            this.currency = currency;
            this.refreshAt = refreshAt;
        }
    }

    /** A day with its text, which many requests in a row have in common. */
    private record Key(LocalDate day, String text) {}

    /** How old a table was when it came, and what ends it. */
    private record Aged(Duration age, CompletableFuture<Void> end) {

        private static final Aged NEW = new Aged(Duration.ZERO, CompletableFuture.completedFuture(null));
    }

    /** Takes how long a table is kept after its fetch, at most how many tables, and what loads them. */
    public Rates(Duration ttl, long size, RatesLoader loader, Clock clock) {
        this(ttl, size, loader, clock, Ticker.systemTicker());
    }

    Rates(Duration ttl, long size, RatesLoader loader, Clock clock, Ticker ticker) {
        this.ttl = ttl;
        this.loader = loader;
        this.clock = clock;
        this.ticker = ticker;
        this.settled = Caffeine.newBuilder().maximumSize(size).build();
        this.tables = Caffeine.newBuilder()
                .expireAfterWrite(ttl)
                .maximumSize(size)
                .ticker(ticker)
                .recordStats()
                .removalListener(this::removed)
                .buildAsync();
    }

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    /** Also shows the cache among the context's metrics. */
    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
        show(Meters.of(camelContext));
    }

    /** Has a table in common with other processes from now on; one of them loads it. */
    public void share(SharedRates others) {
        shared = others;
        loader.share(others);
    }

    /** The day's table, if it is there. */
    public Optional<RateTable> cached(LocalDate day) {
        return cached(day, Today.epochDay(clock));
    }

    /** The same for those who know today's day since 1970-01-01. */
    public Optional<RateTable> cached(LocalDate day, long today) {
        String key = key(day, today);
        RateTable table = tables.synchronous().getIfPresent(key);
        (table == null ? misses : hits).increment();
        if (key.equals(LATEST) && !latest.used) {
            latest.used = true;
        }
        return Optional.ofNullable(table);
    }

    /**
     * The day's table as soon as it is there, loaded if no load of that day is under way; the currency is the one that
     * it is wanted for. Fails with {@link RatesUnavailable}.
     */
    public CompletableFuture<RateTable> load(LocalDate day, String currency) {
        String key = key(day);
        CompletableFuture<RateTable> coming = refresh;
        boolean join = key.equals(LATEST) && !coming.isDone();
        return tables.get(key, (missing, executor) -> (join ? coming : fetch(key, day, currency, ttl))
                        // to the cache a load that failed is nothing to keep, no error to log
                        .exceptionally(failure -> null))
                .thenApply(table -> table == null ? settled(key, day) : table);
    }

    /** Whether the latest rates are in use and so near their end that they should be loaded anew. */
    public boolean isRefreshDue() {
        Latest loaded = latest;
        return loaded.used
                && ticker.read() - loaded.refreshAt >= 0
                && refresh.isDone()
                && tables.synchronous().asMap().containsKey(LATEST);
    }

    /** Loads the latest rates anew; those that are there serve until then, and to their end if that fails. */
    public void refresh() {
        String currency = latest.currency;
        refresh = fetch(LATEST, today(), currency, refreshAge()).whenComplete((table, failure) -> {
            if (failure == null) {
                tables.put(LATEST, CompletableFuture.completedFuture(table));
            } else {
                latest = new Latest(currency, ticker.read() + ttl.dividedBy(40).toNanos());
            }
        });
    }

    /** The days whose tables are held, in their order, each with what an operator would want to know of its table. */
    public List<Map<String, Object>> held() {
        return new TreeMap<>(tables.synchronous().asMap())
                .entrySet().stream()
                        .map(held -> inWords(held.getKey(), held.getValue()))
                        .toList();
    }

    /** Drops a day's table, {@code latest} for the latest rates, so that it is loaded anew; whether there was one. */
    public boolean drop(String day) {
        boolean dropped = shared.drop(day) | forget(day);
        // one that is being loaded
        return tables.asMap().remove(day) != null || dropped;
    }

    /** The same for a table that is there, in this process alone. */
    public boolean forget(String day) {
        boolean old = settled.asMap().remove(day) != null;
        return end(day) || old;
    }

    private boolean end(String key) {
        CompletableFuture<RateTable> held = tables.getIfPresent(key);
        RateTable table = held == null ? null : held.getNow(null);
        if (table == null) {
            return false;
        }
        forgotten.add(table);
        boolean ended = tables.asMap().remove(key, held);
        if (!ended) {
            forgotten.remove(table);
        }
        return ended;
    }

    /** How long ago the latest rates were fetched, if they are held. */
    public Optional<Duration> latestAge() {
        return age(LATEST);
    }

    private Optional<Duration> age(String key) {
        return tables.synchronous()
                .policy()
                .expireAfterWrite()
                .flatMap(ages -> ages.ageOf(key))
                // one that is being loaded has no age yet
                .filter(age -> !age.isNegative())
                .map(age -> age.plus(aged.getOrDefault(key, Aged.NEW).age()));
    }

    /** The cache itself, by day ({@code 2021-05-18}, or {@code latest}); what is removed from it is loaded anew. */
    public static Cache<String, RateTable> cacheOf(Rates rates) {
        return rates.tables.synchronous();
    }

    private CompletableFuture<RateTable> fetch(String key, LocalDate day, String currency, Duration maxAge) {
        Instant asked = clock.instant();
        boolean isLatest = key.equals(LATEST);
        return loader.load(isLatest ? today() : day, isLatest, currency, maxAge).thenApply(fetched -> {
            if (isLatest) {
                latest = new Latest(
                        currency,
                        ticker.read() + refreshAge().minus(fetched.age()).toNanos());
            } else if (day.plusDays(1).isBefore(LocalDate.ofInstant(asked.minus(fetched.age()), ZoneOffset.UTC))) {
                settled.put(key, fetched.table());
            }
            keepForTheRest(key, fetched.age());
            return fetched.table();
        });
    }

    private Duration refreshAge() {
        return ttl.multipliedBy(9).dividedBy(10);
    }

    /** To the cache each table is new when it comes: with a time for each table every look-up would take twice as long. */
    private void keepForTheRest(String key, Duration age) {
        Aged before = aged.remove(key);
        if (before != null) {
            before.end.cancel(false);
        }
        if (!age.isZero()) {
            CompletableFuture<Void> end = new CompletableFuture<>();
            end.completeOnTimeout(null, ttl.minus(age).toNanos(), TimeUnit.NANOSECONDS);
            Aged come = new Aged(age, end);
            aged.put(key, come);
            end.thenRunAsync(() -> {
                if (aged.remove(key, come)) {
                    end(key);
                }
            });
        }
    }

    /** A table that somebody has removed is not wanted any more, also not when nobody can give it anew. */
    private void removed(String key, RateTable table, RemovalCause cause) {
        if (!forgotten.remove(table) && cause == RemovalCause.EXPLICIT) {
            settled.invalidate(key);
            shared.drop(key);
        }
    }

    private RateTable settled(String key, LocalDate day) {
        RateTable table = settled.getIfPresent(key);
        if (table == null) {
            throw new CompletionException(new RatesUnavailable(day));
        }
        return table;
    }

    private String key(LocalDate day) {
        return key(day, Today.epochDay(clock));
    }

    private String key(LocalDate day, long today) {
        if (day.toEpochDay() >= today) {
            return LATEST;
        }
        Key key = lastKey;
        if (!key.day.equals(day)) {
            key = new Key(day, day.toString());
            lastKey = key;
        }
        return key.text;
    }

    private LocalDate today() {
        return LocalDate.now(clock);
    }

    private Map<String, Object> inWords(String key, RateTable table) {
        Map<String, Object> words = new LinkedHashMap<>();
        words.put("day", key);
        words.put("rates-of", table.day().toString());
        words.put("base", table.base());
        words.put("currencies", table.quotes().size());
        age(key).ifPresent(age -> words.put("age-seconds", age.toSeconds()));
        return words;
    }

    private double latestAgeSeconds() {
        return latestAge().map(age -> age.toNanos() / 1e9).orElse(Double.NaN);
    }

    private void show(MeterRegistry metrics) {
        Cache<String, RateTable> cache = tables.synchronous();
        Gauge.builder("fx.rates.cache.size", cache, Cache::estimatedSize)
                .description("Days whose rates are held")
                .register(metrics);
        Gauge.builder("fx.rates.latest.age", this, Rates::latestAgeSeconds)
                .description("Time since the latest rates were fetched; NaN while they are not held")
                .baseUnit("seconds")
                .register(metrics);
        FunctionCounter.builder("fx.rates.cache.gets", hits, LongAdder::sum)
                .tag("result", "hit")
                .description("Conversions that found their rates, or had to wait for them")
                .register(metrics);
        FunctionCounter.builder("fx.rates.cache.gets", misses, LongAdder::sum)
                .tag("result", "miss")
                .description("Conversions that found their rates, or had to wait for them")
                .register(metrics);
        FunctionCounter.builder(
                        "fx.rates.cache.evictions", cache, held -> held.stats().evictionCount())
                .description("Tables dropped for their age or their number")
                .register(metrics);
        FunctionTimer.builder(
                        "fx.rates.cache.loads",
                        cache,
                        held -> held.stats().loadCount(),
                        held -> held.stats().totalLoadTime(),
                        TimeUnit.NANOSECONDS)
                .description("Loads of a day, and the time that they took")
                .register(metrics);
    }
}
