package org.currencyroutes.cluster;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.function.UnaryOperator;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster as Camel knows clusters, whatever it is that decides who owns: a view for each pipeline, whose leader owns the
 * pipeline. A route that consumes from a pipeline is started while this member owns it, and stopped otherwise.
 */
abstract class OwnedRoutes<L extends Holdings> extends AbstractCamelClusterService<OwnedRoutes.View>
        implements RoutePolicyFactory, Ownership {

    private static final Logger LOG = LoggerFactory.getLogger(OwnedRoutes.class);
    private static final String PIPELINE = "fx-pipeline:";

    final L leases;
    private final Map<String, View> views = new ConcurrentSkipListMap<>();
    private ExecutorService changes;
    private Set<String> members = Set.of();
    private boolean failing;

    /** Takes what decides, and knows the name of this member. */
    OwnedRoutes(L leases) {
        super(leases.self);
        this.leases = leases;
    }

    /** Makes the context a member's: its routes that consume from a pipeline are started and stopped from here. */
    public void join() throws Exception {
        CamelContext context = getCamelContext();
        context.addRoutePolicyFactory(this);
        context.addService(this);
        Gauge.builder("fx.cluster.members", leases, all -> all.members().size())
                .description("Members of the cluster that are here, this one included")
                .register(Meters.of(context));
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

    @Override
    public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
        // one of a template names the pipeline by a parameter
        String from = context.resolvePropertyPlaceholders(
                ((RouteDefinition) route).getInput().getEndpointUri());
        if (!from.startsWith(PIPELINE)) {
            return null;
        }
        try {
            return ClusteredRoutePolicy.forNamespace(
                    this, from.substring(PIPELINE.length()).replaceFirst("\\?.*", ""));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    protected View createView(String pipeline) {
        View view = new View(this, pipeline);
        views.put(pipeline, view);
        MeterRegistry meters = Meters.of(getCamelContext());
        Gauge.builder("fx.cluster.owner", this, cluster -> cluster.isOwner(pipeline) ? 1 : 0)
                .tag("pipeline", pipeline)
                .description("Whether this member of the cluster owns the pipeline")
                .register(meters);
        return view;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        changes = getCamelContext().getExecutorServiceManager().newCachedThreadPool(this, "fx-cluster-change");
    }

    @Override
    protected void doStop() throws Exception {
        getCamelContext().getExecutorServiceManager().shutdownNow(changes);
        super.doStop();
    }

    /** The pipelines that there are to own. */
    final Set<String> pipelines() {
        return views.keySet();
    }

    /** Has each route follow what is owned by now; to be asked a few times a second. */
    final void follow() {
        views.values().forEach(View::follow);
    }

    /** Says who is here, each as it is to be shown, if they are others than before. */
    final void tell(UnaryOperator<String> shown) {
        Set<String> now = leases.members();
        if (!now.equals(members)) {
            LOG.info(
                    "The cluster has {}: {}",
                    now.size() == 1 ? "one member" : now.size() + " members",
                    now.stream().map(shown).collect(Collectors.joining(", ")));
            members = now;
        }
    }

    /** Says why the cluster cannot be asked, if it could be before, or with null that it can be again. */
    final void failing(RuntimeException e) {
        if (isStoppingOrStopped()) {
            LOG.debug("The last look at the cluster", e);
        } else if (e != null && !failing) {
            LOG.warn("The cluster cannot be asked, what is owned is given up soon: {}", e.toString());
        } else if (e == null && failing) {
            LOG.info("The cluster can be asked again");
        }
        failing = e != null;
    }

    /** The members as one pipeline sees them: its owner leads. */
    static final class View extends AbstractCamelClusterView {

        private final OwnedRoutes<?> cluster;
        private final String pipeline;
        private volatile boolean leader;
        private boolean changing;

        View(OwnedRoutes<?> cluster, String pipeline) {
            super(cluster, pipeline);
            this.cluster = cluster;
            this.pipeline = pipeline;
        }

        /** Has the route follow the lease, in a thread of its own: a route that stops may take a while. */
        private synchronized void follow() {
            boolean owner = cluster.isOwner(pipeline) && !cluster.leases.isGivenUp(pipeline);
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
