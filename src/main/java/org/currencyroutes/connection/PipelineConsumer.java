package org.currencyroutes.connection;

import io.vertx.core.Context;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.support.DefaultConsumer;
import org.currencyroutes.Ownership;
import org.currencyroutes.heartbeat.HeartbeatMonitor;
import org.currencyroutes.heartbeat.Loss;

/**
 * Holds the connection to a pipeline while its route is started, and routes each frame on the event loop. It
 * makes one attempt and does not try again by itself: the watchdog tells it to.
 */
final class PipelineConsumer extends DefaultConsumer implements ShutdownAware {

    // A peer that is silent or gone will not answer a close frame either; one that we leave politely has time to.
    private static final Duration PATIENCE_WITH_A_LOST_PEER = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final short NORMAL = 1000;
    private static final short GOING_AWAY = 1001;

    private final PipelineEndpoint endpoint;
    private final Pipeline pipeline;
    private final HeartbeatMonitor monitor;
    private final ReplyWindow replyWindow;
    private Ownership ownership = Ownership.ALONE;
    private Context context;
    private volatile PipelineConnection connection;
    private volatile Life life;

    PipelineConsumer(PipelineEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.pipeline = endpoint.pipeline();
        this.monitor = pipeline.monitor();
        this.replyWindow = pipeline.replyWindow();
    }

    PipelineConnection connection() {
        return connection;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        pipeline.attach(this);
        // not before, since what makes a cluster may be read after the pipeline's component was made
        ownership = Ownership.of(endpoint.getCamelContext());
        context = endpoint.component().newContext();
        connect();
    }

    @Override
    protected void doStop() throws Exception {
        if (connection != null) {
            disconnect();
        }
        pipeline.detach(this);
        ownership.disconnected(pipeline.name());
        super.doStop();
    }

    /** Closes the connection and begins another attempt; does nothing once the route was told to stop. */
    void reconnect() {
        lock.lock();
        try {
            if (isStarted()) {
                disconnect();
                connect();
            }
        } finally {
            lock.unlock();
        }
    }

    private void connect() {
        life = new Life();
        connection = new PipelineConnection(
                endpoint.component().getVertx(),
                context,
                pipeline.clientOptions(),
                endpoint.target(),
                pipeline.connectTimeout(),
                pipeline.name(),
                ownership,
                life);
        connection.open(monitor.attemptStarting());
    }

    private void disconnect() {
        boolean leaving = monitor.isConnected();
        life.leave();
        boolean shutdown = endpoint.getCamelContext().isStopping();
        connection.close(shutdown ? GOING_AWAY : NORMAL, leaving ? PATIENCE : PATIENCE_WITH_A_LOST_PEER);
    }

    /** When the whole application stops, the socket stays until the answers in hand are out; an operator's stop waits for none. */
    @Override
    public boolean deferShutdown(ShutdownRunningTask task) {
        return endpoint.getCamelContext().isStopping();
    }

    /**
     * Asked again and again while the application stops. Once nothing is in hand we read no more, or else a pipeline that
     * goes on sending would keep us until the time is up.
     */
    @Override
    public int getPendingExchangesSize() {
        if (!endpoint.getCamelContext().isStopping()) {
            return 0;
        }
        int inHand = pipeline.inHand();
        if (inHand == 0) {
            connection.stopReading();
        }
        return inHand;
    }

    @Override
    public void prepareShutdown(boolean suspendOnly, boolean forced) {
        // nothing is held back here: what is in hand is in the routes
    }

    private final class Life implements PipelineConnection.Owner {

        // said before the first frame, on the event loop that reads it
        private Pipeline.ReadOn readOn;
        private boolean left;

        @Override
        public synchronized void opened() {
            // or else a connection that is left as it opens would count as lost, and be missed for ever
            if (!left) {
                replyWindow.opened();
                monitor.connectionOpened();
            }
            readOn = new Pipeline.ReadOn(pipeline, replyWindow.connection());
        }

        synchronized void leave() {
            left = true;
            monitor.stopped();
        }

        @Override
        public void received(byte[] frame) {
            Exchange exchange = createExchange(true);
            exchange.setVariable(PipelineEndpoint.READ_ON, readOn);
            exchange.getMessage().setBody(frame);
            try {
                pipeline.reader().process(exchange);
            } catch (Exception e) {
                getExceptionHandler().handleException("A frame was not read", exchange, e);
                return;
            }
            getAsyncProcessor().process(exchange, doneSync -> {
                if (exchange.getException() != null && isRunAllowed()) {
                    getExceptionHandler().handleException("A frame was not handled", exchange, exchange.getException());
                }
            });
        }

        @Override
        public void read(boolean more) {
            monitor.read(more);
        }

        @Override
        public void handled() {
            monitor.handled();
        }

        @Override
        public void readingPaused() {
            monitor.readingPaused();
        }

        @Override
        public void readingResumed() {
            monitor.readingResumed();
        }

        @Override
        public void ended(Loss loss) {
            // the end of a connection that was left long ago says nothing of the present one
            if (this != life) {
                return;
            }
            replyWindow.dropped();
            monitor.connectionLost(loss);
        }
    }
}
