package org.currencyroutes.benchmarks;

import io.vertx.core.http.ServerWebSocket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** So many requests in flight, the next sent when an answer has come: how many a second, at what cost and latency. */
final class ClosedLoop implements AutoCloseable {

    /** What one measurement gave. */
    record Result(
            double conversionsPerSecond, double microsOfProcessor, Histogram latency, long peakMebibytes, long errors) {

        double micros(double percentile) {
            return latency.getValueAtPercentile(percentile) / 1e3;
        }
    }

    private static final int IN_FLIGHT = 100;

    private final Peers peers;
    private final Subject subject;
    private final String[] requests = new String[IN_FLIGHT];
    private final long[] sentAt = new long[IN_FLIGHT];
    private final LongAdder answers = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Recorder latency = new Recorder(TimeUnit.SECONDS.toNanos(60), 3);
    private ServerWebSocket socket;
    private volatile boolean recording;
    private volatile boolean over;

    /** Begins to send requests of so many bytes at least, as soon as the subject is connected. */
    ClosedLoop(Peers peers, Subject subject, int bytes) {
        this.peers = peers;
        this.subject = subject;
        for (int i = 0; i < IN_FLIGHT; i++) {
            requests[i] = Messages.requestOf(i, bytes);
        }
        peers.onAnswer = this::answered;
        peers.onConnect = this::connected;
        ServerWebSocket present = peers.socket.get();
        if (present != null) {
            peers.execute(() -> connected(present));
        }
    }

    /** Waits for so many answers, and no longer than so many seconds from the first. */
    void warmUp(long count, int atMostSeconds) throws InterruptedException {
        subject.await(() -> answers.sum() > 0);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(atMostSeconds);
        while (answers.sum() < count && System.nanoTime() < end) {
            Thread.sleep(10);
        }
    }

    Result measure(int seconds) throws Exception {
        latency.reset();
        double processor = subject.processorSeconds();
        long before = answers.sum();
        long errorsBefore = errors.sum();
        long start = System.nanoTime();
        recording = true;
        Thread.sleep(seconds * 1_000L);
        recording = false;
        long count = answers.sum() - before;
        double elapsed = (System.nanoTime() - start) / 1e9;
        double spent = subject.processorSeconds() - processor;
        return new Result(
                count / elapsed,
                spent * 1e6 / count,
                latency.getIntervalHistogram(),
                subject.peakMebibytes(),
                errors.sum() - errorsBefore);
    }

    /** On the event loop; a second connection beside the first, as the stock component may make, gets nothing. */
    private void connected(ServerWebSocket connected) {
        if (over || socket != null && !socket.isClosed()) {
            return;
        }
        socket = connected;
        inFlight.set(0);
        // the stock component sets its handlers after the handshake: what comes before that it loses
        peers.vertx.setTimer(500, timer -> {
            for (int i = 0; i < IN_FLIGHT && socket == connected; i++) {
                send(i);
            }
        });
    }

    private void send(int id) {
        inFlight.incrementAndGet();
        sentAt[id] = System.nanoTime();
        socket.writeTextMessage(requests[id]);
    }

    /** Once the measuring is over nothing is looked at any more: a subject that stops may answer with errors. */
    private void answered(String answer) {
        inFlight.decrementAndGet();
        if (over) {
            return;
        }
        int id = Messages.id(answer);
        (Messages.isRight(answer) ? answers : errors).increment();
        if (recording) {
            latency.recordValue(System.nanoTime() - sentAt[id]);
        }
        send(id);
    }

    /** Sends no more and waits for what is under way, two seconds at the most. */
    @Override
    public void close() {
        over = true;
        for (int i = 0; i < 200 && inFlight.get() > 0; i++) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }
}
