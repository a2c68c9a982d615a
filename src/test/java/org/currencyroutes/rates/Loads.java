package org.currencyroutes.rates;

import static org.awaitility.Awaitility.await;

import com.github.benmanes.caffeine.cache.Cache;
import java.time.Duration;
import java.time.LocalDate;

/** Loads for tests that turn the time on next. */
final class Loads {

    private Loads() {}

    /** The day's table, when the cache has noted the load's end as well: those who wait are told first. */
    static RateTable load(Rates rates, LocalDate day) {
        try {
            return rates.load(day, "USD").join();
        } finally {
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> isNoted(rates, Rates.cacheOf(rates)));
        }
    }

    private static boolean isNoted(Rates rates, Cache<String, RateTable> cache) {
        cache.cleanUp();
        return rates.held().size() == cache.estimatedSize()
                && rates.held().stream().allMatch(held -> held.containsKey("age-seconds"));
    }
}
