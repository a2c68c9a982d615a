package org.currencyroutes.connection;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.Requests.DAY;
import static org.currencyroutes.peer.Requests.error;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.benmanes.caffeine.cache.Cache;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.health.HealthCheck.State;
import org.apache.camel.health.HealthCheckHelper;
import org.currencyroutes.RunningRoutes;
import org.currencyroutes.heartbeat.HeartbeatMonitor;
import org.currencyroutes.peer.LogLines;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The ordinary life of the connection: connect, beat, lose, return, stop. */
class ConnectionRoutesTest {

    private static final LocalDate NOT_LOADED = LocalDate.of(2024, 2, 1);
    private static final String NOT_LOADED_YET = request("1", "USD", NOT_LOADED.toString());
    private static final String CONVERTED = "\"stake\":207.52054,";

    private final int port = TradingPipeline.freePort();
    private final RatesApi api = new RatesApi();
    private TradingPipeline pipeline;
    private RunningRoutes routes;

    @BeforeEach
    void start() {
        pipeline = new TradingPipeline(port);
    }

    @AfterEach
    void stop() {
        api.release();
        routes.close();
        api.close();
        pipeline.close();
    }

    private void run(String... settings) {
        routes = RunningRoutes.between(pipeline, api, settings);
        awaitConnections(1);
    }

    private void awaitConnections(int count) {
        await().until(() -> pipeline.connections() == count);
    }

    private void awaitHeartbeats(int connection, int count) {
        await().until(() -> pipeline.heartbeats(connection).size() >= count);
    }

    private void assertAnswered() {
        assertTrue(pipeline.ask(request("1", "USD", DAY)).contains(CONVERTED));
    }

    /** Sends a request that stays in hand until the rates service is released. */
    private void haveOneInHand() {
        api.hold();
        pipeline.send(NOT_LOADED_YET);
        await().until(() -> api.calls(NOT_LOADED) == 1);
    }

    private HeartbeatMonitor monitor() {
        return routes.bean("fxHeartbeatMonitor", HeartbeatMonitor.class);
    }

    // ---- connect and beat

