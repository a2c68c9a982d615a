package org.currencyroutes.cluster;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.Requests.DAY;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.health.HealthCheck;
import org.currencyroutes.RunningRoutes;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Members that meet at an API server of Kubernetes, of the kind that its client's own tests use. */
@Execution(ExecutionMode.CONCURRENT)
class KubernetesClusterTest {

    private static final Map<String, String> SETTINGS = Map.of(
            "kubernetes.namespace", "trading",
            "kubernetes.auth.tryKubeConfig", "false",
            "kubernetes.auth.tryServiceAccount", "false");

    private final KubernetesMockServer server = new KubernetesMockServer(
            new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
    private final TradingPipeline pipeline = new TradingPipeline();
    private final RatesApi api = new RatesApi();
    private KubernetesClient client;

    @BeforeEach
    void serve() {
        server.start();
        client = server.createClient();
    }

    @AfterEach
    void stop() {
        client.close();
        server.shutdown();
        api.close();
        pipeline.close();
    }

    /** One at a time, since all in this JVM find their API server by the same properties, when they start. */
    private RunningRoutes member() {
        synchronized (SETTINGS) {
            SETTINGS.forEach(System::setProperty);
            System.setProperty("kubernetes.master", server.url("/"));
            try {
                return RunningRoutes.ofMember(pipeline, api, "fx.cluster=kubernetes");
            } finally {
                System.clearProperty("kubernetes.master");
                SETTINGS.keySet().forEach(System::clearProperty);
            }
        }
    }

    private static boolean owns(RunningRoutes member) {
        return member.bean("fxCluster", KubernetesCluster.class).isOwner("main");
    }

    private Map<String, String> holders() {
        Map<String, String> holders = new TreeMap<>();
        for (Lease lease : client.leases()
                .inNamespace("trading")
                .withLabel("fx-cluster")
                .list()
                .getItems()) {
            holders.put(lease.getMetadata().getName(), lease.getSpec().getHolderIdentity());
        }
        return holders;
    }

    @Test
    void oneOfTwoIsConnectedAndTheOtherAfterItStops() {
        RunningRoutes first = member();
        RunningRoutes second = member();
        try {
            await().until(() -> pipeline.open() == 1);
            List.of(first, second).forEach(member -> await().until(
                            () -> member.health("fx-connection").getState() == HealthCheck.State.UP));
            await().until(() -> holders().size() == 3);
            RunningRoutes owner = owns(first) ? first : second;
            RunningRoutes other = owns(first) ? second : first;
            assertFalse(owns(other));
            assertEquals(1, owner.metric("fx.cluster.owner", "pipeline", "main"));
            assertEquals(0, other.metric("fx.cluster.owner", "pipeline", "main"));
            await().until(() -> other.metric("fx.cluster.members") == 2);

            owner.close();

            await().until(() -> pipeline.connections() == 2 && pipeline.open() == 1);
            assertTrue(owns(other));
            assertTrue(pipeline.ask(request("1", "USD", DAY)).contains("EUR"));
            assertEquals(1, pipeline.mostOpen());
            await().until(() -> holders().size() == 2);
        } finally {
            first.close();
            second.close();
        }
        // the lease of the pipeline, which nobody holds
        assertEquals(
                List.of("currency-routes-pipeline-main"), List.copyOf(holders().keySet()));
        assertEquals("", holders().get("currency-routes-pipeline-main"));
    }

    @Test
    void anOwnerThatCannotRenewClosesItsConnection() {
        try (RunningRoutes member = member()) {
            await().until(() -> pipeline.open() == 1);

            server.shutdown();

            await().atMost(Duration.ofSeconds(20)).until(() -> pipeline.open() == 0);
            assertFalse(owns(member));
        }
    }

    @Test
    void whatAMemberLeftThatWasKilledIsTakenAfterALease() {
        client.leases()
                .inNamespace("trading")
                .resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withName("currency-routes-pipeline-main")
                        .addToLabels("fx-cluster", "currency-routes")
                        .endMetadata()
                        .withNewSpec()
                        .withHolderIdentity("killed/0")
                        .endSpec()
                        .build())
                .create();
        try (RunningRoutes member = member()) {
            await().until(() -> holders().size() == 2);
            assertEquals(0, pipeline.connections());

            await().atMost(Duration.ofSeconds(30)).until(() -> pipeline.open() == 1);
            assertTrue(owns(member));
        }
    }
}
