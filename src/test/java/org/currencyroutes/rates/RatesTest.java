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
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The cache of rates over the real loader, whose one provider is a route of this test. */
class RatesTest {

    private static final Duration TTL = Duration.ofHours(2);
    private static final LocalDate DAY = LocalDate.of(2021, 5, 18);
    private static final LocalDate TODAY = LocalDate.of(2026, 3, 1);

    private final List<LocalDate> asked = new CopyOnWriteArrayList<>();
    private final Semaphore providerMayAnswer = new Semaphore(0);
    private final CamelContext context = new DefaultCamelContext();
    private final AtomicLong ticks = new AtomicLong();
    private final SetClock clock = new SetClock();
    private volatile boolean providerFails;
    private Rates rates;

    @BeforeEach
    void start() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:fx-provider-ask").process(RatesTest.this::answer);
            }
        });
        context.start();
        RatesLoader loader = new RatesLoader("test", Duration.ofSeconds(30), "EUR", clock);
        loader.setCamelContext(context);
        rates = new Rates(TTL, 2, loader, clock, ticks::get);
    }

    @AfterEach
    void stop() {
        providerMayAnswer.release(1_000);
        context.stop();
    }

    private void answer(Exchange exchange) throws InterruptedException {
        LocalDate day = exchange.getMessage().getBody(LocalDate.class);
        asked.add(day);
        providerMayAnswer.acquire();
        if (providerFails) {
            throw new IllegalStateException("down");
        }
        exchange.getMessage().setBody(new RateTable("EUR", day, Map.of("USD", new BigDecimal("1.2"))));
    }

    private RateTable load(LocalDate day) {
        providerMayAnswer.release(1_000);
        return Loads.load(rates, day);
    }

    @Test
    void aLoadedTableIsThereFromThenOn() {
        assertFalse(rates.cached(DAY).isPresent());
        RateTable table = load(DAY);
        assertSame(table, rates.cached(DAY).orElseThrow());
        assertSame(table, load(DAY));
        assertEquals(List.of(DAY), asked);
    }

    @Test
    void aTableIsKeptForItsLifetimeFromTheFetchThoughReadAllTheWhile() {
        load(DAY);
        for (int minute = 0; minute < TTL.toMinutes(); minute++) {
            assertTrue(rates.cached(DAY).isPresent());
            ticks.addAndGet(Duration.ofMinutes(1).toNanos());
        }
        assertFalse(rates.cached(DAY).isPresent());
        load(DAY);
        assertEquals(List.of(DAY, DAY), asked);
    }

    @Test
    void aTableIsKeptUntilTheLastNanosecondOfItsLifetime() {
        load(DAY);
        ticks.addAndGet(TTL.toNanos() - 1);
        assertTrue(rates.cached(DAY).isPresent());
        ticks.incrementAndGet();
        assertFalse(rates.cached(DAY).isPresent());
    }

    @Test
    void todayAndTomorrowShareTheLatestRates() {
        RateTable table = load(TODAY.plusDays(1));
        assertSame(table, rates.cached(TODAY).orElseThrow());
        assertSame(table, load(TODAY));
        assertFalse(rates.cached(TODAY.minusDays(1)).isPresent());
        assertEquals(List.of(TODAY), asked);
    }

    @Test
    void aDayThatIsOverIsAskedForByItself() {
        load(TODAY);
        clock.now = clock.now.plusMillis(1);
        assertFalse(rates.cached(TODAY).isPresent());
        load(TODAY);
        assertEquals(List.of(TODAY, TODAY), asked);
    }

    @Test
    void oneLoadIsUnderWayHoweverManyWait() {
        List<CompletableFuture<RateTable>> waiting =
                Stream.generate(() -> rates.load(DAY, "USD")).limit(500).toList();
        providerMayAnswer.release(1_000);
        assertEquals(1, waiting.stream().map(CompletableFuture::join).distinct().count());
        assertEquals(List.of(DAY), asked);
    }

    @Test
    void aFailedLoadIsNotKept() {
        providerFails = true;
        CompletionException failure = assertThrows(CompletionException.class, () -> load(DAY));
        assertEquals(
                "the rates of 2021-05-18 are not available at the moment",
                failure.getCause().getMessage());
        // it is taken out just after those who wait have been told
        await().until(() -> Rates.cacheOf(rates).estimatedSize() == 0);
        providerFails = false;
        assertEquals(DAY, load(DAY).day());
        assertEquals(List.of(DAY, DAY), asked);
    }

    // ---- when nobody can give a table anew

    private void expire() {
        ticks.addAndGet(TTL.toNanos());
    }

    @Test
    void aTableThatWasFetchedAfterTheNextDaysEndServesOnWhenNobodyCanGiveItAnew() {
        LocalDate day = TODAY.minusDays(2);
        RateTable table = load(day);
        expire();
        providerFails = true;
        assertFalse(rates.cached(day).isPresent());
        assertSame(table, load(day));
        assertSame(table, load(day));
        // it is not taken for a fresh one
        assertFalse(rates.cached(day).isPresent());
        assertEquals(List.of(day, day, day), asked);
    }

    @Test
    void aTableThatWasFetchedBeforeTheNextDaysEndDoesNot() {
        LocalDate day = TODAY.minusDays(1);
        load(day);
        expire();
        providerFails = true;
        assertThrows(CompletionException.class, () -> load(day));
    }

    @Test
    void theLatestRatesAreNeverServedAfterTheirEnd() {
        load(TODAY);
        expire();
        providerFails = true;
        assertThrows(CompletionException.class, () -> load(TODAY));
        clock.now = clock.now.plus(Duration.ofDays(3));
        assertThrows(CompletionException.class, () -> load(TODAY));
    }

    @Test
    void aTableThatWasDroppedIsNotServedInTheEnd() {
        load(DAY);
        assertTrue(rates.drop("2021-05-18"));
        providerFails = true;
        assertThrows(CompletionException.class, () -> load(DAY));
    }

    @Test
    void aTableThatWasRemovedFromTheCacheItselfIsNotServedInTheEndEither() {
        load(DAY);
        Rates.cacheOf(rates).invalidate("2021-05-18");
        providerFails = true;
        await().untilAsserted(() -> assertThrows(CompletionException.class, () -> load(DAY)));
    }

    // ---- ahead of the end

    private void passTo(double partOfLifetime) {
        ticks.set((long) (partOfLifetime * TTL.toNanos()));
    }

    @Test
    void theLatestRatesAreLoadedAnewNearTheirEndIfTheyAreInUse() {
        load(TODAY);
        rates.cached(TODAY);
        passTo(0.9);
        ticks.decrementAndGet();
        assertFalse(rates.isRefreshDue());
        ticks.incrementAndGet();
        assertTrue(rates.isRefreshDue());
        rates.refresh();
        await().until(() -> asked.size() == 2);
        // they are there past the first ones' end, and not due again before nine tenths of their own time
        await().until(() -> {
            passTo(1.1);
            return rates.cached(TODAY).isPresent();
        });
        assertFalse(rates.isRefreshDue());
        passTo(1.8);
        assertTrue(rates.isRefreshDue());
        assertEquals(List.of(TODAY, TODAY), asked);
    }

    @Test
    void aLoadUnderWayIsNotLoadedAgainAndARefreshUnderWayIsWaitedFor() throws Exception {
        rates.cached(TODAY);
        CompletableFuture<RateTable> first = rates.load(TODAY, "USD");
        assertFalse(rates.isRefreshDue());
        providerMayAnswer.release();
        first.join();
        rates.cached(TODAY);
        passTo(0.9);
        providerMayAnswer.drainPermits();
        rates.refresh();
        await().until(() -> asked.size() == 2);
        assertFalse(rates.isRefreshDue());
        passTo(1);
        CompletableFuture<RateTable> second = rates.load(TODAY, "USD");
        providerMayAnswer.release();
        second.join();
        assertEquals(List.of(TODAY, TODAY), asked);
    }

    @Test
    void theLatestRatesThatNobodyUsesAreNotLoadedAnew() {
        load(TODAY);
        passTo(0.95);
        assertFalse(rates.isRefreshDue());
    }

    @Test
    void pastDaysAreNotLoadedAheadOfTheirEnd() {
        load(DAY);
        rates.cached(DAY);
        passTo(0.95);
        assertFalse(rates.isRefreshDue());
    }

    @Test
    void aRefreshThatFailsLeavesTheOldOnesToTheirEndAndIsNotRepeatedAtOnce() {
        load(TODAY);
        rates.cached(TODAY);
        passTo(0.9);
        providerFails = true;
        rates.refresh();
        await().until(() -> asked.size() == 2);
        rates.cached(TODAY);
        await().during(Duration.ofMillis(100)).until(() -> !rates.isRefreshDue());
        assertTrue(rates.cached(TODAY).isPresent());
        passTo(0.925);
        assertTrue(rates.isRefreshDue());
        passTo(1);
        assertFalse(rates.cached(TODAY).isPresent());
    }

    // ---- size and hand

    @Test
    void whatIsHeldIsListedByItsDayAndDroppedByIt() {
        load(DAY);
        load(TODAY);
        assertEquals(
                List.of("2021-05-18", "latest"),
                rates.held().stream().map(held -> held.get("day")).toList());
        assertTrue(rates.drop("2021-05-18"));
        assertFalse(rates.drop("2021-05-18"));
        assertFalse(rates.drop("yesterday"));
        assertTrue(rates.drop("latest"));
        assertEquals(List.of(), rates.held());
    }

    @Test
    void noMoreTablesAreKeptThanSet() {
        Stream.iterate(DAY, day -> day.plusDays(1)).limit(10).forEach(this::load);
        await().until(() -> {
            Rates.cacheOf(rates).cleanUp();
            return Rates.cacheOf(rates).estimatedSize() == 2;
        });
    }

    @Test
    void whatIsRemovedFromTheCacheIsLoadedAnew() {
        load(DAY);
        Rates.cacheOf(rates).invalidate("2021-05-18");
        load(DAY);
        assertEquals(List.of(DAY, DAY), asked);
    }

    /** A millisecond before the next day until it is set. */
    private static final class SetClock extends Clock {

        private volatile Instant now = Instant.parse("2026-03-01T23:59:59.999Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
