package org.currencyroutes.connection;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.FaultyPipeline.POLITE;
import static org.currencyroutes.peer.Requests.DAY;
import static org.currencyroutes.peer.Requests.error;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.currencyroutes.RunningRoutes;
import org.currencyroutes.heartbeat.HeartbeatMonitor;
import org.currencyroutes.peer.FaultyPipeline;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.RawConnection;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Stopping, of the application and of its connection, in each state that the connection can be in; and starting. */
@Timeout(60)
@Execution(ExecutionMode.CONCURRENT)
class StopTest {

    private final FaultyPipeline pipeline = new FaultyPipeline();
    private final RatesApi api = new RatesApi();
    private RunningRoutes routes;

    private void run(String... settings) {
        routes = RunningRoutes.between(pipeline, api, settings);
    }

    @AfterEach
    void closePeers() {
        api.release();
        routes.close();
        api.close();
        pipeline.close();
        assertTrue(pipeline.mostOpen() <= 1);
    }

    private void assertStopsInTime() {
        CompletableFuture.runAsync(routes::close)
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
        await().atMost(Duration.ofSeconds(1)).until(() -> pipeline.open() == 0);
    }

    private HeartbeatMonitor monitor() {
        return routes.bean("fxHeartbeatMonitor", HeartbeatMonitor.class);
    }

    private String health() {
        return HealthCheckHelper.invokeReadiness(routes.context()).stream()
                .filter(result -> result.getCheck().getId().equals("fx-connection"))
                .findFirst()
                .flatMap(HealthCheck.Result::getMessage)
                .orElseThrow();
    }

    private void assertAnswered(int id) throws IOException {
        pipeline.newest().send(request(Integer.toString(id), "USD", DAY));
        assertTrue(pipeline.answer(id).contains("\"stake\":207.52054,"));
    }

    @Test
    void anAttemptThatIsOverBeforeItHasBegunLeavesNoSocket() {
        run();
        pipeline.awaitConnectionAfter(0);
        PipelineComponent component = routes.bean("fx-pipeline", PipelineComponent.class);
        for (int attempt = 0; attempt < 300; attempt++) {
            PipelineComponent.mainOf(component).reconnect();
        }
        routes.operator("stop", "fx-pipeline");
        await().until(() -> pipeline.open() == 0);
    }

    // ---- the application

    @Test
    void stoppingWhileConnectingLeavesNoSocket() {
        pipeline.setScript(RawConnection::awaitEnd);
        run();
        await().until(() -> pipeline.open() == 1);
        assertStopsInTime();
    }

    @Test
    void stoppingWhileBackingOffWaitsForNoAttempt() {
        pipeline.refuse();
        run("fx.reconnect.delay=30s", "fx.reconnect.max-delay=30s");
        await().until(() -> monitor().reason().contains("refused"));
        assertStopsInTime();
        assertEquals(0, pipeline.connections());
    }

    @Test
    void stoppingWithABacklogThatNothingAnswersBeatsToTheEndAndEndsInTime() throws IOException {
        run(
                "fx.rates.timeout=30s",
                "fx.rates.deadline=30s",
                "fx.heartbeat.timeout=10s",
                // so that a machine that stands still for a second is not taken for our silence
                "fx.heartbeat.interval=500ms");
        RawConnection connection = pipeline.awaitConnectionAfter(0);
        api.hold();
        for (int id = 1; id <= 500; id++) {
            connection.send(request(Integer.toString(id), "USD", "2024-01-01"));
        }
        await().until(() -> routes.bean("fxInHand", IntSupplier.class).getAsInt() == 500);
        CompletableFuture<Void> stopping = CompletableFuture.runAsync(routes::close);
        int before = connection.heartbeats();
        await().until(() -> connection.heartbeats() >= before + 10);
        connection.send(request("501", "EUR", DAY));
        assertEquals(error("501", "shutting down"), pipeline.answer(501));
        assertTrue(pipeline.longestSilenceMillis(connection) < 2_000);
        stopping.orTimeout(10, TimeUnit.SECONDS).join();
        await().until(connection::hasEnded);
        assertEquals(1001, connection.closeCode());
        pipeline.answers().forEach((id, times) -> assertEquals(1, times, () -> "answers to " + id));
    }

