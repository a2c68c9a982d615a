package org.currencyroutes.rates;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes here of a table that another process has fetched, while no provider gives one. */
class RatesInCommonTest {

    private static final Duration TTL = Duration.ofHours(2);
    private static final LocalDate TODAY = LocalDate.of(2026, 3, 10);
    private static final LocalDate DAY = TODAY.minusDays(2);
    private static final RateTable TABLE = new RateTable("EUR", DAY, Map.of("USD", new BigDecimal("1.2")));

    private final CamelContext context = new DefaultCamelContext();
    private final AtomicLong ticks = new AtomicLong();
    private final Others others = new Others();
    private Rates rates;

    private static final class Others implements SharedRates {

        private final List<Duration> finds = new CopyOnWriteArrayList<>();
        private final List<String> failed = new CopyOnWriteArrayList<>();
        private final List<String> dropped = new ArrayList<>();
        private volatile Optional<Fetched> fetched = Optional.empty();

        @Override
        public CompletableFuture<Optional<Fetched>> find(String key, Duration maxAge, Duration patience) {
            finds.add(maxAge);
            return CompletableFuture.completedFuture(fetched);
        }

        @Override
        public void loaded(String key, Optional<RateTable> table) {
            assertTrue(table.isEmpty());
            failed.add(key);
        }

        @Override
        public boolean drop(String key) {
            dropped.add(key);
            return false;
        }
    }

    @BeforeEach
    void start() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:fx-provider-ask").throwException(new IllegalStateException("down"));
            }
        });
        context.start();
        Clock clock = Clock.fixed(Instant.parse(TODAY + "T01:00:00Z"), ZoneOffset.UTC);
        RatesLoader loader = new RatesLoader("test", Duration.ofSeconds(30), "EUR", clock);
        loader.setCamelContext(context);
        rates = new Rates(TTL, 100, loader, clock, ticks::get);
        rates.share(others);
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private RateTable load(LocalDate day, Duration age) {
        others.fetched = Optional.of(new SharedRates.Fetched(TABLE, age));
        return Loads.load(rates, day);
    }

    private void passTo(double partOfLifetime) {
        ticks.set((long) (partOfLifetime * TTL.toNanos()));
    }

    @Test
    void aTableThatIsHereIsReadWithoutTheOthers() {
        assertSame(TABLE, load(DAY, Duration.ofHours(1)));
        assertSame(TABLE, rates.cached(DAY).orElseThrow());
        assertSame(TABLE, Loads.load(rates, DAY));
        assertEquals(List.of(TTL), others.finds);
    }

    @Test
    void aTableIsKeptForTheRestOfItsLifetimeOnly() {
        load(DAY, TTL.minusMillis(200));
        await().until(() -> rates.cached(DAY).isEmpty());
        assertEquals(List.of(), others.dropped);
    }

    @Test
    void aTableIsAsOldAsItIsAtTheOthers() {
        load(TODAY, Duration.ofHours(1));
        passTo(0.25);
        assertEquals(Duration.ofMinutes(90), rates.latestAge().orElseThrow());
        assertEquals(5_400L, rates.held().get(0).get("age-seconds"));
    }

    @Test
    void theLatestRatesAreDueByTheirAgeAndThoseOfTheOthersWillDoIfTheyAreNotDueThemselves() {
        load(TODAY, Duration.ofHours(1));
        rates.cached(TODAY);
        passTo(0.39);
        assertFalse(rates.isRefreshDue());
        passTo(0.4);
        assertTrue(rates.isRefreshDue());
        rates.refresh();
        await().until(() -> others.finds.equals(List.of(TTL, Duration.ofMinutes(108))));
    }

    @Test
    void whatNobodyGivesAnewIsSettledOnlyIfItWasFetchedAfterTheNextDaysEnd() {
        load(DAY, Duration.ofMinutes(59));
        load(DAY.minusDays(1), Duration.ofMinutes(61));
        load(DAY.plusDays(1), Duration.ofMinutes(1));
        passTo(1);
        others.fetched = Optional.empty();
        assertSame(TABLE, Loads.load(rates, DAY));
        assertSame(TABLE, Loads.load(rates, DAY.minusDays(1)));
        assertThrows(CompletionException.class, () -> Loads.load(rates, DAY.plusDays(1)));
        ticks.set(0);
        load(DAY, Duration.ofMinutes(61));
        passTo(2);
        others.fetched = Optional.empty();
        assertSame(TABLE, Loads.load(rates, DAY));
    }

    @Test
    void whoDoesNotFindItTellsTheOthersWhenItHasFailed() {
        assertThrows(CompletionException.class, () -> Loads.load(rates, DAY));
        await().until(() -> others.failed.equals(List.of(DAY.toString())));
    }

    @Test
    void whatIsDroppedHereIsDroppedForAllAndWhatTheOthersDropHereAlone() {
        load(DAY, Duration.ofHours(1));
        assertTrue(rates.forget(DAY.toString()));
        assertFalse(rates.forget(DAY.toString()));
        assertEquals(List.of(), others.dropped);
        load(DAY, Duration.ofHours(1));
        assertTrue(rates.drop(DAY.toString()));
        assertTrue(rates.cached(DAY).isEmpty());
        assertEquals(List.of(DAY.toString()), others.dropped);
    }
}
