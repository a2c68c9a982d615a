package org.currencyroutes.rates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.currencyroutes.RunningRoutes;
import org.currencyroutes.peer.ProviderApi;
import org.currencyroutes.peer.ProviderApi.Call;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each provider alone, by what it answers on the wire in each case of the contract's table. */
class ProvidersTest {

    private static final LocalDate TUESDAY = LocalDate.of(2021, 5, 18);
    private static final LocalDate SATURDAY = LocalDate.of(2021, 5, 22);
    private static final LocalDate TODAY = LocalDate.now(ZoneOffset.UTC);

    private static final String QUOTA = "{\"success\":false,\"error\":{\"code\":104,\"type\":\"usage_limit_reached\","
            + "\"info\":\"Your monthly usage limit has been reached.\"}}";
    private static final String BAD_ID = "{\"error\":true,\"status\":401,\"message\":\"invalid_app_id\","
            + "\"description\":\"Invalid App ID provided.\"}";

    private static ProviderApi api;
    private static RunningRoutes routes;

    @BeforeAll
    static void start() {
        api = new ProviderApi();
        routes = RunningRoutes.with(
                "fx.socket.url=ws://127.0.0.1:" + TradingPipeline.freePort(),
                "fx.rates.frankfurter.url=" + api.url(),
                "fx.rates.exchangerate-host.url=" + api.url(),
                "fx.rates.exchangerate-host.key=K/1",
                "fx.rates.openexchangerates.url=" + api.url(),
                "fx.rates.openexchangerates.key=K/1",
                "fx.rates.freecurrencyapi.url=" + api.url(),
                "fx.rates.freecurrencyapi.key=K/1");
    }

    @AfterAll
    static void stop() {
        routes.close();
        api.close();
    }

    @AfterEach
    void heal() {
        Breakers.reset(routes.context());
    }

    /** The provider's table as a load gets it, or the reason why it has failed. */
    private static RateTable ask(String provider, LocalDate day) throws Exception {
        RatesQuestion question = new RatesQuestion(day, day.equals(TODAY), List.of("EUR", "USD"));
        CamelContext context = routes.context();
        return question.accepted(context.createProducerTemplate().request("direct:fx-rates-" + provider, exchange -> {
            exchange.getMessage().setBody(day);
            exchange.setVariable("day", day);
            exchange.setVariable("latest", question.latest());
        }));
    }

