package org.currencyroutes.conversion;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.Requests.DAY;
import static org.currencyroutes.peer.Requests.error;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.http.WebSocketFrameType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.currencyroutes.RunningRoutes;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames of any content, after each of which the next request is answered on the same connection. */
class HostileFramesTest {

    private static final int MAX_FRAME = 1 << 20;

    private static TradingPipeline pipeline;
    private static RatesApi api;
    private static RunningRoutes routes;

    @BeforeAll
    static void start() {
        pipeline = new TradingPipeline();
        api = new RatesApi();
        // a machine that stands still for a second is no silent peer
        routes = RunningRoutes.between(pipeline, api, "fx.heartbeat.timeout=10s");
        await().until(() -> pipeline.connections() == 1);
    }

    @AfterAll
    static void stop() {
        routes.close();
        api.close();
        pipeline.close();
    }

    @AfterEach
    void theNextRequestIsAnsweredOnTheSameConnection() {
        assertTrue(pipeline.ask(request("\"next\"", "USD", DAY)).contains("\"id\":\"next\",\"payload\""));
        assertEquals(0, pipeline.answersWaiting());
        assertEquals(1, pipeline.connections());
    }

    static Stream<Named<String>> unanswered() {
        String deep = "[".repeat(500_000);
        return Stream.of(
                Named.of("nothing", ""),
                Named.of("a word", "hello"),
                Named.of("NUL", "\u0000"),
                Named.of("controls", "\u0001\u001b[2J\r\n\u007f"),
                Named.of("null", "null"),
                Named.of("an array", "[]"),
                Named.of("a request in an array", "[" + request("1", "USD", DAY) + "]"),
                Named.of("a truncated request", request("1", "USD", DAY).substring(0, 90)),
                Named.of("two requests", request("1", "USD", DAY) + request("2", "USD", DAY)),
                Named.of("no type", "{\"id\":1,\"payload\":{}}"),
                Named.of("an unknown type", "{\"type\":\"bet\",\"id\":1}"),
                Named.of("a type that is an object", "{\"type\":{\"message\":1},\"id\":1}"),
                Named.of("an error of ours", error("1", "sent back")),
                Named.of(
                        "a heartbeat with a request in it",
                        "{\"type\":\"heartbeat\",\"x\":" + request("1", "USD", DAY) + "}"),
                Named.of("a heartbeat in escapes", "{\"\\u0074ype\":\"\\u0068eartbeat\"}"),
                Named.of("500,000 arrays never closed", deep),
                Named.of("500,000 arrays", deep + "]".repeat(500_000)),
                Named.of("100,000 objects never closed", "{\"type\":".repeat(100_000)),
                Named.of("a simple expression", "${bean:fxClock}{{fx.socket.url}}"),
                Named.of("1 MiB of one letter", "x".repeat(MAX_FRAME)),
                Named.of("1 MiB of a string never closed", "{\"type\":\"" + "x".repeat(MAX_FRAME - 9)));
    }

    @ParameterizedTest
    @MethodSource("unanswered")
    void aFrameThatIsNoMessageIsNotAnsweredInText(String frame) {
        pipeline.send(frame);
    }

    @ParameterizedTest
    @MethodSource("unanswered")
    void aFrameThatIsNoMessageIsNotAnsweredInBinary(String frame) {
        pipeline.send(WebSocketFrameType.BINARY, frame.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @EnumSource(names = {"TEXT", "BINARY"})
    void invalidUtf8IsNotAnswered(WebSocketFrameType type) {
        List<byte[]> wrongs = List.of(
                new byte[] {(byte) 0xff},
                new byte[] {(byte) 0xc3},
                new byte[] {(byte) 0xc0, (byte) 0x80},
                new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
                new byte[] {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80});
        for (byte[] wrong : wrongs) {
            pipeline.send(type, wrong);
            // ISO 8859-1 has one character a byte
            String request = request("\"" + new String(wrong, StandardCharsets.ISO_8859_1) + "\"", "USD", DAY);
            pipeline.send(type, request.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void everyTruncationOfARequestIsUnanswered() {
        byte[] request = request("1", "USD", DAY).getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length < request.length; length++) {
            pipeline.send(WebSocketFrameType.TEXT, Arrays.copyOf(request, length));
        }
    }

    @Test
    void anyBytesAreOutlived() {
        Random random = new Random(20210518);
        for (int i = 0; i < 1_000; i++) {
            byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            pipeline.send(i % 2 == 0 ? WebSocketFrameType.TEXT : WebSocketFrameType.BINARY, bytes);
        }
    }

    @Test
    void aRequestOfOneMebibyteIsAnsweredWithAllThatItHolds() {
        String request = request("1", "USD", DAY);
        String padded = "{\"x\":\"" + "x".repeat(MAX_FRAME - request.length() - 7) + "\"," + request.substring(1);
        assertEquals(MAX_FRAME, padded.length());
        String answer = pipeline.ask(padded);
        assertTrue(answer.startsWith(padded.substring(0, padded.indexOf("253.67"))), () -> "it was cut or changed");
        assertTrue(answer.contains("\"stake\":207.52054,"));
    }

    @Test
    void aRequestOfManyFieldsNestedDeeplyIsAnswered() {
        String deep = "[".repeat(500_000) + "]".repeat(500_000);
        String answer = pipeline.ask(request(deep, "USD", DAY));
        assertTrue(
                answer.startsWith("{\"type\":\"message\",\"id\":" + deep + ",\"payload\""),
                () -> "it was cut or changed");
    }

    @Test
    void namesAndTypeInEscapesAreRead() {
        String answer = pipeline.ask(request("1", "USD", DAY)
                .replace("\"type\":\"message\"", "\"\\u0074ype\":\"m\\u0065ssage\"")
                .replace("\"payload\"", "\"p\\u0061yload\"")
                .replace("\"stake\"", "\"st\\u0061ke\"")
                .replace("\"USD\"", "\"\\u0055SD\""));
        assertTrue(answer.startsWith("{\"\\u0074ype\":\"m\\u0065ssage\",\"id\":1,\"p\\u0061yload\":{"), answer);
        assertTrue(answer.contains("\"st\\u0061ke\":207.52054,\"currency\":\"EUR\","), answer);
    }

    @Test
    void numbersThatWouldCostGigabytesAreAnswered() {
        for (String stake :
                List.of("1e999999999", "-1E+999999999", "1e-999999999", "1e9999999999999", "9".repeat(900_000))) {
            assertEquals(
                    error("1", "payload.stake must not have more than 100 digits"),
                    pipeline.ask(request("1", stake, "\"USD\"", '"' + DAY + '"')));
        }
        assertTrue(pipeline.ask(request("1e999999999", "USD", DAY).replace("2.2,", "1e-999999999,"))
                .startsWith("{\"type\":\"message\",\"id\":1e999999999,"));
    }

    @Test
    void noControlCharacterOfARequestIsEchoedInAnError() {
        for (String text :
                List.of("\\u0000", "\\u001b[31m", "\\n\\r", "\\u202e", "\\ud800", "<b>", "x".repeat(900_000))) {
            assertEquals(
                    error("1", "the currency given in payload.currency is not supported on " + DAY),
                    pipeline.ask(request("1", text, DAY)));
            String answer = pipeline.ask(request("1", "USD", text));
            assertTrue(answer.startsWith(
                    "{\"type\":\"error\",\"id\":1,\"message\":\"Unable to convert stake. Error: payload.date must be"));
            assertTrue(answer.length() < 250 && answer.chars().allMatch(c -> c >= ' ' && c < 127), answer);
        }
    }
}
