package org.currencyroutes.connection;

import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.net.KeyStoreOptions;
import io.vertx.core.net.ProxyOptions;
import io.vertx.core.net.ProxyType;
import java.net.URI;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import org.apache.camel.Processor;
import org.apache.camel.component.vertx.websocket.VertxWebsocketConfiguration;
import org.currencyroutes.heartbeat.HeartbeatMonitor;

/**
 * One pipeline: where it is and how to reach it, what is told of its connection, and the one consumer that holds the
 * connection. What is set is set before the first endpoint is made of it.
 */
public final class Pipeline {

    /** Where a message was read: on which of a pipeline's connections, counted from 1; one value for each connection. */
    record ReadOn(Pipeline pipeline, int connection) {}

    /** The connection of a message that was read on none. */
    static final int NO_CONNECTION = 0;

    private final String name;
    private String url = "";
    private String authorization = "";
    private String trustStore = "";
    private String trustStorePassword = "";
    private String keyStore = "";
    private String keyStorePassword = "";
    private String proxy = "";
    private Duration connectTimeout = Duration.ofSeconds(3);
    private ReplyWindow replyWindow = new ReplyWindow(Duration.ofSeconds(10), System::nanoTime);
    private Processor reader = exchange -> {};
    private IntSupplier inHand = () -> 0;
    private HeartbeatMonitor monitor;
    private final AtomicReference<PipelineConsumer> consumer = new AtomicReference<>();

    /** Takes the name by which endpoints ask for it: {@code fx-pipeline:name}. */
    public Pipeline(String name) {
        this.name = name;
    }

    /** The name by which endpoints ask for it. */
    public String name() {
        return name;
    }

    /** Makes the connection anew, if the route that holds it is started; returns when the old one is closed. */
    public void reconnect() {
        PipelineConsumer owner = consumer.get();
        if (owner != null) {
            owner.reconnect();
        }
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

    /** The connection to send on. */
    PipelineConnection connection() throws NotConnectedException {
        PipelineConsumer owner = consumer.get();
        PipelineConnection connection = owner == null ? null : owner.connection();
        if (connection == null || !connection.isOpen()) {
            throw new NotConnectedException("not connected to the pipeline");
        }
        return connection;
    }

    /** Until when an answer can be sent; one for all that is sent on this pipeline's connections. */
    ReplyWindow replyWindow() {
        return replyWindow;
    }

    /** Whether what was read there must not be answered any more. */
    boolean isOverFor(ReadOn readOn) {
        return readOn.connection() != NO_CONNECTION && replyWindow.isOverFor(readOn.connection());
    }

    /** Where the peer is, and what its handshake needs. */
    VertxWebsocketConfiguration target() {
        VertxWebsocketConfiguration target = new VertxWebsocketConfiguration();
        target.setWebsocketURI(PipelineUrl.parse(url));
        if (!authorization.isEmpty()) {
            target.setHandshakeHeaders(Map.of("Authorization", authorization));
        }
        return target;
    }

    /** How to reach the peer: through TLS stores and a proxy where there are any, the host's name always verified. */
    WebSocketClientOptions clientOptions() {
        int timeout = (int) connectTimeout.toMillis();
        WebSocketClientOptions options = new WebSocketClientOptions()
                .setConnectTimeout(timeout)
                .setSslHandshakeTimeout(timeout)
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setVerifyHost(true)
                .setTcpNoDelay(true)
                .setMaxFrameSize(PipelineConnection.MAX_MESSAGE)
                .setMaxMessageSize(PipelineConnection.MAX_MESSAGE)
                // the TCP connection goes with the peer's close frame; how long we wait for one is ours to say
                .setClosingTimeout(0);
        if (!trustStore.isEmpty()) {
            options.setTrustOptions(store(trustStore, trustStorePassword));
        }
        if (!keyStore.isEmpty()) {
            options.setKeyCertOptions(store(keyStore, keyStorePassword));
        }
        if (!proxy.isEmpty()) {
            URI uri = URI.create(proxy);
            options.setProxyOptions(new ProxyOptions()
                    .setType(ProxyType.HTTP)
                    .setHost(uri.getHost())
                    .setPort(uri.getPort()));
        }
        return options;
    }

    private static KeyStoreOptions store(String path, String password) {
        // the JVM's default type reads PKCS#12 and JKS
        return new KeyStoreOptions()
                .setType(KeyStore.getDefaultType())
                .setPath(path)
                .setPassword(password);
    }

    Processor reader() {
        return reader;
    }

    int inHand() {
        return inHand.getAsInt();
    }

    HeartbeatMonitor monitor() {
        return monitor;
    }

    Duration connectTimeout() {
        return connectTimeout;
    }

    /** The pipeline's address, {@code ws://} or {@code wss://}; its query may hold a token, so it is never logged. */
    public void setUrl(String url) {
        this.url = url;
    }

    /** The {@code Authorization} header of the handshake; empty for none. */
    public void setAuthorization(String authorization) {
        this.authorization = authorization;
    }

    /** The PKCS#12 or JKS file with the authorities to trust; empty for the JVM's. */
    public void setTrustStore(String trustStore) {
        this.trustStore = trustStore;
    }

    /** The password of the trust store. */
    public void setTrustStorePassword(String trustStorePassword) {
        this.trustStorePassword = trustStorePassword;
    }

    /** The PKCS#12 or JKS file with our own certificate and key; empty for none. */
    public void setKeyStore(String keyStore) {
        this.keyStore = keyStore;
    }

    /** The password of the key store. */
    public void setKeyStorePassword(String keyStorePassword) {
        this.keyStorePassword = keyStorePassword;
    }

    /** The HTTP proxy to go through, {@code http://host:port}; empty for none. */
    public void setProxy(String proxy) {
        this.proxy = proxy;
    }

    /** How long an attempt may take, handshake included. */
    public void setConnectTimeout(Duration connectTimeout) {
        this.connectTimeout = connectTimeout;
    }

    /** How long after a drop the next connection may come and still be sent what was in hand. */
    public void setReplyTtl(Duration replyTtl) {
        replyWindow = new ReplyWindow(replyTtl, System::nanoTime);
    }

    /** What makes of a frame's bytes the body that the route gets. */
    public void setReader(Processor reader) {
        this.reader = reader;
    }

    /** Tells how many requests are in hand, read and not yet answered. */
    public void setInHand(IntSupplier inHand) {
        this.inHand = inHand;
    }

    /** The clockwork that is told of the connection's life. */
    public void setMonitor(HeartbeatMonitor monitor) {
        this.monitor = monitor;
    }

    @Override
    public String toString() {
        return name;
    }
}
