package org.currencyroutes.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.http.WebSocketFrameType;
import io.vertx.core.http.impl.WebSocketInternal;
import io.vertx.core.http.impl.ws.WebSocketFrameImpl;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.currencyroutes.Ownership;
import org.currencyroutes.heartbeat.Loss;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to connect and the socket that comes of it: opened once, closed once, nothing left behind. All of it
 * happens on one event loop; only {@link #send} and {@link #close} may be called from elsewhere.
 */
final class PipelineConnection {

    /** What its owner is told, on the event loop. */
    interface Owner {

        void opened();

        void received(byte[] frame);

        /** Said after each read: whether there may be more to read than was read. */
        void read(boolean more);

        /** Said when all frames of a read have been received. */
        void handled();

        void readingPaused();

        void readingResumed();

        /** Said once, however the attempt or the connection ended. */
        void ended(Loss loss);
    }

    /** The largest message that is read, in bytes; one that is larger ends the connection. */
    static final int MAX_MESSAGE = 1 << 20;

    // So many writes of other threads may wait for the event loop: a heartbeat waits behind no more than these.
    private static final int MAX_TURNS = 16;

    private static final Logger LOG = LoggerFactory.getLogger(PipelineConnection.class);
    private static final short TOO_LARGE = 1009;
    private static final Loss NOT_OWNED =
            new Loss(Loss.Cause.OTHER, "another process of the cluster owns the pipeline, or may");

    private final Vertx vertx;
    private final Context context;
    private final WebSocketClient client;
    private final ClientWebSocket socket;
    private final WebSocketConnectOptions target;
    private final Duration timeout;
    private final String pipeline;
    private final Ownership ownership;
    private final Owner owner;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    private final Semaphore turns = new Semaphore(MAX_TURNS);

    private volatile boolean open;
    private volatile Channel channel;
    private boolean connecting;
    private boolean ended;
    private boolean closing;
    private boolean paused;
    private long timer = -1;
    private Buffer fragments;

    PipelineConnection(
            Vertx vertx,
            Context context,
            WebSocketClientOptions options,
            WebSocketConnectOptions target,
            Duration timeout,
            String pipeline,
            Ownership ownership,
            Owner owner) {
        this.vertx = vertx;
        this.context = context;
        this.client = vertx.createWebSocketClient(options);
        this.socket = client.webSocket();
        this.target = target;
        this.timeout = timeout;
        this.pipeline = pipeline;
        this.ownership = ownership;
        this.owner = owner;
    }

    /** Begins the attempt after a wait, and returns. */
    void open(Duration wait) {
        context.runOnContext(v -> {
            if (wait.isZero()) {
                connect();
            } else {
                timer = vertx.setTimer(Math.max(1, wait.toMillis()), id -> connect());
            }
        });
    }

    boolean isOpen() {
        return open;
    }

    /**
     * Hands a text message to the socket as {@link #send} does. A thread other than the event loop waits for its turn
     * first, so that thousands of answers that become ready at once do not keep the event loop from all else.
     */
    Future<Void> sendInTurn(byte[] text) throws InterruptedException {
        if (Vertx.currentContext() == context) {
            return send(text);
        }
        turns.acquire();
        try {
            return send(text);
        } finally {
            context.runOnContext(v -> turns.release());
        }
    }

    /** Hands a text message to the socket; the future completes when it was written, or fails. */
    Future<Void> send(byte[] text) {
        Future<Void> written = socket.writeFrame(new WebSocketFrameImpl(WebSocketFrameType.TEXT, text, true));
        Channel writing = channel;
        if (writing != null && !writing.isWritable()) {
            context.runOnContext(v -> pauseReading());
        }
        return written;
    }

    /**
     * Ends the attempt or the connection and returns when nothing of it is left: a close frame, then the TCP connection
     * as soon as the peer has closed its side, at the latest after the patience given.
     */
    void close(short code, Duration patience) {
        context.runOnContext(v -> shut(code, patience));
        try {
            closed.get(patience.plus(timeout).plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.warn(
                    "The connection did not close within {}",
                    patience.plus(timeout).plusSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void connect() {
        if (!ownership.isOwner(pipeline)) {
            end(NOT_OWNED);
            return;
        }
        connecting = true;
        timer = vertx.setTimer(timeout.toMillis(), id -> giveUp());
        socket.frameHandler(this::received);
        socket.drainHandler(v -> resumeReading());
        socket.exceptionHandler(e -> LOG.debug("Failure on the socket", e));
        socket.closeHandler(v -> end(Loss.Cause.CLOSED, "closed by the pipeline" + code()));
        Future<WebSocket> handshake;
        try {
            handshake = socket.connect(target);
        } catch (RuntimeException e) {
            handshake = Future.failedFuture(e);
        }
        handshake.onComplete(this::connected);
    }

    /** A handshake that never ends is cut off; {@link #connected} then hears of it. */
    private void giveUp() {
        end(Loss.Cause.TIMEOUT, "no handshake within " + timeout.toMillis() + " ms");
        client.close();
    }

    private void connected(AsyncResult<WebSocket> result) {
        connecting = false;
        vertx.cancelTimer(timer);
        if (result.succeeded()) {
            channel = ((WebSocketInternal) result.result())
                    .channelHandlerContext()
                    .channel();
            channel.pipeline().addFirst(new Reads());
            if (ownership != Ownership.ALONE) {
                channel.pipeline().addFirst(new OwnedWrites());
            }
            channel.closeFuture().addListener(f -> context.runOnContext(v -> gone()));
            if (closing || ended || !ownership.isOwner(pipeline)) {
                abort();
            } else {
                opened();
            }
        } else {
            end(loss(result.cause()));
            if (closing) {
                gone();
            }
        }
    }

    private void opened() {
        if (!open) {
            open = true;
            owner.opened();
        }
    }

    private void received(WebSocketFrame frame) {
        if (closing && !open || ended) {
            return;
        }
        // a frame in the packet that ended the handshake comes before the handshake is said to have ended
        opened();
        switch (frame.type()) {
            case TEXT, BINARY -> {
                if (frame.isFinal()) {
                    owner.received(bytes(frame));
                } else {
                    fragments = Buffer.buffer(bytes(frame));
                }
            }
            case CONTINUATION -> continued(frame);
            default -> LOG.trace("A control frame, {}", frame.type());
        }
    }

    private void continued(WebSocketFrame frame) {
        if (fragments == null) {
            return;
        }
        fragments.appendBytes(bytes(frame));
        if (fragments.length() > MAX_MESSAGE) {
            fragments = null;
            socket.close(TOO_LARGE);
        } else if (frame.isFinal()) {
            byte[] message = fragments.getBytes();
            fragments = null;
            owner.received(message);
        }
    }

    private static byte[] bytes(WebSocketFrame frame) {
        ByteBuf data = ((WebSocketFrameImpl) frame).getBinaryData();
        return ByteBufUtil.getBytes(data);
    }

    /** Reads nothing more, since it is about to be closed and nothing that came could be answered. */
    void stopReading() {
        context.runOnContext(v -> {
            if (open && !ended) {
                socket.pause();
                // what we do not read is no silence of the peer
                owner.readingPaused();
            }
        });
    }

    private void pauseReading() {
        if (open && !paused && !ended && !channel.isWritable()) {
            paused = true;
            socket.pause();
            owner.readingPaused();
        }
    }

    private void resumeReading() {
        if (paused) {
            paused = false;
            socket.resume();
            owner.readingResumed();
        }
    }

    private void shut(short code, Duration patience) {
        closing = true;
        vertx.cancelTimer(timer);
        if (connecting) {
            end(Loss.Cause.OTHER, "stopped");
            client.close();
        } else if (channel == null) {
            gone();
        } else {
            open = false;
            if (!ended) {
                socket.close(code);
            }
            timer = vertx.setTimer(patience.toMillis(), id -> abort());
            if (!channel.isOpen()) {
                gone();
            }
        }
    }

    /** Closes the TCP connection without waiting for a peer that may never read again. */
    private void abort() {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            // from the first handler on, since Vert.x makes another close frame of a close, and TLS waits for its own
            channel.pipeline().firstContext().close();
        }
    }

    private void gone() {
        end(Loss.Cause.CLOSED, "the line was cut");
        vertx.cancelTimer(timer);
        client.close();
        closed.complete(null);
    }

    private void end(Loss.Cause cause, String words) {
        end(new Loss(cause, words));
    }

    private void end(Loss loss) {
        if (!ended) {
            ended = true;
            open = false;
            owner.ended(loss);
        }
    }

    private final class Reads extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext handler, Object message) {
            owner.read(message instanceof ByteBuf bytes && !bytes.isWritable());
            handler.fireChannelRead(message);
            owner.handled();
        }
    }

    /**
     * Where there is a cluster: the last step before the socket, also for what was on its way there when the process was
     * paused. What another owner may be sending by now is not sent, nor anything after it.
     */
    private final class OwnedWrites extends ChannelOutboundHandlerAdapter {

        @Override
        public void write(ChannelHandlerContext handler, Object message, ChannelPromise promise) {
            if (ownership.isOwner(pipeline)) {
                handler.write(message, promise);
            } else {
                ReferenceCountUtil.release(message);
                promise.tryFailure(new NotConnectedException(NOT_OWNED.words()));
                cut();
            }
        }

        @Override
        public void flush(ChannelHandlerContext handler) {
            if (ownership.isOwner(pipeline)) {
                handler.flush();
            } else {
                cut();
            }
        }

        private void cut() {
            end(NOT_OWNED);
            abort();
        }
    }

    private String code() {
        Short code = socket.closeStatusCode();
        return code == null || code == 1006 ? " without a close frame" : " with code " + code;
    }

    /** The innermost cause says what happened, those around it only that something did; where the peer is, nobody is told. */
    private Loss loss(Throwable failure) {
        Throwable cause = failure;
        boolean tls = false;
        while (cause.getCause() != null && !(cause instanceof UnknownHostException)) {
            tls |= cause instanceof SSLException;
            cause = cause.getCause();
        }
        if (cause instanceof UpgradeRejectedException rejected) {
            return new Loss(Loss.Cause.REJECTED, "the pipeline answered " + rejected.getStatus() + " to the handshake");
        }
        if (cause instanceof ConnectTimeoutException) {
            return new Loss(Loss.Cause.TIMEOUT, "no TCP connection within " + timeout.toMillis() + " ms");
        }
        if (cause instanceof UnknownHostException) {
            return new Loss(Loss.Cause.REFUSED, "the host's name is not known");
        }
        if (cause instanceof ProxyConnectException) {
            return new Loss(Loss.Cause.REFUSED, "the proxy makes no connection");
        }
        if (cause instanceof NotSslRecordException) {
            return new Loss(Loss.Cause.TLS, "the pipeline does not speak TLS");
        }
        String words = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        Loss.Cause kind = tls || cause instanceof SSLException
                ? Loss.Cause.TLS
                : cause instanceof ConnectException || cause instanceof NoRouteToHostException
                        ? Loss.Cause.REFUSED
                        : cause instanceof IOException ? Loss.Cause.CLOSED : Loss.Cause.OTHER;
        return new Loss(kind, words.replace(target.getHost(), "<host>"));
    }
}
