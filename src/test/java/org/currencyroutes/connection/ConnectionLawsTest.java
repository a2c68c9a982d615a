package org.currencyroutes.connection;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.FaultyPipeline.POLITE;
import static org.currencyroutes.peer.RawConnection.text;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.IntSupplier;
import org.currencyroutes.RunningRoutes;
import org.currencyroutes.peer.FaultyPipeline;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.RawConnection;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What holds after each of a thousand steps of a peer, a rates service and an operator that nobody planned. */
@Timeout(120)
class ConnectionLawsTest {

    private static final int STEPS = 1_000;
    private static final int STEPS_BETWEEN_SETTLINGS = 50;
    private static final LocalDate FIRST_DAY = LocalDate.of(2010, 1, 1);
    private static final int DAYS = 300;

    private final FaultyPipeline pipeline = new FaultyPipeline();
    private final RatesApi api = new RatesApi();
    private RunningRoutes routes;
    private IntSupplier inHand;
    private int lastId;

    @BeforeEach
    void start() {
        routes = RunningRoutes.between(
                pipeline,
                api,
                "fx.heartbeat.check-period=10ms",
                "fx.reconnect.delay=5ms",
                "fx.reconnect.max-delay=20ms",
                "fx.rates.timeout=20s",
                "fx.rates.deadline=30s");
        inHand = routes.bean("fxInHand", IntSupplier.class);
        pipeline.awaitConnectionAfter(0);
    }

    @AfterEach
    void stop() {
        api.release();
        routes.close();
        api.close();
        pipeline.close();
    }

    @Test
    void atMostOneConnectionAtMostOneAnswerAndNothingForgotten() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int step = 1; step <= STEPS; step++) {
            String said = "seed " + seed + ", step " + step;
            step(random);
            check(said);
            if (step % STEPS_BETWEEN_SETTLINGS == 0) {
                settle(said);
            }
        }
    }

    private void step(Random random) throws IOException {
        RawConnection connection = pipeline.newest();
        try {
            switch (random.nextInt(16)) {
                case 0 -> connection.cut();
                case 1 -> connection.sendClose(1000 + random.nextInt(3));
                case 2 -> api.hold();
                case 3 -> api.release();
                case 4 -> connection.stopReading();
                case 5 -> connection.readAgain();
                case 6 -> connection.send(TradingPipeline.HEARTBEAT);
                case 7 -> connection.send("no message");
                case 8 -> pipeline.setScript(random.nextBoolean() ? POLITE : fault(random));
                case 9 -> {
                    if (random.nextInt(4) == 0) {
                        restartByOperator();
                    }
                }
                case 10 -> connection.pause(random.nextInt(10));
                default -> {
                    for (int i = random.nextInt(10); i >= 0; i--) {
                        connection.send(someRequest(random));
                    }
                }
            }
        } catch (IOException e) {
            // that connection is over: what was asked last may never have arrived
        }
    }

    private String someRequest(Random random) {
        return request(
                Integer.toString(++lastId),
                random.nextBoolean() ? "EUR" : "USD",
                FIRST_DAY.plusDays(random.nextInt(DAYS)).toString());
    }

    private FaultyPipeline.Script fault(Random random) {
        int moment = random.nextInt(4);
        return connection -> {
            connection.readHandshake();
            switch (moment) {
                case 0 -> connection.cut();
                case 1 ->
                    connection.write(
                            "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                case 2 -> {
                    connection.upgrade(text(TradingPipeline.HEARTBEAT));
                    connection.sendClose(1011);
                    connection.read();
                }
                default -> {
                    connection.pause(20);
                    connection.upgrade(text(TradingPipeline.HEARTBEAT));
                    connection.beat();
                    connection.read();
                }
            }
        };
    }

    private void restartByOperator() {
        routes.operator("stop", "fx-pipeline");
        // what the kernel says, since the peer may accept late one that is over already
        await().pollInterval(Duration.ofMillis(10))
                .during(Duration.ofMillis(30))
                .until(() -> pipeline.open() == 0);
        routes.operator("start", "fx-pipeline");
    }

    private void check(String said) {
        assertEquals(1, pipeline.mostOpen(), said);
        pipeline.answers().forEach((id, times) -> {
            assertEquals(1, times, () -> said + ", answers to " + id);
            assertTrue(id >= 1 && id <= lastId, () -> said + ", nobody asked " + id);
        });
    }

    /** With rates and a line that work, all that is asked on it is answered, and nothing from before stays in hand. */
    private void settle(String said) throws IOException {
        api.release();
        pipeline.newest().readAgain();
        pipeline.setScript(POLITE);
        int before = pipeline.connections();
        pipeline.newest().cut();
        RawConnection connection = pipeline.awaitConnectionAfter(before);
        Set<Integer> asked = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            asked.add(++lastId);
            connection.send(request(
                    Integer.toString(lastId),
                    "USD",
                    FIRST_DAY.plusDays(lastId % DAYS).toString()));
        }
        await(said)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> pipeline.answers().keySet().containsAll(asked));
        await(said).pollInterval(Duration.ofMillis(10)).until(() -> inHand.getAsInt() == 0);
        assertEquals(before + 1, pipeline.connections(), said);
    }
}
