package org.currencyroutes.connection;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.impl.VertxBuilder;
import io.vertx.core.impl.VertxInternal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.component.vertx.websocket.VertxWebsocketComponent;
import org.apache.camel.component.vertx.websocket.VertxWebsocketConfiguration;
import org.currencyroutes.heartbeat.HeartbeatMonitor;

/**
 * The pipelines' WebSockets as a Camel component: of each pipeline one connection, made by its consumer, used by the
 * producers. Bound under a scheme of its own, it leaves {@code vertx-websocket:} as it is. The main pipeline is made of
 * this component's properties, others are added.
 */
public final class PipelineComponent extends VertxWebsocketComponent {

    // Some two hundred requests: what a cold JVM handles in twenty milliseconds or so.
    private static final int MAX_READ = 32 << 10;

    /** The name of the pipeline that is made of this component's properties. */
    public static final String MAIN = "main";

    private static final String REPLY = "reply";

    private final Pipeline main = new Pipeline(MAIN);
    private final Map<String, Pipeline> pipelines = new ConcurrentHashMap<>(Map.of(MAIN, main));
    private String unsent = "";
    private Vertx ownVertx;

    /** Adds a pipeline beside the main one; refuses a name that is taken. */
    public void add(Pipeline pipeline) {
        if (pipeline.name().equals(REPLY) || pipelines.putIfAbsent(pipeline.name(), pipeline) != null) {
            throw new IllegalArgumentException("There is a pipeline " + pipeline.name() + " already");
        }
    }

    /** Removes a pipeline that was added; its routes have to be gone. */
    public void remove(Pipeline pipeline) {
        pipelines.remove(pipeline.name(), pipeline);
    }

    /** {@code fx-pipeline:name} is the pipeline of that name, {@code fx-pipeline:reply} the one that a message was read on. */
    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        boolean replying = remaining.equals(REPLY);
        Pipeline pipeline = replying ? main : pipelines.get(remaining);
        if (pipeline == null) {
            throw new IllegalArgumentException("There is no pipeline " + remaining);
        }
        VertxWebsocketConfiguration target = pipeline.target();
        target.setAllowOriginHeader(isAllowOriginHeader());
        target.setOriginHeaderUrl(getOriginHeaderUrl());
        PipelineEndpoint endpoint = new PipelineEndpoint(uri, this, target, pipeline, replying);
        setProperties(endpoint, parameters);
        return endpoint;
    }

    /** Makes a Vert.x of our own, so that neither ours nor another's event loop waits for the other's work. */
    @Override
    protected void doInit() throws Exception {
        if (getVertx() == null) {
            ownVertx = new VertxBuilder(new VertxOptions().setAddressResolverOptions(resolving(main.connectTimeout())))
                    .findTransport(new SmallReads(MAX_READ))
                    .init()
                    .vertx();
            setVertx(ownVertx);
        }
        super.doInit();
    }

    /** A name is resolved anew for each attempt, also one of the hosts file. */
    static AddressResolverOptions resolving(Duration timeout) {
        return new AddressResolverOptions()
                .setCacheMaxTimeToLive(0)
                .setHostsRefreshPeriod(1_000)
                .setQueryTimeout(timeout.toMillis());
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        if (ownVertx != null) {
            ownVertx.close()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .completeOnTimeout(null, 1, TimeUnit.SECONDS)
                    .join();
            ownVertx = null;
        }
    }

    /** The pipeline that is made of a component's properties. */
    public static Pipeline mainOf(PipelineComponent component) {
        return component.main;
    }

    Context newContext() {
        return ((VertxInternal) getVertx()).createEventLoopContext();
    }

    String unsent() {
        return unsent;
    }

    /** The pipeline's address, {@code ws://} or {@code wss://}; its query may hold a token, so it is never logged. */
    public void setUrl(String url) {
        main.setUrl(url);
    }

    /** The {@code Authorization} header of the handshake; empty for none. */
    public void setAuthorization(String authorization) {
        main.setAuthorization(authorization);
    }

    /** The PKCS#12 or JKS file with the authorities to trust; empty for the JVM's. */
    public void setTrustStore(String trustStore) {
        main.setTrustStore(trustStore);
    }

    /** The password of the trust store. */
    public void setTrustStorePassword(String trustStorePassword) {
        main.setTrustStorePassword(trustStorePassword);
    }

    /** The PKCS#12 or JKS file with our own certificate and key; empty for none. */
    public void setKeyStore(String keyStore) {
        main.setKeyStore(keyStore);
    }

    /** The password of the key store. */
    public void setKeyStorePassword(String keyStorePassword) {
        main.setKeyStorePassword(keyStorePassword);
    }

    /** The HTTP proxy to go through, {@code http://host:port}; empty for none. */
    public void setProxy(String proxy) {
        main.setProxy(proxy);
    }

    /** How long an attempt may take, handshake included. */
    public void setConnectTimeout(Duration connectTimeout) {
        main.setConnectTimeout(connectTimeout);
    }

    /** How long after a drop the next connection may come and still be sent what was in hand. */
    public void setReplyTtl(Duration replyTtl) {
        main.setReplyTtl(replyTtl);
    }

    /** What makes of a frame's bytes the body that the route gets. */
    public void setReader(Processor reader) {
        main.setReader(reader);
    }

    /** The endpoint that takes the messages that could not be written, at once or when their write failed. */
    public void setUnsent(String unsent) {
        this.unsent = unsent;
    }

    /** Tells how many requests are in hand, read and not yet answered. */
    public void setInHand(IntSupplier inHand) {
        main.setInHand(inHand);
    }

    /** The clockwork that is told of the connection's life. */
    public void setMonitor(HeartbeatMonitor monitor) {
        main.setMonitor(monitor);
    }
}
