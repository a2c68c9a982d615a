package org.currencyroutes.conversion;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.Requests.DAY;
import static org.currencyroutes.peer.Requests.error;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.http.WebSocketFrameType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;
import org.currencyroutes.RunningRoutes;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract's table of messages and its list of errors, row by row over a socket. */
class ConversionRoutesTest {

    private static final LocalDate NO_RATES = LocalDate.of(2024, 2, 1);
    private static final String NOW = "NOW";
    private static final String WRONG_DATE =
            "payload.date must be a date that exists, such as 2021-05-18, or a date and time with an offset,"
                    + " such as 2021-05-18T21:32:42.324Z";

    private static TradingPipeline pipeline;
    private static RatesApi api;
    private static RunningRoutes routes;

    @BeforeAll
    static void start() {
        pipeline = new TradingPipeline();
        api = new RatesApi();
        api.setAnswers(day -> day.equals(NO_RATES)
                ? new RatesApi.Answer(500, "a secret of the provider")
                : RatesApi.table("EUR", day, "\"USD\":1.222385,\"GBP\":0.86,\"JPY\":132.5,\"ONE\":1"));
        routes = RunningRoutes.between(pipeline, api);
        await().until(() -> pipeline.connections() == 1);
    }

    @AfterAll
    static void stop() {
        routes.close();
        api.close();
        pipeline.close();
    }

    /** Sends a request and compares the answer but for its date, which is checked to be the instant of the conversion. */
    private static void assertConverted(String expected, String request) {
        Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        String answer = pipeline.ask(request);
        int end = answer.lastIndexOf("Z\"");
        assertTrue(end > 24, answer);
        String date = answer.substring(end - 23, end + 1);
        assertTrue(date.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"), answer);
        assertFalse(Instant.parse(date).isBefore(before), answer);
        assertFalse(Instant.parse(date).isAfter(Instant.now()), answer);
        assertEquals(expected, answer.replace(date, NOW));
    }

    private static String converted(String id, String stake) {
        return request(id, stake, "\"EUR\"", '"' + NOW + '"');
    }

    @Test
    void theCanonicalRequestIsAnsweredAsInTheContract() {
        assertConverted(
                converted("456", "207.52054"), request("456", "253.67", "\"USD\"", "\"2021-05-18T21:32:42.324Z\""));
    }

    static Stream<Arguments> stakes() {
        return Stream.of(
                Arguments.of("100", "100"),
                Arguments.of("100.00000", "100"),
                Arguments.of("1E+2", "100"),
                Arguments.of("0", "0"),
                Arguments.of("-0.00", "0"),
                Arguments.of("-253.67", "-253.67"),
                Arguments.of("0.000015", "0.00002"),
                Arguments.of("0.000025", "0.00002"),
                Arguments.of("9".repeat(95) + ".12345", "9".repeat(95) + ".12345"),
                Arguments.of("1e99", "1" + "0".repeat(99)));
    }

    @ParameterizedTest
    @MethodSource("stakes")
    void aStakeComesBackPlainlyWrittenAndRounded(String stake, String converted) {
        assertConverted(converted("1", converted), request("1", stake, "\"ONE\"", '"' + DAY + '"'));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "-1.50",
                "1e400",
                "\"456\"",
                "\"\\u0000\\ud800é😀\"",
                "null",
                "true",
                "[1, 2]",
                "{\"id\" : 2.20}",
                "\"\""
            })
    void theIdComesBackAsItCame(String id) {
        assertConverted(converted(id, "207.52054"), request(id, "USD", DAY));
        assertEquals(error(id, "payload.stake must be a number"), pipeline.ask(request(id, "null", "null", "null")));
    }

    @Test
    void integersOfAThousandDigitsComeBack() {
        String large = "9".repeat(1_000);
        assertConverted(
                converted(large, "207.52054").replace("123456", large),
                request(large, "USD", DAY).replace("123456", large));
    }

