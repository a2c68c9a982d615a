package org.currencyroutes.conversion;

import io.micrometer.core.instrument.Gauge;
import java.util.Map;
import java.util.function.IntSupplier;
import org.apache.camel.CamelContext;
import org.apache.camel.component.seda.SedaEndpoint;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.currencyroutes.Meters;

/** Tells how much waits to be answered. It is always up: what is too much is refused. */
public final class BacklogHealth extends AbstractHealthCheck {

    private static final String REPLY_LATER = "fx-reply-later";

    private final boolean ofAll;
    private final IntSupplier inHand;
    private final int max;

    /** Takes how many requests are in hand, and how many may be. */
    public BacklogHealth(IntSupplier inHand, int max) {
        this("fx-backlog", true, inHand, max);
    }

    /** The same for a pipeline that was added; the answers that wait are not its own to tell, they are in one place. */
    public BacklogHealth(String pipeline, IntSupplier inHand, int max) {
        this("fx-backlog-" + pipeline, false, inHand, max);
    }

    private BacklogHealth(String id, boolean ofAll, IntSupplier inHand, int max) {
        super("fx", id);
        this.ofAll = ofAll;
        this.inHand = inHand;
        this.max = max;
    }

    /** A restart would lose what waits. */
    @Override
    public boolean isLiveness() {
        return false;
    }

    /** Also shows the answers that wait among the context's metrics. */
    @Override
    public void setCamelContext(CamelContext camelContext) {
        super.setCamelContext(camelContext);
        if (ofAll) {
            Gauge.builder("fx.replies.waiting", this, BacklogHealth::repliesWaiting)
                    .description("Answers that wait for a connection")
                    .register(Meters.of(camelContext));
        }
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        builder.detail("requests-in-hand", inHand.getAsInt());
        builder.detail("requests-in-hand-max", max);
        if (ofAll) {
            builder.detail("replies-waiting", repliesWaiting());
        }
        builder.up();
    }

    /** Those in the queue before the route, and those in it that wait for another try. */
    private int repliesWaiting() {
        int queued = getCamelContext().hasEndpoint("seda:" + REPLY_LATER) instanceof SedaEndpoint seda
                ? seda.getCurrentQueueSize()
                : 0;
        return queued + getCamelContext().getInflightRepository().size(REPLY_LATER);
    }
}