    @Test
    void aLineThatDropsWhileStoppingIsMadeAnewAndWhatIsInHandIsAnsweredOnTheNextConnection() throws IOException {
        run("fx.rates.timeout=30s", "fx.rates.deadline=30s", "fx.heartbeat.timeout=10s");
        RawConnection connection = pipeline.awaitConnectionAfter(0);
        api.hold();
        for (int id = 1; id <= 100; id++) {
            connection.send(request(Integer.toString(id), "USD", "2024-01-01"));
        }
        await().until(() -> routes.bean("fxInHand", IntSupplier.class).getAsInt() == 100);
        CompletableFuture<Void> stopping = CompletableFuture.runAsync(routes::close);
        await().until(() -> routes.context().isStopping());
        // two heartbeats later all that stops at once has stopped
        int before = connection.heartbeats();
        await().until(() -> connection.heartbeats() >= before + 2);
        connection.cut();
        RawConnection next = pipeline.awaitConnectionAfter(1);
        next.send(request("101", "EUR", DAY));
        assertEquals(error("101", "shutting down"), pipeline.answer(101));
        api.release();
        stopping.orTimeout(10, TimeUnit.SECONDS).join();
        await().until(next::hasEnded);
        assertEquals(1001, next.closeCode());
        assertEquals(2, pipeline.connections());
        assertEquals(101, pipeline.answers().size());
        pipeline.answers().forEach((id, times) -> assertEquals(1, times, () -> "answers to " + id));
        assertTrue(pipeline.frames().stream()
                .allMatch(frame -> frame.connection() == 2 || frame.text().equals(TradingPipeline.HEARTBEAT)));
    }

    @Test
    void stoppingWithAHalfOpenPeerCutsIt() {
        pipeline.setScript(connection -> {
            connection.upgrade();
            connection.beat();
            connection.pause(60_000);
        });
        run();
        await().until(() ->
                routes.bean("fxHeartbeatMonitor", HeartbeatMonitor.class).isConnected());
        assertStopsInTime();
    }

    // ---- the operator

    @Test
    void aRouteThatAnOperatorStopsIsClosedAndStaysSoUntilItIsStarted() throws IOException {
        run();
        RawConnection connection = pipeline.awaitConnectionAfter(0);
        assertAnswered(1);
        routes.operator("stop", "fx-pipeline");
        await().until(() -> pipeline.open() == 0);
        assertEquals(1000, connection.closeCode());
        await().during(Duration.ofMillis(2_500)).until(() -> pipeline.connections() == 1);
        assertEquals("stopped", monitor().status());
        routes.operator("start", "fx-pipeline");
        pipeline.awaitConnectionAfter(1);
        assertAnswered(2);
    }

    @Test
    void anOperatorsStopEndsTheAttemptsAsWell() {
        pipeline.setScript(RawConnection::awaitEnd);
        run("fx.socket.connect-timeout=500ms", "fx.reconnect.delay=50ms", "fx.reconnect.max-delay=50ms");
        await().until(() -> pipeline.connections() >= 2);
        routes.operator("stop", "fx-pipeline");
        await().until(() -> pipeline.open() == 0);
        int before = pipeline.connections();
        await().during(Duration.ofMillis(700)).until(() -> pipeline.connections() == before);
        pipeline.setScript(POLITE);
        routes.operator("start", "fx-pipeline");
        pipeline.awaitConnectionAfter(before);
    }

    // ---- the delays

    @Test
    void thePipelineThatRejectsUsIsTriedAfterLongerAndLongerDelaysAndAtOnceWhenItHasBeaten() throws IOException {
        pipeline.setScript(connection -> connection.reject(401));
        run();
        // at 0, 0.5, 1.5 and 3.5 s, each delay a fifth shorter at the least
        await().pollDelay(Duration.ofMillis(2_700)).until(() -> pipeline.connections() >= 3);
        assertTrue(pipeline.connections() <= 4, () -> pipeline.connections() + " attempts");
        assertEquals("the pipeline answered 401 to the handshake", monitor().reason());
        assertEquals("Not connected to the pipeline: the pipeline answered 401 to the handshake", health());
        pipeline.setScript(POLITE);
        RawConnection connection = pipeline.awaitConnectionAfter(3);
        assertAnswered(1);
        long dropped = System.nanoTime();
        connection.cut();
        pipeline.awaitConnectionAfter(connection.number());
        // at once, where the next delay would have been four seconds
        assertTrue(System.nanoTime() - dropped < Duration.ofSeconds(2).toNanos());
    }
}
