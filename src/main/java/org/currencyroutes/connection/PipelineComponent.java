package org.currencyroutes.connection;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.component.vertx.websocket.VertxWebsocketComponent;
import org.apache.camel.component.vertx.websocket.VertxWebsocketConfiguration;
import org.currencyroutes.heartbeat.HeartbeatMonitor;

/**
 * The pipeline's WebSocket as a Camel component: one connection, made by the consumer, used by the producers. Bound
 * under a scheme of its own, it leaves {@code vertx-websocket:} as it is.
 */
public final class PipelineComponent extends VertxWebsocketComponent {

    private String url;
    private String authorization = "";
    private Duration connectTimeout = Duration.ofSeconds(3);
    private Duration replyTtl = Duration.ofSeconds(10);
    private HeartbeatMonitor monitor;
    private Vertx ownVertx;

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        VertxWebsocketConfiguration configuration = new VertxWebsocketConfiguration();
        configuration.setAllowOriginHeader(isAllowOriginHeader());
        configuration.setOriginHeaderUrl(getOriginHeaderUrl());
        configuration.setWebsocketURI(PipelineUrl.parse(url));
        if (!authorization.isEmpty()) {
            configuration.setHandshakeHeaders(Map.of("Authorization", authorization));
        }
        PipelineEndpoint endpoint = new PipelineEndpoint(uri, this, configuration);
        setProperties(endpoint, parameters);
        return endpoint;
    }

    /** Makes a Vert.x of our own, so that neither ours nor another's event loop waits for the other's work. */
    @Override
    protected void doInit() throws Exception {
        if (getVertx() == null) {
            // a name is resolved anew for each attempt, also one of the hosts file
            ownVertx = Vertx.vertx(new VertxOptions()
                    .setAddressResolverOptions(new AddressResolverOptions()
                            .setCacheMaxTimeToLive(0)
                            .setHostsRefreshPeriod(1_000)
                            .setQueryTimeout(connectTimeout.toMillis())));
            setVertx(ownVertx);
        }
        super.doInit();
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        if (ownVertx != null) {
            ownVertx.close().toCompletionStage().toCompletableFuture().join();
            ownVertx = null;
        }
    }

    Context newContext() {
        return ((io.vertx.core.impl.VertxInternal) getVertx()).createEventLoopContext();
    }

    HeartbeatMonitor monitor() {
        return monitor;
    }

    Duration connectTimeout() {
        return connectTimeout;
    }

    Duration replyTtl() {
        return replyTtl;
    }

    /** The pipeline's address, {@code ws://} or {@code wss://}; its query may hold a token, so it is never logged. */
    public void setUrl(String url) {
        this.url = url;
    }

    /** The {@code Authorization} header of the handshake; empty for none. */
    public void setAuthorization(String authorization) {
        this.authorization = authorization;
    }

    /** How long an attempt may take, handshake included. */
    public void setConnectTimeout(Duration connectTimeout) {
        this.connectTimeout = connectTimeout;
    }

    /** How long after a drop the next connection may come and still be sent what was in hand. */
    public void setReplyTtl(Duration replyTtl) {
        this.replyTtl = replyTtl;
    }

    /** The clockwork that is told of the connection's life. */
    public void setMonitor(HeartbeatMonitor monitor) {
        this.monitor = monitor;
    }
}
