package org.currencyroutes.benchmarks;

import com.sun.net.httpserver.HttpServer;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** A pipeline that beats, and a rates service in Frankfurter's form, both on loopback. */
final class Peers implements AutoCloseable {

    final Vertx vertx = Vertx.vertx();
    final AtomicReference<ServerWebSocket> socket = new AtomicReference<>();
    final AtomicInteger connections = new AtomicInteger();
    final AtomicInteger ratesCalls = new AtomicInteger();
    volatile Consumer<String> onAnswer = answer -> {};
    volatile Consumer<ServerWebSocket> onConnect = connected -> {};
    private volatile Context eventLoop = vertx.getOrCreateContext();
    private final AtomicLong lastBeat = new AtomicLong();
    private final AtomicLong longestGap = new AtomicLong();
    private final int port;
    private final HttpServer rates;
    private final ExecutorService ratesThreads = Executors.newFixedThreadPool(16);

    Peers() throws Exception {
        port = vertx.createHttpServer(new HttpServerOptions()
                        .setMaxWebSocketFrameSize(2 << 20)
                        .setMaxWebSocketMessageSize(2 << 20))
                .webSocketHandler(this::accept)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get()
                .actualPort();
        rates = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        rates.setExecutor(ratesThreads);
        rates.createContext("/v1/", call -> {
            ratesCalls.incrementAndGet();
            String day = call.getRequestURI().getPath().substring(4);
            byte[] body = ("{\"amount\":1.0,\"base\":\"EUR\",\"date\":\"" + day
                            + "\",\"rates\":{\"USD\":1.222385,\"GBP\":0.86138,\"JPY\":133.12}}")
                    .getBytes(StandardCharsets.UTF_8);
            call.sendResponseHeaders(200, body.length);
            call.getResponseBody().write(body);
            call.close();
        });
        rates.start();
    }

    String socketUrl() {
        return "ws://" + socketAddress();
    }

    String socketAddress() {
        return "127.0.0.1:" + port + "/pipeline";
    }

    String ratesUrl() {
        return "http://127.0.0.1:" + rates.getAddress().getPort() + "/v1";
    }

    /** Does something on the event loop of the newest connection. */
    void execute(Runnable action) {
        eventLoop.runOnContext(v -> action.run());
    }

    private void accept(ServerWebSocket connected) {
        eventLoop = vertx.getOrCreateContext();
        connected.textMessageHandler(text -> {
            if (text.equals(Messages.HEARTBEAT)) {
                beaten();
            } else {
                onAnswer.accept(text);
            }
        });
        connected.writeTextMessage(Messages.HEARTBEAT);
        long timer = vertx.setPeriodic(1_000, id -> connected.writeTextMessage(Messages.HEARTBEAT));
        connected.closeHandler(v -> {
            vertx.cancelTimer(timer);
            socket.compareAndSet(connected, null);
        });
        lastBeat.set(0);
        connections.incrementAndGet();
        socket.set(connected);
        onConnect.accept(connected);
    }

    /** The longest time between two heartbeats of the subject on one connection. */
    long longestGapMillis() {
        return TimeUnit.NANOSECONDS.toMillis(longestGap.get());
    }

    private void beaten() {
        long now = System.nanoTime();
        long last = lastBeat.getAndSet(now);
        if (last != 0) {
            longestGap.accumulateAndGet(now - last, Math::max);
        }
    }

    @Override
    public void close() {
        onAnswer = answer -> {};
        onConnect = connected -> {};
        rates.stop(0);
        ratesThreads.shutdownNow();
        vertx.close();
    }
}
