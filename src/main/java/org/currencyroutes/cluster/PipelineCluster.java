package org.currencyroutes.cluster;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.cluster.CamelClusterMember;
import org.apache.camel.impl.cluster.ClusteredRoutePolicy;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.cluster.AbstractCamelClusterService;
import org.apache.camel.support.cluster.AbstractCamelClusterView;
import org.currencyroutes.Meters;
import org.currencyroutes.Ownership;
import org.infinispan.manager.EmbeddedCacheManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster as Camel knows clusters: a view for each pipeline, whose leader owns the pipeline. A route that consumes from
 * a pipeline is started while this member owns it, and stopped otherwise; nothing is written to a pipeline that it does not
 * own. {@link Leases} decides, over what the members put up on a {@link NoticeBoard}.
 */
public final class PipelineCluster extends AbstractCamelClusterService<PipelineCluster.View>
        implements RoutePolicyFactory, Ownership {

    private static final Logger LOG = LoggerFactory.getLogger(PipelineCluster.class);
    private static final long LOOK_MILLIS = 50;
    private static final long END_OF_A_LOOK_MILLIS = 300;

    private final EmbeddedCacheManager caches;
    private final NoticeBoard board;
    private final Leases leases;
    private final Map<String, View> views = new ConcurrentSkipListMap<>();
    private ScheduledExecutorService clock;
    private ExecutorService changes;
    private SortedSet<String> members = new TreeSet<>();
    private boolean majority = true;
    private boolean failing;

    /** Takes the network that it joined, and the caches of the cluster there. */
    public PipelineCluster(ClusterNetwork network, EmbeddedCacheManager caches) throws Exception {
        this.caches = caches;
        setId(network.own() + "/" + UUID.randomUUID());
        board = new NoticeBoard(network.channel());
        leases = new Leases(getId(), network.voters(), System::nanoTime);
    }

    /** Makes the context a member's: its routes that consume from a pipeline are started and stopped from here. */
    public void join() throws Exception {
        CamelContext context = getCamelContext();
        context.addRoutePolicyFactory(this);
        context.addService(this);
        Gauge.builder("fx.cluster.members", leases, held -> held.members().size())
                .description("Members of the cluster that are here, this one included")
                .register(Meters.of(context));
    }

    @Override
    public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
        // one of a template names the pipeline by a parameter
        String from = context.resolvePropertyPlaceholders(
                ((RouteDefinition) route).getInput().getEndpointUri());
        if (!from.startsWith("fx-pipeline:")) {
            return null;
        }
        try {
            return ClusteredRoutePolicy.forNamespace(
                    this, from.substring("fx-pipeline:".length()).replaceFirst("\\?.*", ""));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    protected View createView(String pipeline) {
        View view = new View(this, pipeline);
        views.put(pipeline, view);
        MeterRegistry meters = Meters.of(getCamelContext());
        Gauge.builder("fx.cluster.owner", leases, held -> held.isOwner(pipeline) ? 1 : 0)
                .tag("pipeline", pipeline)
                .description("Whether this member of the cluster owns the pipeline")
                .register(meters);
        return view;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        changes = getCamelContext().getExecutorServiceManager().newCachedThreadPool(this, "fx-cluster-change");
        clock = getCamelContext().getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "fx-cluster");
        clock.scheduleWithFixedDelay(this::tick, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** By now nothing is connected any more: the others may be. */
    @Override
    protected void doStop() throws Exception {
        getCamelContext().getExecutorServiceManager().shutdownNow(clock);
        clock.awaitTermination(END_OF_A_LOOK_MILLIS, TimeUnit.MILLISECONDS);
        leases.leave();
        views.keySet().forEach(leases::letGo);
        leases.next().ifPresent(board::put);
        getCamelContext().getExecutorServiceManager().shutdownNow(changes);
        super.doStop();
    }

    @Override
    protected void doShutdown() throws Exception {
        super.doShutdown();
        caches.stop();
    }

    @Override
    public boolean isOwner(String pipeline) {
        return leases.isOwner(pipeline);
    }

    @Override
    public void disconnected(String pipeline) {
        if (getCamelContext().isStopping()) {
            leases.leave();
        }
        leases.letGo(pipeline);
    }

    /** Must not throw, or it would be the last. */
    private void tick() {
        try {
            look();
            failing = false;
        } catch (RuntimeException e) {
            if (!failing) {
                LOG.warn("The cluster's members could not be looked at: {}", e.toString());
            }
            failing = true;
        }
    }

    private void look() {
        if (getCamelContext().isStopping()) {
            leases.leave();
        } else if (getCamelContext().isStarted()) {
            leases.want(views.keySet());
            leases.open();
        }
        leases.look(board.read());
        views.values().forEach(View::follow);
        leases.next().ifPresent(board::put);
        tell();
    }

    private void tell() {
        SortedSet<String> now = leases.members();
        if (!now.equals(members)) {
            LOG.info(
                    "The cluster has {}: {}", now.size() == 1 ? "one member" : now.size() + " members", addresses(now));
            members = now;
        }
        if (leases.isMajorityHere() != majority) {
            majority = !majority;
            LOG.warn(
                    majority
                            ? "More than half of fx.cluster.peers are here again"
                            : "Not more than half of fx.cluster.peers are here: this member owns nothing");
        }
    }

    private static String addresses(Set<String> members) {
        return members.stream().map(Notice::address).collect(Collectors.joining(", "));
    }

    /** The members as one pipeline sees them: its owner leads. */
    static final class View extends AbstractCamelClusterView {

        private final PipelineCluster cluster;
        private final String pipeline;
        private volatile boolean leader;
        private boolean changing;

        View(PipelineCluster cluster, String pipeline) {
            super(cluster, pipeline);
            this.cluster = cluster;
            this.pipeline = pipeline;
        }

        /** Has the route follow the lease, in a thread of its own: a route that stops may take a while. */
        private synchronized void follow() {
            boolean owner = cluster.leases.isOwner(pipeline) && !cluster.leases.isGivenUp(pipeline);
            if (changing || !isStarted()) {
                return;
            }
            if (leader && !owner && !cluster.getCamelContext().isStopping()) {
                LOG.info("Gives the pipeline {} up", pipeline);
                cluster.leases.giveUp(pipeline);
                change(false);
            } else if (!leader && owner) {
                LOG.info("Owns the pipeline {}", pipeline);
                change(true);
            } else if (!leader) {
                cluster.leases.letGo(pipeline);
            }
        }

        private void change(boolean leads) {
            changing = true;
            leader = leads;
            cluster.changes.execute(() -> {
                try {
                    fireLeadershipChangedEvent(getLeader().orElse(null));
                } finally {
                    changed();
                }
            });
        }

        private synchronized void changed() {
            changing = false;
            if (!leader) {
                cluster.leases.letGo(pipeline);
            }
        }

        @Override
        public Optional<CamelClusterMember> getLeader() {
            return leader ? Optional.of(getLocalMember()) : Optional.empty();
        }

        @Override
        public CamelClusterMember getLocalMember() {
            return new Member(cluster.getId(), leader, true);
        }

        @Override
        public List<CamelClusterMember> getMembers() {
            return cluster.leases.members().stream()
                    .<CamelClusterMember>map(
                            id -> id.equals(cluster.getId()) ? getLocalMember() : new Member(id, false, false))
                    .toList();
        }

        @Override
        protected void doStart() {
            // the cluster's clock looks at it
        }

        @Override
        protected void doStop() {
            leader = false;
        }
    }

    private record Member(String id, boolean leads, boolean local) implements CamelClusterMember {

        @Override
        public String getId() {
            return id;
        }

        @Override
        public boolean isLeader() {
            return leads;
        }

        @Override
        public boolean isLocal() {
            return local;
        }
    }
}
