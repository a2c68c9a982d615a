package org.currencyroutes.rates;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.Requests.error;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.currencyroutes.RunningRoutes;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.RatesApi.Answer;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where the rates of a request come from, over real sockets on both sides. */
class RatesRoutesTest {

    /** A Tuesday that the embedded history knows. */
    private static final LocalDate KNOWN = LocalDate.of(2021, 5, 18);

    /** A Thursday after the embedded history's end. */
    private static final LocalDate UNKNOWN = LocalDate.of(2024, 2, 1);

    private static final String AT_THE_API = "\"stake\":207.52054,";
    private static final String AT_THE_HISTORY = "\"stake\":207.55196,";

    private static TradingPipeline pipeline;
    private static RatesApi api;
    private static RunningRoutes routes;

    @BeforeAll
    static void start() {
        pipeline = new TradingPipeline();
        api = new RatesApi();
        routes = RunningRoutes.between(pipeline, api);
        await().until(() -> pipeline.connections() == 1);
    }

    @AfterAll
    static void stop() {
        routes.close();
        api.close();
        pipeline.close();
    }

    @BeforeEach
    void forget() {
        Rates rates = routes.bean("fxRatesByDay", Rates.class);
        rates.held().forEach(table -> rates.drop((String) table.get("day")));
        Breakers.reset(routes.context());
        api.setAnswers(day -> RatesApi.table("EUR", day, "\"USD\":1.222385"));
    }

    @AfterEach
    void letGo() {
        api.release();
    }

    private static String ask(String currency, LocalDate day) {
        return pipeline.ask(request("1", currency, day.toString()));
    }

    /** Waits until all that was sent has been read: a request that needs no rate is answered then. */
    private static void awaitAllRead() {
        assertTrue(pipeline.ask(request("\"last\"", "EUR", "2021-05-18")).contains("\"last\""));
    }

    private static String unavailable(LocalDate day) {
        return error("1", "the rates of " + day + " are not available at the moment");
    }

    private static String unsupported(String currency, LocalDate day) {
        return error("1", "the currency " + currency + " in payload.currency is not supported on " + day);
    }

    @Test
    void theProvidersAreAskedInTheirOrder() {
        assertTrue(ask("USD", KNOWN).contains(AT_THE_API));
    }

