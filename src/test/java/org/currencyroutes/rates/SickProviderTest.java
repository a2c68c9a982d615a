package org.currencyroutes.rates;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.Requests.error;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.health.HealthCheck;
import org.currencyroutes.RunningRoutes;
import org.currencyroutes.peer.ProviderApi;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.RatesApi.Answer;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a provider that fails is spared, and what those who ask for its rates are. */
class SickProviderTest {

    /** After the embedded history's end. */
    private static final LocalDate FIRST = LocalDate.of(2024, 1, 1);

    private static final String SERVED = "\"stake\":202.936,";

    private static TradingPipeline pipeline;
    private static ProviderApi first;
    private static ProviderApi second;
    private static RunningRoutes routes;

    // a day of another test may be remembered as unknown
    private static final AtomicInteger DAYS = new AtomicInteger();

    private LocalDate day;

    @BeforeAll
    static void start() {
        pipeline = new TradingPipeline();
        first = new ProviderApi();
        second = new ProviderApi();
        routes = RunningRoutes.with(
                "fx.socket.url=" + pipeline.url(),
                "fx.rates.providers=frankfurter,freecurrencyapi",
                "fx.rates.frankfurter.url=" + first.url(),
                "fx.rates.freecurrencyapi.url=" + second.url(),
                "fx.rates.freecurrencyapi.key=secret");
        await().until(() -> pipeline.connections() == 1);
    }

    @AfterAll
    static void stop() {
        routes.close();
        first.close();
        second.close();
        pipeline.close();
    }

    @BeforeEach
    void forget() {
        Breakers.reset(routes.context());
        Rates rates = routes.bean("fxRatesByDay", Rates.class);
        rates.held().forEach(table -> rates.drop((String) table.get("day")));
        second.setAnswer(403, "");
        day = FIRST.plusDays(DAYS.getAndAdd(20));
    }

    private static Answer well(ProviderApi.Call call) {
        return RatesApi.table("EUR", LocalDate.parse(call.uri().substring(1, 11)), "\"USD\":1.25");
    }

    private static String ask(LocalDate day) {
        return pipeline.ask(request("1", "USD", day.toString()));
    }

    private static String unavailable(LocalDate day) {
        return error("1", "the rates of " + day + " are not available at the moment");
    }

    /** How many calls of the first provider this takes. */
    private static int calls(Runnable what) {
        int before = first.calls().size();
        what.run();
        return first.calls().size() - before;
    }

    /** Answers with each of the statuses in turn, then well. */
    private static void answerInTurn(int... statuses) {
        AtomicInteger next = new AtomicInteger();
        first.setAnswers(call -> {
            int i = next.getAndIncrement();
            return i < statuses.length ? new Answer(statuses[i], "") : well(call);
        });
    }

    @Test
    void aCallThatFailsForAPassingCauseIsRedeliveredTwice() {
        answerInTurn(503, 429);
        assertEquals(3, calls(() -> assertTrue(ask(day).contains(SERVED))));
        answerInTurn(500, 500, 500);
        assertEquals(3, calls(() -> assertEquals(unavailable(day.plusDays(1)), ask(day.plusDays(1)))));
    }

    @Test
    void aCallThatFailsOtherwiseIsNotRedelivered() {
        answerInTurn(400);
        assertEquals(1, calls(() -> assertEquals(unavailable(day), ask(day))));
    }

    @Test
    void theNextProviderIsAskedWhenOneHasFailed() {
        first.setAnswer(500, "");
        second.setAnswer(200, "{\"data\":{\"" + day + "\":{\"USD\":1.25}}}");
        assertTrue(ask(day).contains(SERVED));
    }

    @Test
    void threeHundredDaysOfAProviderThatFailsMakeAHandfulOfCalls() {
        first.setAnswer(500, "");
        int calls = calls(() -> {
            for (int i = 0; i < 300; i++) {
                pipeline.send(request("1", "USD", FIRST.minusDays(i).toString()));
            }
            for (int i = 0; i < 300; i++) {
                String answer = pipeline.nextAnswer();
                assertTrue(answer.contains("are not available"), answer);
            }
        });
        assertTrue(calls >= 5 && calls <= 20, () -> calls + " calls");
    }

