package org.currencyroutes.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Ticker;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.currencyroutes.RunningRoutes;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.RatesApi.Answer;
import org.currencyroutes.peer.TradingPipeline;
import org.currencyroutes.rates.RateTable;
import org.currencyroutes.rates.Rates;
import org.currencyroutes.rates.SharedRates.Fetched;
import org.infinispan.manager.EmbeddedCacheManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rates of the members of a cluster, over real sockets between them and to a provider. */
class ClusterRatesTest {

    private static final Duration TTL = Duration.ofHours(2);

    // a machine may be busy
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final AtomicLong passed = new AtomicLong();
    private static final Ticker TICKER = () -> System.nanoTime() + passed.get();
    private static final int PORT = TradingPipeline.freePort();

    private static TradingPipeline pipeline;
    private static RatesApi api;
    private static Member one;
    private static Member two;
    private static Member three;

    // each test has a day of its own
    private static LocalDate nextDay = LocalDate.of(2024, 2, 1);

    private LocalDate day;

    /** The real routes, and what makes them a member. */
    private static final class Member implements AutoCloseable {

        private final EmbeddedCacheManager caches;
        private final RunningRoutes routes;
        private final Rates rates;
        private final ClusterRates shared;

        private Member(Clock clock) throws Exception {
            ClusterNetwork network = new ClusterNetwork();
            network.setPort(PORT);
            caches = ClusterNetwork.join(network);
            routes = RunningRoutes.between(
                    pipeline, api, "fx.rates.providers=frankfurter", "fx.rates.timeout=20s", "fx.rates.deadline=30s");
            rates = routes.bean("fxRatesByDay", Rates.class);
            shared = new ClusterRates(caches, rates, 100, DEADLINE, PATIENCE, clock, TICKER);
            shared.setCamelContext(routes.context());
        }

        private CompletableFuture<RateTable> load(LocalDate day) {
            return rates.load(day, "USD");
        }

        private boolean has(LocalDate day) {
            return rates.cached(day).isPresent();
        }

        private Duration age(LocalDate day) {
            return shared.find(day.toString(), TTL, PATIENCE)
                    .join()
                    .map(Fetched::age)
                    .orElseThrow();
        }

        private void leave() {
            caches.stop();
        }

        @Override
        public void close() {
            routes.close();
            leave();
        }
    }

    @BeforeAll
    static void start() throws Exception {
        pipeline = new TradingPipeline();
        api = new RatesApi();
        one = new Member(Clock.systemUTC());
        // a member whose time of day is wrong
        two = new Member(Clock.offset(Clock.systemUTC(), Duration.ofDays(3)));
        three = new Member(Clock.systemUTC());
        await().until(() -> Stream.of(one, two, three)
                .allMatch(member -> member.caches.getMembers().size() == 3));
    }

    @AfterAll
    static void stop() {
        three.close();
        two.close();
        one.close();
        api.close();
        pipeline.close();
    }

    @BeforeEach
    void takeADay() {
        day = nextDay;
        nextDay = nextDay.plusDays(1);
        api.setAnswers(asked -> RatesApi.table("EUR", asked, "\"USD\":1.2223850,\"JPY\":1.6E+2"));
    }

    @AfterEach
    void letGo() {
        api.release();
    }

    /** Until the others have it. */
    private void loadAtOneForAll() {
        one.load(day).join();
        Stream.of(one, two, three).forEach(member -> member.age(day));
    }

    /** How many tables each has, or waits for. */
    private static List<Long> held() {
        return Stream.of(one, two, three)
                .map(member -> Rates.cacheOf(member.rates))
                .peek(Cache::cleanUp)
                .map(Cache::estimatedSize)
                .toList();
    }

    private void assertCalls(int calls) {
        assertEquals(calls, api.calls(day));
    }

    @Test
    void requestsAtAllMembersMakeOneCall() {
        api.hold();
        List<CompletableFuture<RateTable>> loads = Stream.generate(() -> Stream.of(one, two, three))
                .limit(50)
                .flatMap(members -> members)
                .map(member -> member.load(day))
                .toList();
        await().until(() -> api.calls(day) > 0);
        api.release();
        loads.forEach(load -> {
            assertEquals(new BigDecimal("1.2223850"), load.join().quotes().get("USD"));
            assertEquals(new BigDecimal("1.6E+2"), load.join().quotes().get("JPY"));
            assertEquals(day, load.join().day());
        });
        assertCalls(1);
    }