    @Test
    void allElseComesBackUntouchedAndInItsPlace() {
        assertConverted(
                "{ \"x\":{\"stake\":2.20,\"x\":[{ },[],1E+2]},\"payload\":{\"date\" :\"NOW\",\"odds\":2.20,\"€\":\"\\/\","
                        + "\"currency\":\"EUR\", \"stake\":1,\"stake \":\"\\u00e9\"},\"type\":\"message\"\n,\"id\":1}",
                "{ \"x\":{\"stake\":2.20,\"x\":[{ },[],1E+2]},\"payload\":{\"date\" :\"2021-05-18\",\"odds\":2.20,\"€\":\"\\/\","
                        + "\"currency\":\"ONE\", \"stake\":1.0,\"stake \":\"\\u00e9\"},\"type\":\"message\"\n,\"id\":1}");
    }

    @Test
    void aRequestInABinaryFrameIsAnsweredInATextFrame() {
        pipeline.send(WebSocketFrameType.BINARY, request("1", "USD", DAY).getBytes(StandardCharsets.UTF_8));
        assertTrue(pipeline.nextAnswer().contains("\"stake\":207.52054,"));
    }

    @Test
    void aRequestInFragmentsIsAnswered() {
        byte[] request = request("\"é\"", "USD", DAY).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < request.length; i++) {
            pipeline.send(
                    i == 0 ? WebSocketFrameType.TEXT : WebSocketFrameType.CONTINUATION,
                    new byte[] {request[i]},
                    i == request.length - 1);
        }
        assertTrue(pipeline.nextAnswer().contains("\"stake\":207.52054,"));
    }

    @Test
    void aRequestInTheTargetAsksNoProvider() {
        int calls = api.calls();
        assertConverted(converted("1", "253.67"), request("1", "EUR", "1998-01-01"));
        assertConverted(converted("1", "253.67"), request("1", "EUR", "2998-01-01"));
        assertEquals(error("1", WRONG_DATE), pipeline.ask(request("1", "EUR", "2021-02-30")));
        assertEquals(calls, api.calls());
    }

    @Test
    void todayAndTomorrowAreConvertedAtTheLatestRates() {
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        assertConverted(converted("1", "207.52054"), request("1", "USD", today.toString()));
        assertConverted(converted("1", "207.52054"), request("1", "USD", today.plusDays(1) + "T00:00:00Z"));
        assertEquals(1, api.calls(today) + api.calls(today.plusDays(1)));
    }

    static Stream<Arguments> errors() {
        String dayAfterTomorrow = LocalDate.now(ZoneOffset.UTC).plusDays(3).toString();
        String day = '"' + DAY + '"';
        return Stream.of(
                Arguments.of("payload must be an object", "{\"type\":\"message\",\"id\":1}"),
                Arguments.of("payload must be an object", "{\"type\":\"message\",\"id\":1,\"payload\":[{}]}"),
                Arguments.of(
                        "payload.stake must be a number",
                        request("1", "USD", DAY).replace("\"stake\"", "\"steak\"")),
                Arguments.of("payload.stake must be a number", request("1", "\"253.67\"", "\"USD\"", day)),
                Arguments.of("payload.stake must be a number", request("1", "null", "\"USD\"", day)),
                Arguments.of(
                        "payload.stake must not have more than 100 digits",
                        request("1", "1e999999999", "\"USD\"", day)),
                Arguments.of("payload.stake must not have more than 100 digits", request("1", "1e100", "\"EUR\"", day)),
                Arguments.of(
                        "payload.stake must not have more than 100 digits",
                        request("1", "9".repeat(101), "\"USD\"", day)),
                Arguments.of(
                        "payload.currency must be a currency code such as USD",
                        request("1", "USD", DAY).replace("\"currency\"", "\"Currency\"")),
                Arguments.of(
                        "payload.currency must be a currency code such as USD", request("1", "253.67", "840", day)),
                Arguments.of(WRONG_DATE, request("1", "USD", DAY).replace("\"date\"", "\"data\"")),
                Arguments.of(WRONG_DATE, request("1", "253.67", "\"USD\"", "20210518")),
                Arguments.of(WRONG_DATE, request("1", "USD", "2021-02-29")),
                Arguments.of(WRONG_DATE, request("1", "USD", "2021-05-18T21:32:42")),
                Arguments.of("payload.date must not be before 1999-01-04", request("1", "USD", "1999-01-03")),
                Arguments.of("payload.date must not be later than tomorrow", request("1", "USD", dayAfterTomorrow)),
                Arguments.of("payload.stake is given twice", request("1", "1,\"stake\":1", "\"USD\"", day)),
                Arguments.of("payload.currency is given twice", request("1", "1", "\"USD\",\"currency\":\"USD\"", day)),
                Arguments.of("payload.date is given twice", request("1", "1", "\"USD\"", day + ",\"date\":" + day)),
                Arguments.of("payload is given twice", request("1", "USD", DAY).replace("}}", "},\"payload\":{}}")),
                Arguments.of("type is given twice", request("1,\"type\":\"message\"", "USD", DAY)),
                Arguments.of("id is given twice", request("2,\"id\":1", "USD", DAY)),
                Arguments.of(
                        "the currency XXX in payload.currency is not supported on 2021-05-18",
                        request("1", "XXX", DAY)),
                Arguments.of(
                        "the currency usd in payload.currency is not supported on 2021-05-18",
                        request("1", "usd", DAY)),
                Arguments.of(
                        "the currency given in payload.currency is not supported on 2021-05-18",
                        request("1", "U\\u0007\\ud800", DAY)),
                Arguments.of(
                        "the rates of 2024-02-01 are not available at the moment",
                        request("1", "USD", NO_RATES.toString())));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void aRequestThatCannotBeConvertedIsAnsweredWithWhatIsWrong(String why, String request) {
        assertEquals(error("1", why), pipeline.ask(request));
    }

    @Test
    void aMissingIdIsAnsweredAsNull() {
        assertEquals(error("null", "payload must be an object"), pipeline.ask("{\"type\":\"message\"}"));
    }

    @Test
    void aDayOutOfRangeAsksNoProvider() {
        pipeline.ask(request("1", "USD", "1999-01-03"));
        pipeline.ask(request("1", "USD", "2999-01-01"));
        assertEquals(0, api.calls(LocalDate.of(1999, 1, 3)) + api.calls(LocalDate.of(2999, 1, 1)));
    }

    @Test
    @SuppressWarnings("try") // the routes are there to run
    void settingsOfTheConversionAreKept() {
        try (TradingPipeline other = new TradingPipeline();
                RunningRoutes pounds = RunningRoutes.between(
                        other,
                        api,
                        "fx.conversion.currency=GBP",
                        "fx.conversion.scale=2",
                        "fx.conversion.rounding=UP",
                        "fx.conversion.date=request")) {
            await().until(() -> other.connections() == 1);
            assertEquals(
                    request("1", "178.47", "\"GBP\"", "\"2021-05-18T21:32:42+02:00\""),
                    other.ask(request("1", "253.67", "\"USD\"", "\"2021-05-18T21:32:42+02:00\"")));
            assertEquals(
                    request("1", "100", "\"GBP\"", '"' + DAY + '"'),
                    other.ask(request("1", "100.0", "\"GBP\"", '"' + DAY + '"')));
        }
    }

    @Test
    void oneRequestTooManyInHandIsRefusedWithAnOverloadError() {
        try (TradingPipeline other = new TradingPipeline();
                RatesApi slow = new RatesApi();
                RunningRoutes small = RunningRoutes.between(
                        other, slow, "fx.conversion.max-pending=2", "fx.rates.timeout=30s", "fx.rates.deadline=30s")) {
            await().until(() -> other.connections() == 1);
            slow.hold();
            other.send(request("1", "USD", DAY));
            other.send(request("2", "USD", DAY));
            assertEquals(error("3", "overloaded, too many requests are waiting"), other.ask(request("3", "USD", DAY)));
            slow.release();
            assertTrue(other.nextAnswer().contains("207.52054"));
            assertTrue(other.nextAnswer().contains("207.52054"));
            await().until(() -> small.bean("fxInHand", InHand.class).getAsInt() == 0);
            assertTrue(other.ask(request("4", "USD", DAY)).contains("207.52054"));
        }
    }
}