    @Test
    void thatAProviderIsLeftAloneIsToldAndNoReasonNotToBeReady() {
        assertTrue(ask(day).length() > 0);
        first.setAnswer(500, "");
        for (int i = 1; i < 4; i++) {
            ask(day.plusDays(i));
        }
        assertEquals(1, routes.metric("fx.rates.provider.left.alone", "provider", "frankfurter"));
        assertEquals(0, routes.metric("fx.rates.provider.left.alone", "provider", "freecurrencyapi"));
        HealthCheck.Result health = routes.health("fx-rates");
        assertEquals(HealthCheck.State.UP, health.getState());
        assertEquals(
                "Left alone after five failures in a row: frankfurter",
                health.getMessage().orElseThrow());
        String providers = health.getDetails().get("providers").toString();
        assertTrue(
                providers.matches(
                        "\\[\\{name=frankfurter, breaker=open,.* last-failure=[^,]*, last-failure-outcome=failed},"
                                + " \\{name=freecurrencyapi, breaker=closed, .*}]"),
                providers);

        Breakers.reset(routes.context());
        answerInTurn();
        ask(day.plusDays(4));
        assertEquals(0, routes.metric("fx.rates.provider.left.alone", "provider", "frankfurter"));
        assertEquals(
                System.currentTimeMillis() / 1e3,
                routes.metric("fx.rates.provider.last.success", "provider", "frankfurter"),
                60);
    }

    @Test
    void threeHundredDaysOfAProviderThatHangsAreServedByTheNextWithinTheDeadline() throws IOException {
        try (ServerSocket hanging = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
                TradingPipeline other = new TradingPipeline();
                RunningRoutes lonely = RunningRoutes.with(
                        "fx.socket.url=" + other.url(),
                        "fx.rates.frankfurter.url=http://127.0.0.1:" + hanging.getLocalPort(),
                        // a busy machine reads the history slowly the first time
                        "fx.rates.deadline=30s")) {
            assertTrue(lonely.context().isStarted());
            await().until(() -> other.connections() == 1);
            LocalDate known = LocalDate.of(2021, 5, 18);
            for (int i = 0; i < 300; i++) {
                other.send(request("1", "USD", known.minusDays(i).toString()));
            }
            for (int i = 0; i < 300; i++) {
                String answer = other.nextAnswer();
                assertTrue(answer.contains("\"type\":\"message\""), answer);
            }
        }
    }

    @Test
    void thousandsOfDaysOfAProviderThatHangsAreEachAnsweredInTheEnd() throws IOException {
        try (ServerSocket hanging = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
                TradingPipeline other = new TradingPipeline();
                RunningRoutes lonely = RunningRoutes.with(
                        "fx.socket.url=" + other.url(),
                        "fx.rates.providers=frankfurter",
                        "fx.rates.frankfurter.url=http://127.0.0.1:" + hanging.getLocalPort(),
                        "fx.rates.timeout=1s",
                        "fx.rates.deadline=1s")) {
            assertTrue(lonely.context().isStarted());
            await().until(() -> other.connections() == 1);
            LocalDate last = LocalDate.of(2021, 5, 18);
            for (int i = 0; i < 3_000; i++) {
                other.send(request(String.valueOf(i), "USD", last.minusDays(i).toString()));
            }
            for (int i = 0; i < 3_000; i++) {
                String answer = other.nextAnswer();
                assertTrue(answer.contains(" are not available at the moment"), answer);
            }
        }
    }