    static Stream<Arguments> requests() {
        return Stream.of(
                Arguments.of("frankfurter", TUESDAY, "/2021-05-18?base=EUR", ""),
                Arguments.of("frankfurter", TODAY, "/" + TODAY + "?base=EUR", ""),
                Arguments.of("exchangerate-host", TUESDAY, "/historical?access_key=K%2F1&date=2021-05-18", ""),
                Arguments.of("exchangerate-host", TODAY, "/live?access_key=K%2F1", ""),
                Arguments.of("openexchangerates", TUESDAY, "/historical/2021-05-18.json?app_id=K%2F1", ""),
                Arguments.of("openexchangerates", TODAY, "/latest.json?app_id=K%2F1", ""),
                Arguments.of("freecurrencyapi", TUESDAY, "/historical?date=2021-05-18&base_currency=EUR", "K/1"),
                Arguments.of("freecurrencyapi", TODAY, "/latest?base_currency=EUR", "K/1"));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void aProviderIsAskedInItsOwnWay(String provider, LocalDate day, String uri, String apikey) {
        int before = api.calls().size();
        api.setAnswer(400, "");
        assertThrows(Exception.class, () -> ask(provider, day));
        assertEquals(
                List.of(new Call("GET", uri, apikey)),
                api.calls().subList(before, api.calls().size()));
    }

    static Stream<Arguments> successes() {
        long today = TODAY.atStartOfDay(ZoneOffset.UTC).toEpochSecond();
        return Stream.of(
                Arguments.of(
                        "frankfurter",
                        TUESDAY,
                        "{\"amount\":1.0,\"base\":\"EUR\",\"date\":\"2021-05-18\",\"rates\":{\"USD\":1.25}}",
                        TUESDAY),
                // weekends carry the last day back
                Arguments.of(
                        "frankfurter",
                        SATURDAY,
                        "{\"amount\":1.0,\"base\":\"EUR\",\"date\":\"2021-05-21\",\"rates\":{\"USD\":1.25}}",
                        SATURDAY.minusDays(1)),
                Arguments.of(
                        "exchangerate-host",
                        TUESDAY,
                        "{\"success\":true,\"historical\":true,\"date\":\"2021-05-18\",\"source\":\"USD\","
                                + "\"quotes\":{\"USDEUR\":0.8,\"USDGBP\":0.53}}",
                        TUESDAY),
                Arguments.of(
                        "exchangerate-host",
                        SATURDAY,
                        "{\"success\":true,\"historical\":true,\"date\":\"2021-05-22\",\"timestamp\":1621727999,"
                                + "\"source\":\"USD\",\"quotes\":{\"USDEUR\":0.8}}",
                        SATURDAY),
                Arguments.of(
                        "exchangerate-host",
                        TODAY,
                        "{\"success\":true,\"timestamp\":" + today + ",\"source\":\"USD\",\"quotes\":{\"USDEUR\":0.8}}",
                        TODAY),
                Arguments.of(
                        "openexchangerates",
                        TUESDAY,
                        "{\"disclaimer\":\"…\",\"timestamp\":1621382399,\"base\":\"USD\",\"rates\":{\"EUR\":0.80}}",
                        TUESDAY),
                Arguments.of(
                        "openexchangerates",
                        SATURDAY,
                        "{\"timestamp\":1621727999,\"base\":\"USD\",\"rates\":{\"EUR\":0.80}}",
                        SATURDAY),
                Arguments.of(
                        "openexchangerates",
                        TODAY,
                        "{\"timestamp\":" + today + ",\"base\":\"USD\",\"rates\":{\"EUR\":0.80}}",
                        TODAY),
                Arguments.of("freecurrencyapi", TUESDAY, "{\"data\":{\"2021-05-18\":{\"USD\":1.25}}}", TUESDAY),
                Arguments.of("freecurrencyapi", SATURDAY, "{\"data\":{\"2021-05-22\":{\"USD\":1.25}}}", SATURDAY),
                Arguments.of("freecurrencyapi", TODAY, "{\"data\":{\"USD\":1.25}}", TODAY));
    }

    @ParameterizedTest
    @MethodSource("successes")
    void aProvidersAnswerBecomesATable(String provider, LocalDate day, String answer, LocalDate of) throws Exception {
        api.setAnswer(200, answer);
        RateTable table = ask(provider, day);
        assertEquals(of, table.day());
        // one euro is 1.25 dollars, however it is said
        assertEquals(
                0,
                new BigDecimal("1.25")
                        .multiply(table.quote("EUR").orElseThrow())
                        .compareTo(table.quote("USD").orElseThrow()));
        assertEquals(Optional.empty(), table.quote("XXX"));
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of("frankfurter", 422, "{\"message\":\"unprocessable\"}", "HTTP 422"),
                Arguments.of("frankfurter", 301, "", "HTTP 301"),
                Arguments.of("frankfurter", 204, "", "HTTP 204"),
                Arguments.of("exchangerate-host", 200, QUOTA, "Validation failed"),
                Arguments.of(
                        "exchangerate-host",
                        200,
                        "{\"success\":false,\"date\":\"2021-05-18\",\"source\":\"USD\",\"quotes\":{\"USDEUR\":0.8}}",
                        "Validation failed"),
                Arguments.of(
                        "exchangerate-host",
                        200,
                        "{\"success\":true,\"date\":\"2021-05-18\",\"source\":\"EUR\",\"quotes\":{\"EURUSD\":1.25}}",
                        "Validation failed"),
                Arguments.of(
                        "exchangerate-host",
                        200,
                        "{\"success\":true,\"date\":\"2021-05-18\",\"source\":\"USD\",\"quotes\":{\"USDGBP\":0.5}}",
                        "lack EUR"),
                Arguments.of("exchangerate-host", 401, "", "HTTP 401"),
                Arguments.of("openexchangerates", 401, BAD_ID, "HTTP 401"),
                Arguments.of("openexchangerates", 200, BAD_ID, "Validation failed"),
                Arguments.of(
                        "openexchangerates",
                        200,
                        "{\"timestamp\":1621382399,\"base\":\"EUR\",\"rates\":{\"USD\":1.25}}",
                        "Validation failed"),
                Arguments.of(
                        "openexchangerates",
                        200,
                        "{\"timestamp\":1621382399,\"base\":\"USD\",\"rates\":{\"GBP\":0.5}}",
                        "lack EUR"),
                Arguments.of(
                        "openexchangerates",
                        200,
                        // the day after
                        "{\"timestamp\":1621468799,\"base\":\"USD\",\"rates\":{\"EUR\":0.8}}",
                        "its rates are of 2021-05-19"),
                Arguments.of("freecurrencyapi", 401, "{\"message\":\"Invalid authentication\"}", "HTTP 401"),
                Arguments.of("freecurrencyapi", 403, "", "HTTP 403"),
                Arguments.of("freecurrencyapi", 422, "", "HTTP 422"),
                Arguments.of("freecurrencyapi", 429, "", "HTTP 429"),
                Arguments.of("freecurrencyapi", 200, "{\"data\":[]}", ""),
                Arguments.of("freecurrencyapi", 200, "{\"data\":{}}", "one day"),
                Arguments.of("freecurrencyapi", 200, "{\"data\":{\"USD\":1.25}}", "no date"),
                Arguments.of("freecurrencyapi", 200, "{}", "one day"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aProviderThatAnswersOtherwiseHasFailed(String provider, int status, String answer, String why) {
        api.setAnswer(status, answer);
        Exception failure = assertThrows(Exception.class, () -> ask(provider, TUESDAY));
        Throwable cause = failure;
        while (!cause.getMessage().contains(why) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        assertEquals(cause.getMessage(), cause.getMessage().contains(why) ? cause.getMessage() : why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"frankfurter", "exchangerate-host", "openexchangerates", "freecurrencyapi"})
    void aDayThatAProviderDoesNotKnowIsNoFailureOfItsOwn(String provider) {
        api.setAnswer(404, "{\"message\":\"not found\"}");
        assertThrows(UnknownDay.class, () -> ask(provider, TUESDAY));
    }
}
