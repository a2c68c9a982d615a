package org.currencyroutes.connection;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.Requests.DAY;
import static org.currencyroutes.peer.Requests.error;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import org.currencyroutes.RunningRoutes;
import org.currencyroutes.heartbeat.HeartbeatMonitor;
import org.currencyroutes.peer.FaultyPipeline;
import org.currencyroutes.peer.LogLines;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.RawConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of requests in hand, few or many, when the line, the peer or the rates fail them. */
@Timeout(60)
class InHandTest {

    private static final LocalDate FIRST_DAY = LocalDate.of(2024, 1, 1);
    private static final int DAYS = 10;

    // rates are waited for until the test has them come
    private static final String SLOW = "fx.rates.timeout=30s";
    private static final String AT_LAST = "fx.rates.deadline=30s";

    // where our silence is measured: that of a machine that stands still for a second is none
    private static final String OFTEN = "fx.heartbeat.interval=500ms";

    private final FaultyPipeline pipeline = new FaultyPipeline();
    private final RatesApi api = new RatesApi();
    private RunningRoutes routes;

    private RawConnection run(String... settings) {
        routes = RunningRoutes.between(pipeline, api, settings);
        return pipeline.awaitConnectionAfter(0);
    }

    @AfterEach
    void eachWasAnsweredOnceAtTheMostAndThereWasOneConnectionAtATime() {
        api.release();
        pipeline.newest().readAgain();
        routes.close();
        api.close();
        pipeline.close();
        pipeline.answers().forEach((id, times) -> assertEquals(1, times, () -> "answers to " + id));
        assertEquals(1, pipeline.mostOpen());
    }

    private int inHand() {
        return routes.bean("fxInHand", IntSupplier.class).getAsInt();
    }

    private boolean isConnected() {
        return routes.bean("fxHeartbeatMonitor", HeartbeatMonitor.class).isConnected();
    }

    /** Sends so many requests whose rates are not there yet, and waits until all of them are in hand. */
    private void haveInHand(RawConnection connection, int count) throws IOException {
        for (int id = 1; id <= count; id++) {
            connection.send(uncached(id));
        }
        await().until(() -> inHand() == count);
    }

    private static String uncached(int id) {
        return request(
                Integer.toString(id), "USD", FIRST_DAY.plusDays(id % DAYS).toString());
    }

    private void assertAnswered(int id) throws IOException {
        pipeline.newest().send(request(Integer.toString(id), "USD", DAY));
        assertTrue(pipeline.answer(id).contains("\"stake\":207.52054,"));
    }

    // ---- the line drops

    @Test
    void hundredsInHandOverSeveralDropsAreAnsweredOnTheLastConnection() throws IOException {
        RawConnection connection = run(SLOW, AT_LAST);
        api.hold();
        haveInHand(connection, 300);
        for (int drop = 1; drop <= 3; drop++) {
            pipeline.newest().cut();
            pipeline.awaitConnectionAfter(drop);
        }
        api.release();
        await().until(() -> pipeline.answers().size() == 300);
        await().until(() -> inHand() == 0);
        assertEquals(4, pipeline.connections());
    }

    @Test
    void answersThatNoConnectionCameForInTimeAreForgottenAndLogged() throws IOException {
        RawConnection connection =
                run("fx.reconnect.delay=600ms", "fx.reconnect.max-delay=600ms", "fx.reply.ttl=100ms", SLOW, AT_LAST);
        try (LogLines log = new LogLines()) {
            api.hold();
            haveInHand(connection, 100);
            pipeline.refuse();
            connection.cut();
            await().until(() -> !isConnected());
            api.release();
            await().until(() -> inHand() == 0);
            assertTrue(log.contains("Answers were dropped"), () -> log.lines().toString());
            assertEquals(
                    100,
                    routes.context()
                            .getRegistry()
                            .findSingleByType(MeterRegistry.class)
                            .get("fx.replies.dropped")
                            .counter()
                            .count());
        }
        pipeline.listenAgain();
        pipeline.awaitConnectionAfter(1);
        assertAnswered(1_000);
        assertEquals(Set.of(1_000), pipeline.answers().keySet());
    }

    @Test
    void aRequestOfAConnectionThatIsTooLongGoneIsNotAnsweredLate() throws IOException {
        RawConnection connection =
                run("fx.reconnect.delay=600ms", "fx.reconnect.max-delay=600ms", "fx.reply.ttl=100ms", SLOW, AT_LAST);
        api.hold();
        haveInHand(connection, 100);
        pipeline.refuse();
        connection.cut();
        await().until(() -> routes.bean("fxHeartbeatMonitor", HeartbeatMonitor.class)
                .reason()
                .contains("refused"));
        pipeline.listenAgain();
        pipeline.awaitConnectionAfter(1);
        api.release();
        assertAnswered(1_000);
        await().until(() -> inHand() == 0);
        assertEquals(Set.of(1_000), pipeline.answers().keySet());
    }

    // ---- too many

