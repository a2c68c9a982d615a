package org.currencyroutes.benchmarks;

import io.vertx.core.http.ServerWebSocket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A million requests in a minute, then a pipeline that sends and does not read: what memory and heartbeats make of it. */
final class Flood {

    private static final int EACH_MILLISECOND = 17;

    private Flood() {}

    static void run(Plan plan) throws Exception {
        System.out.printf("%nfloods, from the first moment of a cold JVM%n");
        million(plan.floodRequests());
        notReading(plan.notReadingSeconds());
    }

    private static void million(int requests) throws Exception {
        try (Peers peers = new Peers()) {
            AtomicInteger answers = new AtomicInteger();
            AtomicInteger sent = new AtomicInteger();
            peers.onAnswer = answer -> answers.incrementAndGet();
            peers.onConnect = socket -> peers.vertx.setPeriodic(1, id -> {
                for (int i = 0; i < EACH_MILLISECOND && sent.get() < requests; i++) {
                    socket.writeTextMessage(Messages.request(sent.getAndIncrement()));
                }
            });
            try (Subject subject = new Subject(Program.distribution(), peers)) {
                long start = System.nanoTime();
                long end = start + TimeUnit.SECONDS.toNanos(90);
                while (answers.get() < requests && System.nanoTime() < end) {
                    Thread.sleep(100);
                }
                System.out.printf(
                        "%,d requests, %d each millisecond: %,d answered in %d s, connections %d, own heartbeats at most %d ms apart, peak %d MiB%n",
                        requests,
                        EACH_MILLISECOND,
                        answers.get(),
                        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start),
                        peers.connections.get(),
                        peers.longestGapMillis(),
                        subject.peakMebibytes());
            }
        }
    }

    private static void notReading(int seconds) throws Exception {
        try (Peers peers = new Peers()) {
            AtomicLong sent = new AtomicLong();
            peers.onConnect = socket -> {
                socket.pause();
                peers.vertx.setPeriodic(1, id -> flood(socket, sent));
            };
            try (Subject subject = new Subject(Program.distribution(), peers)) {
                subject.await(() -> peers.connections.get() > 0);
                Thread.sleep(seconds * 1_000L);
                System.out.printf(
                        "a pipeline that does not read, %d s: %,d sent, connections %d, peak %d MiB%n",
                        seconds, sent.get(), peers.connections.get(), subject.peakMebibytes());
            }
        }
    }

    private static void flood(ServerWebSocket socket, AtomicLong sent) {
        for (int i = 0; i < EACH_MILLISECOND && !socket.isClosed() && !socket.writeQueueFull(); i++) {
            socket.writeTextMessage(Messages.request((int) sent.getAndIncrement()));
        }
    }
}
