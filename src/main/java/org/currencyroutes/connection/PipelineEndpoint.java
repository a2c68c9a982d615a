package org.currencyroutes.connection;

import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.component.vertx.websocket.VertxWebsocketConfiguration;
import org.apache.camel.component.vertx.websocket.VertxWebsocketEndpoint;

/** The pipeline: its one consumer holds the connection, its producers send on it. */
final class PipelineEndpoint extends VertxWebsocketEndpoint {

    /** The exchange property that holds the number of the connection on which a request was read. */
    static final String READ_ON = "fxReadOn";

    private final AtomicReference<PipelineConsumer> consumer = new AtomicReference<>();
    private final ReplyWindow replyWindow;

    PipelineEndpoint(String uri, PipelineComponent component, VertxWebsocketConfiguration configuration) {
        super(uri, component, configuration);
        this.replyWindow = new ReplyWindow(component.replyTtl(), System::nanoTime);
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        PipelineConsumer created = new PipelineConsumer(this, processor);
        configureConsumer(created);
        return created;
    }

    @Override
    public Producer createProducer() {
        return new PipelineProducer(this);
    }

    PipelineComponent component() {
        return (PipelineComponent) getComponent();
    }

    /** Makes a started consumer the owner of the connection; refuses a second one, it would be a second connection. */
    void attach(PipelineConsumer started) {
        if (!consumer.compareAndSet(null, started)) {
            throw new IllegalStateException("Only one route may consume from the pipeline at a time");
        }
    }

    void detach(PipelineConsumer stopped) {
        consumer.compareAndSet(stopped, null);
    }

    ReplyWindow replyWindow() {
        return replyWindow;
    }

    /** The connection to send on. */
    PipelineConnection connection() throws NotConnectedException {
        PipelineConsumer owner = consumer.get();
        PipelineConnection connection = owner == null ? null : owner.connection();
        if (connection == null || !connection.isOpen()) {
            throw new NotConnectedException("not connected to the pipeline");
        }
        return connection;
    }

    WebSocketConnectOptions target() {
        WebSocketConnectOptions target = getWebSocketConnectOptions(new HttpClientOptions());
        target.setURI(PipelineUrl.resource(getConfiguration().getWebsocketURI()));
        return target;
    }
}