    @Test
    void oneTooManyInHandIsRefusedAtOnceAndHeartbeatsGoOn() throws IOException {
        RawConnection connection = run("fx.conversion.max-pending=10", SLOW, AT_LAST);
        api.hold();
        haveInHand(connection, 10);
        for (int id = 11; id <= 15; id++) {
            connection.send(uncached(id));
            assertEquals(error(Integer.toString(id), "overloaded, too many requests are waiting"), pipeline.answer(id));
        }
        int heartbeats = connection.heartbeats();
        await().until(() -> connection.heartbeats() >= heartbeats + 2);
        api.release();
        await().until(() -> pipeline.answers().size() == 15);
        assertAnswered(16);
    }

    @Test
    void fiveThousandWaitingOnSlowRatesKeepNobodyFromBeating() throws IOException {
        RawConnection connection = run(SLOW, AT_LAST, OFTEN);
        api.hold();
        haveInHand(connection, 5_000);
        await().atMost(Duration.ofSeconds(8)).pollDelay(Duration.ofSeconds(5)).until(() -> true);
        assertEquals(5_000, inHand());
        assertTrue(pipeline.longestSilenceMillis(connection) < 2_000);
        api.release();
        await().until(() -> pipeline.answers().size() == 5_000);
        assertTrue(pipeline.longestSilenceMillis(connection) < 2_000);
        assertEquals(1, pipeline.connections());
    }

    @Test
    void aFloodIsAnsweredToTheLastRequestAndHeartbeatsGoOn() throws IOException {
        RawConnection connection = run(OFTEN);
        assertAnswered(1_000_000);
        int count = 100_000;
        for (int from = 0; from < count; from += 1_000) {
            ByteArrayOutputStream batch = new ByteArrayOutputStream();
            for (int id = from; id < from + 1_000; id++) {
                batch.write(RawConnection.text(request(Integer.toString(id), "USD", DAY)));
            }
            connection.write(batch.toByteArray());
        }
        await().atMost(Duration.ofSeconds(40)).until(() -> pipeline.answers().size() == count + 1);
        assertTrue(pipeline.longestSilenceMillis(connection) < 2_000);
        assertEquals(1, pipeline.connections());
    }

    // ---- a peer that does not read

    private static final int LONG = 16 << 10;
    private static final int MORE_THAN_THE_SOCKETS_HOLD = 4_000;

    /** Sends far more than anybody holds, on a thread of its own; counts what went out. */
    private static CompletableFuture<Void> sendTooMuch(RawConnection connection, AtomicInteger sent) {
        String padding = "a".repeat(LONG);
        return CompletableFuture.runAsync(() -> {
            try {
                for (int id = 0; id < MORE_THAN_THE_SOCKETS_HOLD; id++) {
                    connection.send(request(Integer.toString(id), "USD", DAY)
                            .replace("\"payload\":{", "\"payload\":{\"x\":\"" + padding + "\","));
                    sent.incrementAndGet();
                }
            } catch (IOException e) {
                // the other side had enough
            }
        });
    }

    @Test
    void aPeerThatReadsAgainInTimeGetsEachAnswerOnTheSameConnection() throws IOException {
        RawConnection connection = run();
        assertAnswered(1_000_000);
        connection.stopReading();
        AtomicInteger sent = new AtomicInteger();
        CompletableFuture<Void> sending = sendTooMuch(connection, sent);
        AtomicInteger last = new AtomicInteger(-1);
        await().pollInterval(Duration.ofMillis(300)).until(() -> last.getAndSet(sent.get()) == sent.get());
        assertTrue(sent.get() < MORE_THAN_THE_SOCKETS_HOLD, "we read on, however much is to be written");
        connection.readAgain();
        sending.join();
        await().atMost(Duration.ofSeconds(30)).until(() -> pipeline.answers().size() == MORE_THAN_THE_SOCKETS_HOLD + 1);
        assertEquals(1, pipeline.connections());
    }

    @Test
    void aPeerThatReadsNoMoreIsLeftAndWhatWasNotWrittenGoesToTheNextConnection() throws IOException {
        RawConnection connection = run();
        assertAnswered(1_000_000);
        connection.stopReading();
        AtomicInteger sent = new AtomicInteger();
        sendTooMuch(connection, sent).join();
        assertTrue(sent.get() < MORE_THAN_THE_SOCKETS_HOLD, "we read on, however much is to be written");
        pipeline.awaitConnectionAfter(1);
        await().until(() -> inHand() == 0);
        assertAnswered(1_000_001);
        assertEquals(1, pipeline.open());
        Set<Integer> onTheNext = pipeline.frames().stream()
                .filter(frame -> frame.connection() == 2 && frame.text().contains("\"x\":"))
                .map(FaultyPipeline.Frame::text)
                .map(text -> Integer.valueOf(text.replaceAll(".*?\"id\":(\\d+),.*", "$1")))
                .collect(Collectors.toSet());
        assertTrue(!onTheNext.isEmpty(), "nothing was redelivered");
        assertTrue(onTheNext.stream().allMatch(id -> id <= sent.get()), "an answer to what was never asked");
    }
}