    @Test
    void aProviderIsLeftAloneAfterFiveFailuresAndTriedAgainTenSecondsLater() {
        first.setAnswer(500, "");
        int calls = calls(() -> {
            for (int i = 0; i < 5; i++) {
                assertEquals(unavailable(day.plusDays(i)), ask(day.plusDays(i)));
            }
        });
        assertEquals(5, calls);
        answerInTurn();
        assertEquals(0, calls(() -> assertEquals(unavailable(day), ask(day))));
        await().atMost(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> ask(day).contains(SERVED));
        assertEquals(1, calls(() -> assertTrue(ask(day.plusDays(1)).contains(SERVED))));
    }

    @Test
    void aWellAnswerEndsTheRunOfFailures() {
        for (int i = 0; i < 3; i++) {
            answerInTurn(500, 500);
            assertTrue(ask(day.plusDays(i)).contains(SERVED));
        }
        answerInTurn(503, 503);
        assertTrue(ask(day.plusDays(9)).contains(SERVED));
    }

    @Test
    void anAnswerThatIsNoPassingFailureLeavesNobodyAlone() {
        first.setAnswer(403, "");
        assertEquals(8, calls(() -> {
            for (int i = 0; i < 8; i++) {
                assertEquals(unavailable(day.plusDays(i)), ask(day.plusDays(i)));
            }
        }));
    }

    @Test
    void anUnknownDayIsRememberedForAWhileAndHarmsNoOtherDay() {
        first.setAnswer(404, "");
        assertEquals(1, calls(() -> {
            for (int i = 0; i < 10; i++) {
                assertEquals(unavailable(day), ask(day));
            }
        }));
        for (int i = 1; i < 10; i++) {
            ask(day.plusDays(i));
        }
        answerInTurn();
        assertTrue(ask(day.plusDays(10)).contains(SERVED));
    }

    @Test
    void anAnswerOfMoreThanAMebibyteIsRefused() {
        String table = well(new ProviderApi.Call("GET", "/" + day, "")).body();
        first.setAnswer(200, table + " ".repeat((1 << 20) - table.length()));
        assertTrue(ask(day).contains(SERVED));
        first.setAnswer(200, table.replace(day.toString(), day.plusDays(1).toString()) + " ".repeat(1 << 20));
        assertEquals(1, calls(() -> assertEquals(unavailable(day.plusDays(1)), ask(day.plusDays(1)))));
    }

    @Test
    void aConnectionThatIsCutIsRedeliveredAndOneThatDripsIsNot() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        try (ServerSocket peer = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                TradingPipeline other = new TradingPipeline();
                RunningRoutes lonely = RunningRoutes.with(
                        "fx.socket.url=" + other.url(),
                        "fx.rates.providers=frankfurter",
                        "fx.rates.timeout=2s",
                        "fx.rates.deadline=10s",
                        "fx.rates.frankfurter.url=http://127.0.0.1:" + peer.getLocalPort())) {
            assertTrue(lonely.context().isStarted());
            await().until(() -> other.connections() == 1);
            Thread cutting = new Thread(() -> {
                try {
                    for (int i = 0; i < 3; i++) {
                        try (Socket socket = peer.accept()) {
                            connections.incrementAndGet();
                            socket.getInputStream().read(new byte[1_000]);
                        }
                    }
                    // a byte each 100 ms, and never an end
                    try (Socket socket = peer.accept()) {
                        connections.incrementAndGet();
                        socket.getOutputStream()
                                .write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                        while (socket.isConnected()) {
                            socket.getOutputStream().write(' ');
                            await().pollDelay(Duration.ofMillis(100)).until(() -> true);
                        }
                    } catch (IOException e) {
                        // it was left
                    }
                    while (true) {
                        peer.accept().close();
                        connections.incrementAndGet();
                    }
                } catch (IOException e) {
                    // the end of the test
                }
            });
            cutting.start();
            assertEquals(unavailable(FIRST), other.ask(request("1", "USD", FIRST.toString())));
            assertEquals(3, connections.get());
            LocalDate next = FIRST.plusDays(1);
            assertEquals(unavailable(next), other.ask(request("1", "USD", next.toString())));
            assertEquals(4, connections.get());
        }
    }
}
