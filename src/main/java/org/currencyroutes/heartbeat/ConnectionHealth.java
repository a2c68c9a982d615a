package org.currencyroutes.heartbeat;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.currencyroutes.Meters;
import org.currencyroutes.Ownership;
import org.currencyroutes.heartbeat.HeartbeatMonitor.Snapshot;

/**
 * Ready only while there is a connection to the pipeline whose peer beats; a route that is started is not yet a
 * connection, nor is a handshake that is done. A process of a cluster that does not own the pipeline is ready without.
 */
public final class ConnectionHealth extends AbstractHealthCheck {

    private static final String MAIN = "main";

    private final HeartbeatMonitor monitor;
    private final Clock clock;
    private final String pipeline;
    private Tags tags;
    private List<Meter> shown = List.of();

    /** Takes the clockwork that knows the connection's state, and the clock to tell times by. */
    public ConnectionHealth(HeartbeatMonitor monitor, Clock clock) {
        this("fx-connection", MAIN, Tags.empty(), monitor, clock);
    }

    /** The same for one of several pipelines, whose name is in this check's and on its metrics. */
    public ConnectionHealth(String pipeline, HeartbeatMonitor monitor, Clock clock) {
        this("fx-connection-" + pipeline, pipeline, Meters.ofPipeline(pipeline), monitor, clock);
    }

    private ConnectionHealth(String id, String pipeline, Tags tags, HeartbeatMonitor monitor, Clock clock) {
        super("fx", id);
        this.pipeline = pipeline;
        this.tags = tags;
        this.monitor = monitor;
        this.clock = clock;
    }

    /** The application is alive without a pipeline: it tries again by itself. */
    @Override
    public boolean isLiveness() {
        return false;
    }

    /** Also shows the connection among the context's metrics. */
    @Override
    public void setCamelContext(CamelContext camelContext) {
        super.setCamelContext(camelContext);
        show(Meters.of(camelContext));
    }

    /** Puts a pipeline's name on the metrics, which had none while there was no other pipeline. */
    public void showAs(String pipeline) {
        tags = Meters.ofPipeline(pipeline);
        show(Meters.of(getCamelContext()));
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        Snapshot now = monitor.snapshot();
        builder.detail("state", now.state().word());
        builder.detail("since", ago(now.since()));
        builder.detail("attempts", now.attempts());
        now.heartbeatAge().ifPresent(age -> builder.detail("heartbeat-age-seconds", age.toMillis() / 1e3));
        now.lastLoss().ifPresent(loss -> {
            builder.detail("last-loss", loss.words());
            builder.detail("last-loss-cause", loss.cause().word());
            builder.detail("last-loss-at", ago(now.sinceLastLoss()));
        });
        Ownership ownership = Ownership.of(getCamelContext());
        boolean owner = ownership.isOwner(pipeline);
        if (ownership != Ownership.ALONE) {
            builder.detail("owner", owner);
        }
        if (now.fresh() || !owner) {
            builder.up();
        } else if (now.heartbeatAge().isPresent()) {
            builder.message("Connected to the pipeline, but without a fresh heartbeat")
                    .down();
        } else {
            builder.message("Not connected to the pipeline: " + monitor.reason())
                    .down();
        }
    }

    private String ago(Duration time) {
        return clock.instant().minus(time).truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private void show(MeterRegistry metrics) {
        shown.forEach(metrics::remove);
        shown = new ArrayList<>();
        shown.add(Gauge.builder("fx.connected", this, ConnectionHealth::connected)
                .description(
                        "Whether there is a connection to the pipeline; NaN where another process of a cluster has it")
                .tags(tags)
                .register(metrics));
        shown.add(Gauge.builder("fx.heartbeat.age", monitor, ConnectionHealth::heartbeatAge)
                .description("Time since the pipeline's last heartbeat, or since connecting; NaN while not connected")
                .baseUnit("seconds")
                .tags(tags)
                .register(metrics));
        for (Loss.Cause cause : Loss.Cause.values()) {
            shown.add(FunctionCounter.builder("fx.reconnects", monitor, held -> held.losses(cause))
                    .tag("cause", cause.word())
                    .tags(tags)
                    .description("Connections that were lost and attempts that failed, hence made anew")
                    .register(metrics));
        }
    }

    private double connected() {
        return monitor.isConnected() ? 1 : Ownership.of(getCamelContext()).isOwner(pipeline) ? 0 : Double.NaN;
    }

    private static double heartbeatAge(HeartbeatMonitor monitor) {
        return monitor.snapshot().heartbeatAge().map(age -> age.toNanos() / 1e9).orElse(Double.NaN);
    }
}
