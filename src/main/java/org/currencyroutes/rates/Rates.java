package org.currencyroutes.rates;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The rates by day, kept for a time after they were fetched, each loaded once however many wait for it. */
public final class Rates {

    /** The key of the latest rates, which serve today and tomorrow. */
    public static final LocalDate LATEST = LocalDate.MAX;

    private final AsyncCache<LocalDate, RateTable> tables;
    private final RatesLoader loader;
    private final Clock clock;

    /** Takes how long a table is kept after its fetch, at most how many tables, and what loads them. */
    public Rates(Duration ttl, long size, RatesLoader loader, Clock clock) {
        this(ttl, size, loader, clock, Ticker.systemTicker());
    }

    Rates(Duration ttl, long size, RatesLoader loader, Clock clock, Ticker ticker) {
        this.tables = Caffeine.newBuilder()
                .expireAfterWrite(ttl)
                .maximumSize(size)
                .ticker(ticker)
                .recordStats()
                .buildAsync();
        this.loader = loader;
        this.clock = clock;
    }

    /** The day's table, if it is there. */
    public Optional<RateTable> cached(LocalDate day) {
        return Optional.ofNullable(tables.synchronous().getIfPresent(key(day)));
    }

    /**
     * The day's table as soon as it is there, loaded if no load of that day is under way; the currency is the one that
     * it is wanted for. Fails with {@link RatesUnavailable}.
     */
    public CompletableFuture<RateTable> load(LocalDate day, String currency) {
        LocalDate key = key(day);
        return tables.get(key, (missing, executor) -> loader.load(key.equals(LATEST) ? today() : day, currency)
                        // to the cache a load that failed is nothing to keep, no error to log
                        .exceptionally(failure -> null))
                .thenApply(table -> {
                    if (table == null) {
                        throw new CompletionException(new RatesUnavailable(day));
                    }
                    return table;
                });
    }

    /** The cache itself, by day, {@link #LATEST} for the latest rates; what is removed from it is loaded anew. */
    public static Cache<LocalDate, RateTable> cacheOf(Rates rates) {
        return rates.tables.synchronous();
    }

    private LocalDate key(LocalDate day) {
        return day.isBefore(today()) ? day : LATEST;
    }

    private LocalDate today() {
        return LocalDate.now(clock);
    }
}
