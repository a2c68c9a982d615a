package org.currencyroutes.connection;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.health.HealthCheck;
import org.currencyroutes.Ownership;
import org.currencyroutes.RunningRoutes;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is written, or not, where another process of a cluster may own the pipeline. */
@Timeout(60)
class OwnershipTest {

    private static final String REQUEST =
            "{\"type\":\"message\",\"id\":1,\"payload\":{\"stake\":1,\"currency\":\"USD\",\"date\":\"2021-05-18\"}}";

    private final AtomicBoolean owner = new AtomicBoolean(true);
    private TradingPipeline pipeline;
    private RatesApi rates;
    private RunningRoutes routes;

    @BeforeEach
    void connect() {
        pipeline = new TradingPipeline();
        rates = new RatesApi();
        routes = RunningRoutes.between(pipeline, rates);
        await().until(() -> pipeline.connections() == 1);
        routes.context().getRegistry().bind("fxOwnership", (Ownership) name -> name.equals("main") && owner.get());
        routes.operator("restart", "fx-pipeline");
        await().until(() ->
                pipeline.connections() == 2 && !pipeline.heartbeats(2).isEmpty());
    }

    @AfterEach
    void stop() {
        routes.close();
        rates.close();
        pipeline.close();
    }

    @Test
    void whoOwnsThePipelineNoMoreCutsTheLineAndWritesNothingOnIt() {
        rates.hold();
        pipeline.send(REQUEST);
        await().until(() -> rates.calls() == 1);

        owner.set(false);
        long lost = System.nanoTime();
        rates.release();
        await().until(() -> pipeline.open() == 0);

        assertEquals(0, pipeline.answersWaiting());
        assertEquals(
                List.of(),
                pipeline.frames().stream()
                        .filter(frame -> frame.nanoTime() - lost > 100_000_000)
                        .toList());
    }

    @Test
    void whoDoesNotOwnThePipelineDoesNotConnectUntilItDoes() {
        owner.set(false);
        await().until(() -> pipeline.open() == 0);
        await().until(() -> routes.metric("fx.reconnects", "cause", "other") >= 2);
        assertEquals(2, pipeline.connections());
        assertTrue(Double.isNaN(routes.metric("fx.connected")));

        owner.set(true);
        await().until(() -> pipeline.connections() == 3);
    }

    @Test
    void itIsReadyWithoutAConnectionWhileAnotherOwnsThePipeline() {
        assertEquals(Boolean.TRUE, routes.health("fx-connection").getDetails().get("owner"));

        owner.set(false);
        await().until(() -> pipeline.open() == 0);

        HealthCheck.Result health = routes.health("fx-connection");
        assertEquals(HealthCheck.State.UP, health.getState());
        assertEquals(Boolean.FALSE, health.getDetails().get("owner"));
    }
}
