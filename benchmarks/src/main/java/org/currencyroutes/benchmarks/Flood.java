package org.currencyroutes.benchmarks;

import io.vertx.core.http.ServerWebSocket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A million requests in a minute, then a pipeline that sends and does not read: what memory and heartbeats make of it. */
public final class Flood {

    private static final int REQUESTS = 1_000_000;
    private static final int EACH_MILLISECOND = 17;

    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();

    private Flood() {}

    /** Runs both against the built distribution and prints a line each. */
    public static void main(String[] args) throws Exception {
        new Flood().million();
        new Flood().notReading();
        System.exit(0);
    }

    private void million() throws Exception {
        try (Peers peers = new Peers()) {
            AtomicLong sent = new AtomicLong();
            peers.onAnswer = answer -> answers.incrementAndGet();
            peers.onConnect = socket -> {
                connections.incrementAndGet();
                peers.vertx.setPeriodic(1, id -> {
                    for (int i = 0; i < EACH_MILLISECOND && sent.get() < REQUESTS; i++) {
                        socket.writeTextMessage(ClosedLoop.request((int) sent.getAndIncrement(), ""));
                    }
                });
            };
            try (Subject subject = new Subject(Benchmark.DISTRIBUTION, peers)) {
                long start = System.nanoTime();
                long end = start + TimeUnit.SECONDS.toNanos(90);
                while (answers.get() < REQUESTS && System.nanoTime() < end) {
                    Thread.sleep(100);
                }
                System.out.printf(
                        "a million requests: %,d answered in %d s, connections %d, own heartbeats at most %d ms apart, peak %d MiB%n",
                        answers.get(),
                        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start),
                        connections.get(),
                        peers.longestGapMillis(),
                        subject.peakMebibytes());
            }
        }
    }

    private void notReading() throws Exception {
        try (Peers peers = new Peers()) {
            AtomicLong sent = new AtomicLong();
            peers.onConnect = socket -> {
                connections.incrementAndGet();
                socket.pause();
                peers.vertx.setPeriodic(1, id -> flood(socket, sent));
            };
            try (Subject subject = new Subject(Benchmark.DISTRIBUTION, peers)) {
                Thread.sleep(30_000);
                System.out.printf(
                        "a pipeline that does not read, half a minute: %,d sent, connections %d, peak %d MiB%n",
                        sent.get(), connections.get(), subject.peakMebibytes());
            }
        }
    }

    private static void flood(ServerWebSocket socket, AtomicLong sent) {
        for (int i = 0; i < EACH_MILLISECOND && !socket.isClosed() && !socket.writeQueueFull(); i++) {
            socket.writeTextMessage(ClosedLoop.request((int) sent.getAndIncrement(), ""));
        }
    }
}
