package org.currencyroutes.connection;

import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.component.vertx.websocket.VertxWebsocketConfiguration;
import org.apache.camel.component.vertx.websocket.VertxWebsocketEndpoint;

/** A pipeline: its one consumer holds the connection, its producers send on it. */
final class PipelineEndpoint extends VertxWebsocketEndpoint {

    /** The variable that holds where a request was read, a {@link Pipeline.ReadOn}. */
    static final String READ_ON = "fxReadOn";

    private final Pipeline pipeline;
    private final boolean replying;
    private boolean awaitWrite;

    PipelineEndpoint(
            String uri,
            PipelineComponent component,
            VertxWebsocketConfiguration configuration,
            Pipeline pipeline,
            boolean replying) {
        super(uri, component, configuration);
        this.pipeline = pipeline;
        this.replying = replying;
    }

    /**
     * Whether the route that sends waits for the write, so that one that fails is an exception in it. Without it the route
     * goes on at once, and a message that cannot be written goes where the component says.
     */
    public void setAwaitWrite(boolean awaitWrite) {
        this.awaitWrite = awaitWrite;
    }

    /** The pipeline; while replying, that of a message that was read on none. */
    Pipeline pipeline() {
        return pipeline;
    }

    /** Whether a message goes where it was read, rather than to the pipeline of this name. */
    boolean replying() {
        return replying;
    }

    boolean awaitWrite() {
        return awaitWrite;
    }

    /** The stock endpoint takes any option for part of the URL; ours refuses one that it does not have. */
    @Override
    public boolean isLenientProperties() {
        return false;
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        if (replying) {
            throw new IllegalArgumentException(getEndpointUri() + " is for sending alone");
        }
        PipelineConsumer created = new PipelineConsumer(this, processor);
        configureConsumer(created);
        return created;
    }

    @Override
    public Producer createProducer() throws Exception {
        return new PipelineProducer(this);
    }

    PipelineComponent component() {
        return (PipelineComponent) getComponent();
    }

    WebSocketConnectOptions target() {
        WebSocketConnectOptions target = getWebSocketConnectOptions(new HttpClientOptions());
        target.setURI(PipelineUrl.resource(getConfiguration().getWebsocketURI()));
        return target;
    }
}