    @Test
    void fiveHundredRequestsOfADayMakeOneCall() {
        LocalDate day = LocalDate.of(2024, 2, 6);
        api.hold();
        for (int id = 0; id < 500; id++) {
            pipeline.send(request(Integer.toString(id), "USD", day.toString()));
        }
        awaitAllRead();
        api.release();
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            String answer = pipeline.nextAnswer();
            assertTrue(answer.contains(AT_THE_API), answer);
            ids.add(answer.replaceAll(".*\"id\":(\\d+),.*", "$1"));
        }
        assertEquals(500, ids.size());
        assertEquals(1, api.calls(day));
    }

    @Test
    void theNextRequestOfADayMakesNoCall() {
        LocalDate day = LocalDate.of(2024, 2, 7);
        ask("USD", day);
        ask("USD", day);
        assertEquals(1, api.calls(day));
    }

    @Test
    void anUnsupportedCurrencyMakesNoFurtherCall() {
        LocalDate day = LocalDate.of(2024, 2, 8);
        assertEquals(unsupported("XXX", day), ask("XXX", day));
        assertEquals(unsupported("XYZ", day), ask("XYZ", day));
        assertTrue(ask("USD", day).contains(AT_THE_API));
        assertEquals(1, api.calls(day));
    }

    @Test
    void aHangingProviderIsAnsweredForInTheEndAndHoldsNobodyElse() {
        LocalDate there = UNKNOWN.minusDays(1);
        ask("USD", there);
        api.hold();
        pipeline.send(request("1", "USD", UNKNOWN.toString()));
        assertTrue(ask("USD", there).contains(AT_THE_API));
        assertEquals(unavailable(UNKNOWN), pipeline.nextAnswer());
    }

    @Test
    void aHangingProviderIsPassedOverWithinTheDeadline() {
        api.hold();
        assertTrue(ask("USD", KNOWN).contains(AT_THE_HISTORY));
    }

    @Test
    void whatWaitsForItsTurnIsAnsweredAtTheDeadline() {
        // with so many days that the calls at a time are used up more than once over
        api.hold();
        for (int i = 0; i < 64; i++) {
            pipeline.send(request("1", "USD", UNKNOWN.plusDays(i).toString()));
        }
        for (int i = 0; i < 64; i++) {
            assertTrue(pipeline.nextAnswer().contains("are not available at the moment"));
        }
    }

    @Test
    void noMoreThanSixteenCallsAreUnderWay() {
        int before = api.calls();
        api.hold();
        for (int i = 0; i < 40; i++) {
            pipeline.send(request("1", "USD", KNOWN.minusDays(i).toString()));
        }
        awaitAllRead();
        await().until(() -> api.calls() - before == 16);
        api.release();
        for (int i = 0; i < 40; i++) {
            assertTrue(pipeline.nextAnswer().contains(AT_THE_API));
        }
        assertEquals(40, api.calls() - before);
    }

    @Test
    void aFailedLoadIsTriedAnew() {
        api.setAnswers(day -> new Answer(503, ""));
        assertEquals(unavailable(UNKNOWN), ask("USD", UNKNOWN));
        api.setAnswers(day -> RatesApi.table("EUR", day, "\"USD\":1.222385"));
        // the failed load is forgotten just after those who waited were answered
        Rates rates = routes.bean("fxRatesByDay", Rates.class);
        await().until(() -> Rates.cacheOf(rates).estimatedSize() == 0);
        assertTrue(ask("USD", UNKNOWN).contains(AT_THE_API));
    }

    static Stream<Named<Answer>> wrongAnswers() {
        return Stream.of(
                Named.of("another base", RatesApi.table("USD", KNOWN, "\"USD\":1.222385,\"EUR\":0.8")),
                Named.of("the day after", RatesApi.table("EUR", KNOWN.plusDays(1), "\"USD\":1.222385")),
                Named.of("fifteen days before", RatesApi.table("EUR", KNOWN.minusDays(15), "\"USD\":1.222385")),
                Named.of("a rate of zero", RatesApi.table("EUR", KNOWN, "\"USD\":0")),
                Named.of("a negative rate", RatesApi.table("EUR", KNOWN, "\"USD\":-1.222385")),
                Named.of("a rate that is a text", RatesApi.table("EUR", KNOWN, "\"USD\":\"1.222385\"")),
                Named.of("a rate that is null", RatesApi.table("EUR", KNOWN, "\"USD\":null")),
                Named.of("a rate without end", RatesApi.table("EUR", KNOWN, "\"USD\":1e999999999")),
                Named.of("a rate that is no number", RatesApi.table("EUR", KNOWN, "\"USD\":NaN")),
                Named.of("no rates", new Answer(200, "{\"base\":\"EUR\",\"date\":\"2021-05-18\"}")),
                Named.of("no date", new Answer(200, "{\"base\":\"EUR\",\"rates\":{\"USD\":1.222385}}")),
                Named.of("no base", new Answer(200, "{\"date\":\"2021-05-18\",\"rates\":{\"USD\":1.222385}}")),
                Named.of("a page", new Answer(200, "<html>It works!</html>")),
                Named.of(
                        "half an answer",
                        new Answer(200, "{\"base\":\"EUR\",\"date\":\"2021-05-18\",\"rates\":{\"USD\":1.2")),
                Named.of("null", new Answer(200, "null")),
                Named.of("nothing", new Answer(200, "")),
                Named.of("no content", new Answer(204, "")),
                Named.of("a redirect", new Answer(302, "")),
                Named.of("too many requests", new Answer(429, "")),
                Named.of("a failure", new Answer(500, "java.lang.NullPointerException")));
    }

    @ParameterizedTest
    @MethodSource("wrongAnswers")
    void aProviderWithAWrongAnswerHasFailed(Answer wrong) {
        api.setAnswers(day -> wrong);
        assertTrue(ask("USD", KNOWN).contains(AT_THE_HISTORY));
    }

    @Test
    void aTableOfFourteenDaysBeforeIsAccepted() {
        api.setAnswers(day -> RatesApi.table("EUR", day.minusDays(14), "\"USD\":1.222385"));
        assertTrue(ask("USD", UNKNOWN).contains(AT_THE_API));
    }

    @Test
    void aRateThatIsNotUsedMayBeWrong() {
        api.setAnswers(day -> RatesApi.table("EUR", day, "\"USD\":1.222385,\"GBP\":0,\"JPY\":null"));
        assertTrue(ask("USD", UNKNOWN).contains(AT_THE_API));
        assertEquals(unavailable(UNKNOWN), ask("GBP", UNKNOWN));
    }

    @Test
    @SuppressWarnings("try") // the rates service is closed on purpose, before its end
    void aDeadProviderIsPassedOver() {
        try (TradingPipeline other = new TradingPipeline();
                RatesApi dead = new RatesApi();
                RunningRoutes lonely = RunningRoutes.between(other, dead)) {
            await().until(() -> other.connections() == 1);
            dead.close();
            assertTrue(other.ask(request("1", "USD", KNOWN.toString())).contains(AT_THE_HISTORY));
            assertEquals(unavailable(UNKNOWN), other.ask(request("1", "USD", UNKNOWN.toString())));
        }
    }

    @Test
    @SuppressWarnings("try") // the routes are there to run
    void withTheEmbeddedHistoryAloneNothingIsCalled() {
        int before = api.calls();
        try (TradingPipeline other = new TradingPipeline();
                RunningRoutes offline = RunningRoutes.between(other, api, "fx.rates.providers=ecb")) {
            await().until(() -> other.connections() == 1);
            assertTrue(other.ask(request("1", "USD", KNOWN.toString())).contains(AT_THE_HISTORY));
            assertEquals(unsupported("RUB", LocalDate.of(2022, 3, 2)), other.ask(request("1", "RUB", "2022-03-02")));
            assertEquals(unavailable(UNKNOWN), other.ask(request("1", "USD", UNKNOWN.toString())));
        }
        assertEquals(before, api.calls());
    }
}
