package org.currencyroutes.benchmarks;

import io.vertx.core.http.ServerWebSocket;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Requests on a schedule, whether or not answers come: a latency counts from the time at which its request should have
 * been sent, so that a subject that holds the sender up is not forgiven what it held up (coordinated omission). The
 * schedule has a step each millisecond with so many requests at once, or one request each longer step.
 */
final class OpenLoop {

    /** What one measurement gave: latencies from the schedule, how late the sending itself was, and what went wrong. */
    record Result(Histogram latency, Histogram lateness, int errors, int unanswered) {}

    private static final long STEP = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST = TimeUnit.SECONDS.toNanos(60);

    private final Peers peers;
    private final int atOnce;
    private final long step;
    private final int requests;
    private final Recorder latency = new Recorder(LONGEST, 3);
    private final Recorder lateness = new Recorder(LONGEST, 3);
    private final AtomicInteger errors = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final BitSet answers = new BitSet();
    private volatile long start;
    private volatile boolean over;

    OpenLoop(Peers peers, int perSecond, int seconds) {
        this.peers = peers;
        atOnce = (int) Math.max(1, perSecond * STEP / TimeUnit.SECONDS.toNanos(1));
        step = TimeUnit.SECONDS.toNanos(1) * atOnce / perSecond;
        requests = perSecond * seconds;
    }

    /** Sends everything, then waits for the last answers, three seconds at the most. */
    Result run() throws Exception {
        ServerWebSocket socket = peers.socket.get();
        peers.onConnect = another -> {};
        peers.onAnswer = this::answered;
        start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
        for (int sent = 0; sent < requests; sent += atOnce) {
            int first = sent;
            parkUntil(due(first));
            peers.execute(() -> send(socket, first));
        }
        for (int i = 0; i < 300 && answered.get() < requests; i++) {
            Thread.sleep(10);
        }
        over = true;
        int unanswered = requests - answered.get();
        countUnanswered();
        return new Result(latency.getIntervalHistogram(), lateness.getIntervalHistogram(), errors.get(), unanswered);
    }

    /** This thread only sleeps; the kernel wakes it some 60 µs late, which the latencies hold as well. */
    private static void parkUntil(long time) {
        for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private void send(ServerWebSocket socket, int first) {
        for (int id = first; id < first + atOnce; id++) {
            lateness.recordValue(since(due(id)));
            socket.writeTextMessage(Messages.request(id));
        }
    }

    private long due(int id) {
        return start + id / atOnce * step;
    }

    private void answered(String answer) {
        if (over) {
            return;
        }
        int id = Messages.id(answer);
        answers.set(id);
        if (Messages.isRight(answer)) {
            latency.recordValue(since(due(id)));
        } else {
            errors.incrementAndGet();
        }
        answered.incrementAndGet();
    }

    /** A request without an answer has waited at least until now. */
    private void countUnanswered() throws Exception {
        if (answered.get() < requests) {
            // the event loop may still be at an answer that it began to look at before
            Thread.sleep(100);
            for (int id = answers.nextClearBit(0); id < requests; id = answers.nextClearBit(id + 1)) {
                latency.recordValue(since(due(id)));
            }
        }
    }

    private static long since(long time) {
        return Math.min(LONGEST, Math.max(0, System.nanoTime() - time));
    }
}
