package org.currencyroutes.heartbeat;

import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Ready only while there is a connection to the pipeline; a route that is started is not yet a connection. */
public final class ConnectionHealth extends AbstractHealthCheck {

    private final HeartbeatMonitor monitor;

    /** Takes the clockwork that knows the connection's state. */
    public ConnectionHealth(HeartbeatMonitor monitor) {
        super("fx", "fx-connection");
        this.monitor = monitor;
    }

    /** The application is alive without a pipeline: it tries again by itself. */
    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        builder.detail("connection", monitor.status());
        if (monitor.isConnected()) {
            builder.up();
        } else {
            builder.message("Not connected to the pipeline: " + monitor.reason())
                    .down();
        }
    }
}