    @Test
    void aTableIsAsOldForTheOthersWhateverTheTimeOfDay() {
        loadAtOneForAll();
        passed.addAndGet(Duration.ofHours(1).toNanos());
        for (Member member : List.of(one, two, three)) {
            assertEquals(60, member.age(day).toMinutes());
        }
        two.load(day).join();
        assertTrue(two.rates.held().stream()
                .filter(held -> held.get("day").equals(day.toString()))
                .allMatch(held -> (long) held.get("age-seconds") / 60 == 60));
        assertCalls(1);
        passed.addAndGet(Duration.ofHours(1).toNanos());
        three.load(day).join();
        assertCalls(2);
    }

    @Test
    void aMemberThatJoinsFindsWhatTheOthersHoldAndTellsItsAgeByItsClock() throws Exception {
        one.load(day).join();
        try (Member joined = new Member(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(30)))) {
            assertEquals(30, joined.age(day).toMinutes());
            passed.addAndGet(Duration.ofMinutes(15).toNanos());
            assertEquals(45, joined.age(day).toMinutes());
            joined.load(day).join();
            assertTrue(joined.has(day));
        }
        assertCalls(1);
    }

    @Test
    void theLatestRatesAreLoadedAnewByOneMember() {
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        RateTable first = one.load(today).join();
        two.load(today).join();
        int before = api.calls();
        passed.addAndGet(Duration.ofMinutes(110).toNanos());
        api.setAnswers(asked -> RatesApi.table("EUR", asked, "\"USD\":1.3"));
        one.rates.refresh();
        two.rates.refresh();
        for (Member member : List.of(one, two)) {
            await().until(() -> !member.rates.cached(today).orElseThrow().equals(first));
        }
        assertEquals(before + 1, api.calls());
    }

    @Test
    void aDayThatOneMemberDropsIsDroppedForAll() {
        // a table that has not come to a member yet cannot be dropped there
        loadAtOneForAll();
        Stream.of(two, three).forEach(member -> member.load(day).join());
        assertTrue(two.rates.drop(day.toString()));
        assertFalse(two.has(day));
        two.load(day).join();
        await().until(() -> !one.has(day) && !three.has(day));
        Stream.of(one, two, three).forEach(member -> member.load(day).join());
        assertCalls(2);
    }

    @Test
    void aDayThatAnotherMemberHoldsIsDroppedFromHere() {
        loadAtOneForAll();
        assertTrue(two.rates.drop(day.toString()));
        await().until(() -> !one.has(day));
        assertFalse(two.rates.drop(day.toString()));
    }

    @Test
    void whatARouteRemovesFromTheCacheItselfIsDroppedForAll() {
        loadAtOneForAll();
        two.load(day).join();
        Rates.cacheOf(one.rates).invalidate(day.toString());
        await().until(() -> !two.has(day));
        two.load(day).join();
        assertCalls(2);
    }

    @Test
    void ofAProviderThatFailsEachMemberThatWaitsHasOneTry() {
        List<Long> before = held();
        api.setAnswers(asked -> new Answer(401, ""));
        Stream.of(one, two, three).map(member -> member.load(day)).toList().forEach(load -> {
            CompletionException failure = assertThrows(CompletionException.class, load::join);
            assertEquals(
                    "the rates of " + day + " are not available at the moment",
                    failure.getCause().getMessage());
        });
        assertCalls(3);
        api.setAnswers(asked -> RatesApi.table("EUR", asked, "\"USD\":1.2"));
        // a failed load is forgotten just after those who waited were told
        await().until(() -> held().equals(before));
        Stream.of(one, two, three).map(member -> member.load(day)).toList().forEach(CompletableFuture::join);
        assertCalls(4);
    }

    @Test
    void aMemberThatIsCutOffGoesOnByItselfAndIsWaitedForNoLonger() throws Exception {
        LocalDate other = nextDay;
        nextDay = nextDay.plusDays(1);
        try (Member leaving = new Member(Clock.systemUTC())) {
            leaving.load(other).join();
            api.hold();
            leaving.load(day);
            await().until(() -> api.calls(day) == 1);
            CompletableFuture<RateTable> waiting = one.load(day);
            leaving.leave();
            await().until(() -> api.calls(day) == 2);
            api.release();
            assertEquals(day, waiting.join().day());

            assertTrue(leaving.has(other));
            assertTrue(leaving.rates.drop(other.toString()));
            leaving.load(other).join();
        }
        assertEquals(2, api.calls(other));
    }
}
