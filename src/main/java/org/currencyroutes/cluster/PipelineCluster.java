package org.currencyroutes.cluster;

import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.infinispan.manager.EmbeddedCacheManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster over Infinispan's channel: {@link Leases} decides who owns, by what the members put up on a
 * {@link NoticeBoard}; nothing is written to a pipeline that this member does not own.
 */
public final class PipelineCluster extends OwnedRoutes<Leases> {

    private static final Logger LOG = LoggerFactory.getLogger(PipelineCluster.class);
    private static final long LOOK_MILLIS = 50;
    private static final long END_OF_A_LOOK_MILLIS = 300;

    private final EmbeddedCacheManager caches;
    private final NoticeBoard board;
    private ScheduledExecutorService clock;
    private boolean majority = true;

    /** Takes the network that it joined, and the caches of the cluster there. */
    public PipelineCluster(ClusterNetwork network, EmbeddedCacheManager caches) throws Exception {
        super(new Leases(network.own() + "/" + UUID.randomUUID(), network.voters(), System::nanoTime));
        this.caches = caches;
        board = new NoticeBoard(network.channel());
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        clock = getCamelContext().getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "fx-cluster");
        clock.scheduleWithFixedDelay(this::tick, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** By now nothing is connected any more: the others may be. */
    @Override
    protected void doStop() throws Exception {
        getCamelContext().getExecutorServiceManager().shutdownNow(clock);
        clock.awaitTermination(END_OF_A_LOOK_MILLIS, TimeUnit.MILLISECONDS);
        leases.leave();
        pipelines().forEach(leases::letGo);
        leases.next().ifPresent(board::put);
        super.doStop();
    }

    @Override
    protected void doShutdown() throws Exception {
        super.doShutdown();
        caches.stop();
    }

    /** Must not throw, or it would be the last. */
    private void tick() {
        try {
            look();
        } catch (RuntimeException e) {
            failing(e);
        }
    }

    private void look() {
        if (getCamelContext().isStopping()) {
            leases.leave();
        } else if (getCamelContext().isStarted()) {
            leases.want(pipelines());
            leases.open();
        }
        leases.look(board.read());
        follow();
        leases.next().ifPresent(notice -> {
            board.put(notice);
            failing(null);
        });
        tell(Notice::address);
        if (leases.isMajorityHere() != majority) {
            majority = !majority;
            LOG.warn(
                    majority
                            ? "More than half of fx.cluster.peers are here again"
                            : "Not more than half of fx.cluster.peers are here: this member owns nothing");
        }
    }
}
