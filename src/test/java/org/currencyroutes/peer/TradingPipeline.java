package org.currencyroutes.peer;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrameType;
import io.vertx.core.http.impl.ws.WebSocketFrameImpl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A trading pipeline on a loopback port: it beats, sends what it is told to, and remembers all that it is sent. */
public class TradingPipeline implements AutoCloseable {

    /** A text frame that we received, on which connection (counted from 1), and when by {@link System#nanoTime}. */
    public record Frame(int connection, long nanoTime, String text) {

        /** Whether it is the application's heartbeat. */
        public boolean isHeartbeat() {
            return text.equals(HEARTBEAT);
        }
    }

    public static final String HEARTBEAT = "{\"type\":\"heartbeat\"}";

    private static final long BEAT_MILLIS = 1_000;
    private static final int PATIENCE_SECONDS = 40;

    private static final AtomicInteger nextPort =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(20_000, 32_000));

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;
    private final List<ServerWebSocket> sockets = new CopyOnWriteArrayList<>();
    private final List<Frame> frames = new CopyOnWriteArrayList<>();
    private final List<Short> closeCodes = new CopyOnWriteArrayList<>();
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();
    private volatile boolean beating = true;

    /** Listens on a free port. */
    public TradingPipeline() {
        this(0);
    }

    /** Listens on a port that {@link #freePort} gave. */
    public TradingPipeline(int port) {
        HttpServerOptions options =
                new HttpServerOptions().setMaxWebSocketFrameSize(4 << 20).setMaxWebSocketMessageSize(4 << 20);
        server = vertx.createHttpServer(options)
                .connectionHandler(this::connected)
                .webSocketHandler(this::accepted)
                .listen(port, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    /** A port of the loopback interface on which nothing listens. */
    public static int freePort() {
        while (true) {
            // none of those that Linux gives to whoever connects meanwhile, and none twice
            try (ServerSocket socket =
                    new ServerSocket(nextPort.getAndIncrement(), 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException e) {
                // another has it
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The address for {@code fx.socket.url}. */
    public String url() {
        return "ws://127.0.0.1:" + server.actualPort() + "/pipeline";
    }

    /** Beats from now on, or is silent: no heartbeats, all else as before. */
    public void setBeating(boolean beating) {
        this.beating = beating;
    }

    /** Sends a text frame on the newest connection. */
    public void send(String text) {
        send(WebSocketFrameType.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends any bytes as a frame of a type on the newest connection. */
    public void send(WebSocketFrameType type, byte[] bytes) {
        send(type, bytes, true);
    }

    /** Sends any bytes as a frame of a type, the last of its message or not, on the newest connection. */
    public void send(WebSocketFrameType type, byte[] bytes, boolean last) {
        sockets.get(sockets.size() - 1).writeFrame(new WebSocketFrameImpl(type, bytes, last));
    }

    /** Sends a request and gives the next answer. */
    public String ask(String request) {
        send(request);
        return nextAnswer();
    }

    /** The next frame that is no heartbeat, in the order of their coming. */
    public String nextAnswer() {
        try {
            String answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (answer == null) {
                throw new AssertionError("no answer within " + PATIENCE_SECONDS + " s");
            }
            return answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for an answer", e);
        }
    }

    /** How many answers have come and were not yet taken. */
    public int answersWaiting() {
        return answers.size();
    }

    /** All frames so far. */
    public List<Frame> frames() {
        return List.copyOf(frames);
    }

    /** The heartbeats among the frames of a connection. */
    public List<Frame> heartbeats(int connection) {
        return frames.stream()
                .filter(frame -> frame.connection() == connection && frame.isHeartbeat())
                .toList();
    }

    /** How many WebSockets there have been. */
    public int connections() {
        return sockets.size();
    }

    /** How many TCP connections are open. */
    public int open() {
        return open.get();
    }

    /** How many TCP connections were open at a time, at the most. */
    public int mostOpen() {
        return mostOpen.get();
    }

    /** The codes with which the WebSockets so far were closed, by whichever side. */
    public List<Short> closeCodes() {
        return List.copyOf(closeCodes);
    }

    /** Closes the newest WebSocket with a code. */
    public void closeConnection(int code) {
        sockets.get(sockets.size() - 1).close((short) code);
    }

    /** Stops listening and closes all connections. */
    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private void connected(HttpConnection connection) {
        mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
        connection.closeHandler(v -> open.decrementAndGet());
    }

    private void accepted(ServerWebSocket socket) {
        int number = sockets.size() + 1;
        socket.textMessageHandler(text -> received(new Frame(number, System.nanoTime(), text)));
        beat(socket);
        long timer = vertx.setPeriodic(BEAT_MILLIS, id -> beat(socket));
        socket.closeHandler(v -> {
            vertx.cancelTimer(timer);
            closeCodes.add(socket.closeStatusCode());
        });
        sockets.add(socket);
    }

    private void beat(ServerWebSocket socket) {
        if (beating) {
            socket.writeTextMessage(HEARTBEAT);
        }
    }

    private void received(Frame frame) {
        frames.add(frame);
        if (!frame.isHeartbeat()) {
            answers.add(frame.text());
        }
    }
}
