package org.currencyroutes.benchmarks;

import io.vertx.core.http.ServerWebSocket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;

/** So many requests in flight, the next sent when an answer has come: how many a second, at what cost and latency. */
final class ClosedLoop {

    /** What one run gave. */
    record Result(
            double conversionsPerSecond, double microsOfProcessor, Histogram latency, long peakMebibytes, long seconds) {}

    private static final int IN_FLIGHT = 100;

    private final LongAdder answers = new LongAdder();
    private final long[] sentAt = new long[IN_FLIGHT];
    private final Histogram latency = new Histogram(TimeUnit.SECONDS.toNanos(60), 3);
    private volatile boolean recording;

    static Result run(List<String> command, int warmSeconds, int seconds, String pad) throws Exception {
        try (Peers peers = new Peers()) {
            ClosedLoop loop = new ClosedLoop();
            String[] requests = new String[IN_FLIGHT];
            for (int i = 0; i < IN_FLIGHT; i++) {
                requests[i] = request(i, pad);
            }
            peers.onAnswer = answer -> loop.answered(peers.socket.get(), answer, requests);
            peers.onConnect = socket -> {
                for (int i = 0; i < IN_FLIGHT; i++) {
                    loop.send(socket, i, requests);
                }
            };
            try (Subject subject = new Subject(command, peers)) {
                subject.await(() -> loop.answers.sum() > 0);
                Thread.sleep(warmSeconds * 1_000L);
                double processor = subject.processorSeconds();
                long before = loop.answers.sum();
                long start = System.nanoTime();
                loop.recording = true;
                Thread.sleep(seconds * 1_000L);
                loop.recording = false;
                long count = loop.answers.sum() - before;
                double elapsed = (System.nanoTime() - start) / 1e9;
                double spent = subject.processorSeconds() - processor;
                return new Result(
                        count / elapsed, spent * 1e6 / count, loop.latency.copy(), subject.peakMebibytes(), seconds);
            }
        }
    }

    static String request(int id, String pad) {
        return "{\"type\":\"message\",\"id\":" + id + ",\"payload\":{\"marketId\":123456,\"selectionId\":987654,"
                + "\"odds\":2.20," + pad + "\"stake\":253.67,\"currency\":\"USD\",\"date\":\"2021-05-"
                + (10 + id % 20) + "T21:32:42.324Z\"}}";
    }

    private void send(ServerWebSocket socket, int id, String[] requests) {
        sentAt[id] = System.nanoTime();
        socket.writeTextMessage(requests[id]);
    }

    private void answered(ServerWebSocket socket, String answer, String[] requests) {
        int from = answer.indexOf("\"id\":") + 5;
        int id = Integer.parseInt(answer, from, answer.indexOf(',', from), 10);
        if (answer.charAt(9) != 'm' || !answer.contains("\"stake\":207.52054,\"currency\":\"EUR\"")) {
            throw new IllegalStateException("wrong: " + answer);
        }
        answers.increment();
        if (recording) {
            latency.recordValue(System.nanoTime() - sentAt[id]);
        }
        if (socket != null) {
            send(socket, id, requests);
        }
    }
}
