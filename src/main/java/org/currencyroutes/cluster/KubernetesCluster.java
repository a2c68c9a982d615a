package org.currencyroutes.cluster;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseList;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.net.HttpURLConnection;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.currencyroutes.cluster.SeenLeases.Stored;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster by leases of Kubernetes, in the namespace of the pod: {@code currency-routes-pipeline-main} for the pipeline
 * {@code main}, and one for each member. {@link SeenLeases} decides.
 */
public final class KubernetesCluster extends OwnedRoutes<SeenLeases> {

    private static final Logger LOG = LoggerFactory.getLogger(KubernetesCluster.class);

    /** The label of the leases, whose value is the name of the application. */
    private static final String LABEL = "fx-cluster";

    private static final long ROUND_MILLIS = 1_000;
    private static final long FOLLOW_MILLIS = 100;
    private static final long FAREWELL_MILLIS = 1_500;

    // several tries fit into the time that a renewal counts
    private static final int REQUEST_MILLIS = 2_000;

    private final KubernetesClient api;
    private final String namespace;
    private ScheduledExecutorService clock;

    /** Finds the API server, the namespace and what allows it to ask as all clients in a pod do. */
    public KubernetesCluster() {
        super(new SeenLeases(
                System.getenv().getOrDefault("HOSTNAME", "member") + "/" + UUID.randomUUID(), System::nanoTime));
        api = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.autoConfigure(null))
                        .withConnectionTimeout(REQUEST_MILLIS)
                        .withRequestTimeout(REQUEST_MILLIS)
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
        namespace = Optional.ofNullable(api.getNamespace()).orElse("default");
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        clock = getCamelContext().getExecutorServiceManager().newScheduledThreadPool(this, "fx-cluster", 2);
        clock.scheduleWithFixedDelay(this::round, 0, ROUND_MILLIS, TimeUnit.MILLISECONDS);
        clock.scheduleWithFixedDelay(this::follow, 0, FOLLOW_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** By now nothing is connected any more: the others may be. */
    @Override
    protected void doStop() throws Exception {
        leases.leave();
        pipelines().forEach(leases::letGo);
        try {
            clock.submit(this::round).get(FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("Kubernetes' leases could not be let go in time: another has them when they end");
        }
        getCamelContext().getExecutorServiceManager().shutdownNow(clock);
        super.doStop();
    }

    @Override
    protected void doShutdown() throws Exception {
        super.doShutdown();
        api.close();
    }

    /** Reads all leases at once, and writes what is to be written; must not throw, or it would be the last. */
    private synchronized void round() {
        if (getCamelContext().isStopping()) {
            leases.leave();
        } else if (!getCamelContext().isStarted()) {
            return;
        }
        try {
            Map<String, Lease> found = new HashMap<>();
            Map<String, Stored> stored = new HashMap<>();
            for (Lease lease : stored().withLabel(LABEL, application()).list().getItems()) {
                String name = lease.getMetadata().getName();
                if (name.startsWith(application() + "-")) {
                    name = name.substring(application().length() + 1);
                    found.put(name, lease);
                    stored.put(name, read(lease));
                }
            }
            leases.look(stored, pipelines()).forEach((name, holder) -> write(name, found.get(name), holder));
            leases.forgotten().forEach(name -> stored().withName(application() + "-" + name)
                    .delete());
            failing(null);
        } catch (RuntimeException e) {
            failing(e);
        }
        tell(name -> name);
    }

    private NonNamespaceOperation<Lease, LeaseList, Resource<Lease>> stored() {
        return api.leases().inNamespace(namespace);
    }

    private String application() {
        return getCamelContext().getName();
    }

    private static Stored read(Lease lease) {
        String holder = lease.getSpec() == null ? null : lease.getSpec().getHolderIdentity();
        return new Stored(
                holder == null ? SeenLeases.NOBODY : holder, lease.getMetadata().getResourceVersion());
    }

    /** One who was quicker is no failure; it is seen in the next round. */
    private void write(String name, Lease found, String holder) {
        long sentAt = System.nanoTime();
        Lease lease = (found == null ? anew(name) : new LeaseBuilder(found))
                .editOrNewSpec()
                .withHolderIdentity(holder)
                .withLeaseDurationSeconds((int) SeenLeases.LEASE.toSeconds())
                // for people alone
                .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
                .endSpec()
                .build();
        try {
            Lease written = found == null
                    ? stored().resource(lease).create()
                    : stored().resource(lease)
                            .lockResourceVersion(found.getMetadata().getResourceVersion())
                            .update();
            leases.written(name, read(written), sentAt);
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            LOG.debug("Another was quicker to write {}", name);
        }
    }

    private LeaseBuilder anew(String name) {
        return new LeaseBuilder()
                .withNewMetadata()
                .withName(application() + "-" + name)
                .addToLabels(LABEL, application())
                .endMetadata();
    }
}