    @Test
    void theFirstHeartbeatIsSentAtOnceAndNotAfterAnInterval() {
        run("fx.heartbeat.interval=30s", "fx.heartbeat.timeout=60s");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> !pipeline.heartbeats(1).isEmpty());
    }

    @Test
    void heartbeatsGoOnBesideRequests() {
        run();
        assertAnswered();
        awaitHeartbeats(1, 4);
        assertEquals(1, pipeline.connections());
        assertEquals(1, pipeline.mostOpen());
    }

    @Test
    void heartbeatsGoOnWhileTheRatesHang() {
        run("fx.rates.timeout=30s", "fx.rates.deadline=30s");
        haveOneInHand();
        awaitHeartbeats(1, 4);
        assertEquals(0, pipeline.answersWaiting());
        assertEquals(1, pipeline.connections());
    }

    @Test
    void aPipelineThatIsDownAtTheStartIsWaitedFor() {
        pipeline.close();
        routes = RunningRoutes.between(pipeline, api, "fx.reconnect.delay=50ms", "fx.reconnect.max-delay=100ms");
        await().until(() -> monitor().reason().contains("refused"));
        assertFalse(monitor().isConnected());
        pipeline = new TradingPipeline(port);
        awaitConnections(1);
        assertAnswered();
        assertEquals(1, pipeline.mostOpen());
    }

    // ---- lose and return

    @Test
    void aConnectionThatThePeerClosedIsMadeAnew() {
        run();
        for (int connection = 1; connection <= 5; connection++) {
            awaitConnections(connection);
            assertAnswered();
            pipeline.closeConnection(1001);
        }
        awaitConnections(6);
        assertAnswered();
        assertEquals(1, pipeline.mostOpen());
    }

    @Test
    void aPeerThatFellSilentIsLeftOnceAndNeverMetTwiceAtATime() {
        run();
        assertAnswered();
        pipeline.setBeating(false);
        awaitConnections(2);
        pipeline.setBeating(true);
        awaitHeartbeats(2, 4);
        assertEquals(2, pipeline.connections());
        assertEquals(1, pipeline.mostOpen());
        assertEquals(1, pipeline.open());
        assertTrue(monitor().reason().startsWith("no heartbeat for"), monitor()::reason);
    }

    @Test
    void requestsAreNoSignOfLife() {
        pipeline.setBeating(false);
        run();
        await().until(() -> {
            pipeline.send(request("1", "EUR", DAY));
            return pipeline.connections() == 2;
        });
        assertTrue(monitor().reason().startsWith("never a heartbeat in"), monitor()::reason);
    }

    @Test
    void aRequestInHandWhenTheLineDropsIsAnsweredOnceOnTheNextConnection() {
        run("fx.rates.timeout=30s", "fx.rates.deadline=30s");
        assertAnswered();
        haveOneInHand();
        pipeline.closeConnection(1001);
        awaitConnections(2);
        api.release();
        assertTrue(pipeline.nextAnswer().contains(CONVERTED));
        assertAnswered();
        assertEquals(0, pipeline.answersWaiting());
    }

    @Test
    void anAnswerThatIsReadyBeforeTheNextConnectionWaitsForIt() {
        run("fx.reconnect.delay=50ms", "fx.reconnect.max-delay=100ms", "fx.rates.timeout=30s", "fx.rates.deadline=30s");
        haveOneInHand();
        pipeline.close();
        await().until(() -> !monitor().isConnected());
        api.release();
        await().until(() -> !routes.bean("fxRates", Cache.class).asMap().isEmpty());
        await().until(() -> routes.metric("fx.replies.waiting") == 1);
        assertEquals(1, routes.health("fx-backlog").getDetails().get("replies-waiting"));
        pipeline = new TradingPipeline(port);
        assertTrue(pipeline.nextAnswer().contains(CONVERTED));
        assertAnswered();
        await().until(() -> routes.metric("fx.replies.waiting") == 0);
        assertEquals(0, pipeline.answersWaiting());
    }

    @Test
    void anAnswerIsDroppedWhenNoConnectionComesInTime() {
        run("fx.reconnect.delay=400ms", "fx.reconnect.max-delay=400ms", "fx.reply.ttl=10ms");
        haveOneInHand();
        pipeline.close();
        // the first attempt after that one is later than the answer may wait
        await().until(() -> monitor().reason().contains("refused"));
        pipeline = new TradingPipeline(port);
        awaitConnections(1);
        api.release();
        assertAnswered();
        await().during(Duration.ofMillis(300)).until(() -> pipeline.answersWaiting() == 0);
    }

    // ---- what is told of it

    @Test
    void itIsReadyOnlyOnceThePipelineBeats() {
        pipeline.setBeating(false);
        run();
        await().until(() -> routes.health("fx-connection")
                .getMessage()
                .orElse("")
                .equals("Connected to the pipeline, but without a fresh heartbeat"));
        assertEquals(State.DOWN, routes.health("fx-connection").getState());
        pipeline.setBeating(true);
        await().until(() -> routes.health("fx-connection").getState() == State.UP);
        assertEquals("connected", routes.health("fx-connection").getDetails().get("state"));
        assertTrue(HealthCheckHelper.invokeLiveness(routes.context(), "full").stream()
                .noneMatch(result -> result.getCheck().getId().startsWith("fx-")));
    }

    @Test
    void theLogTellsOfLossAndReturnAndNothingOfEachMessage() {
        try (LogLines log = new LogLines()) {
            run();
            assertAnswered();
            pipeline.closeConnection(4321);
            awaitConnections(2);
            assertAnswered();
            await().until(() -> log.lines().stream()
                    .anyMatch(line -> line.matches("INFO Connected to the pipeline again, after .* and 1 attempt")));
            assertTrue(log.contains("INFO Connected to the pipeline"));
            assertTrue(log.lines().stream()
                    .anyMatch(line -> line.matches("WARN Lost the connection to the pipeline after .*"
                            + ": closed by the pipeline with code 4321")));
            assertFalse(log.contains("253.67"));
            assertFalse(log.contains("207.52054"));
        }
    }

    // ---- stop

    @Test
    void atTheEndTheConnectionIsClosedInForm() {
        run();
        assertAnswered();
        routes.close();
        await().until(() -> pipeline.open() == 0);
        assertEquals(List.of((short) 1001), pipeline.closeCodes());
        assertEquals(1, pipeline.connections());
    }

    @Test
    void atTheEndWhatIsInHandIsAnsweredWhatStillComesIsRefusedAndHeartbeatsGoOn() {
        run("fx.rates.timeout=30s", "fx.rates.deadline=30s");
        haveOneInHand();
        CompletableFuture<Void> stopping = CompletableFuture.runAsync(routes::close);
        await().until(() -> pipeline.ask(request("2", "EUR", DAY)).equals(error("2", "shutting down")));
        awaitHeartbeats(1, pipeline.heartbeats(1).size() + 2);
        api.release();
        assertTrue(pipeline.nextAnswer().contains(CONVERTED));
        stopping.join();
        await().until(() -> pipeline.open() == 0);
        assertEquals(List.of((short) 1001), pipeline.closeCodes());
    }
}
