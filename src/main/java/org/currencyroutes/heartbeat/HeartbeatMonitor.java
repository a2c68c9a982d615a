package org.currencyroutes.heartbeat;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * The clockwork of the connection: when to beat, when the connection is lost, when to try again. It does nothing by
 * itself: it is told what happened, and asked what is due.
 */
public final class HeartbeatMonitor {

    /** What the connection can be. */
    public enum State {
        STOPPED,
        CONNECTING,
        CONNECTED,
        LOST;

        /** The state as health tells it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The connection at one moment: its state and for how long; how long ago the peer beat last on it, or when it was
     * made if the peer has not; whether that is a heartbeat, and fresh; how many attempts there were since the last
     * connection; and why and how long ago that one, or the last attempt, ended.
     */
    public record Snapshot(
            State state,
            Duration since,
            Optional<Duration> heartbeatAge,
            boolean fresh,
            int attempts,
            Optional<Loss> lastLoss,
            Duration sinceLastLoss) {}

    // A last read that happened to fill its buffer to the brim must not hide the end of a peer for ever.
    private static final long BEHIND_AT_MOST = Duration.ofMillis(500).toNanos();

    // Nor may a peer that never stops sending, and never beats, count as alive: so much is forgiven after a heartbeat.
    private static final long FORGIVEN_AT_MOST = Duration.ofSeconds(5).toNanos();

    private static final String THE_PIPELINE = "the pipeline";

    private final String pipeline;
    private final Duration interval;
    private final Duration timeout;
    private final Duration checkPeriod;
    private final Duration delay;
    private final Duration maxDelay;
    private final LongSupplier ticker;
    private final DoubleSupplier jitter;

    private final AtomicLongArray losses = new AtomicLongArray(Loss.Cause.values().length);

    private State state = State.STOPPED;
    private String reason = "not connected yet";
    private Loss lastLoss;
    private long lastLossAt;
    private long since;
    private long downSince;
    private int connections;
    private int attempts;
    private boolean told;
    private String parting = "";
    private long lastBeat;
    private long lastSign;
    private long lastSent;
    private boolean beaten;
    private boolean sent;
    private volatile boolean paused;
    private boolean behind;
    private boolean handling;
    private long behindSince;
    private long lastFullRead;
    private long forgiven;
    private int failures;
    private long nextAttempt;

    /**
     * Takes the interval of our own heartbeats, the silence after which a connection counts as lost, how often it is
     * asked, and the first and the longest delay between attempts; refuses what is not positive or cannot work together.
     */
    public HeartbeatMonitor(
            Duration interval, Duration timeout, Duration checkPeriod, Duration delay, Duration maxDelay) {
        this(THE_PIPELINE, interval, timeout, checkPeriod, delay, maxDelay, System::nanoTime, HeartbeatMonitor::spread);
    }

    /** The same for one of several pipelines, whose name is in what it says of it. */
    public HeartbeatMonitor(
            String name, Duration interval, Duration timeout, Duration checkPeriod, Duration delay, Duration maxDelay) {
        this(
                THE_PIPELINE + " " + name,
                interval,
                timeout,
                checkPeriod,
                delay,
                maxDelay,
                System::nanoTime,
                HeartbeatMonitor::spread);
    }

    /** The same with a monotonic ticker in nanoseconds, and with the factor that spreads the delays. */
    HeartbeatMonitor(
            Duration interval,
            Duration timeout,
            Duration checkPeriod,
            Duration delay,
            Duration maxDelay,
            LongSupplier ticker,
            DoubleSupplier jitter) {
        this(THE_PIPELINE, interval, timeout, checkPeriod, delay, maxDelay, ticker, jitter);
    }

    private HeartbeatMonitor(
            String pipeline,
            Duration interval,
            Duration timeout,
            Duration checkPeriod,
            Duration delay,
            Duration maxDelay,
            LongSupplier ticker,
            DoubleSupplier jitter) {
        if (checkPeriod.compareTo(interval) >= 0 || checkPeriod.compareTo(timeout) >= 0) {
            throw new IllegalArgumentException(
                    "fx.heartbeat.check-period must be shorter than fx.heartbeat.interval and fx.heartbeat.timeout");
        }
        this.pipeline = pipeline;
        this.interval = positive(interval, "fx.heartbeat.interval");
        this.timeout = positive(timeout, "fx.heartbeat.timeout");
        this.checkPeriod = positive(checkPeriod, "fx.heartbeat.check-period");
        this.delay = positive(delay, "fx.reconnect.delay");
        this.maxDelay = positive(maxDelay, "fx.reconnect.max-delay");
        this.ticker = ticker;
        this.jitter = jitter;
        this.nextAttempt = ticker.getAsLong();
        this.since = nextAttempt;
        this.downSince = nextAttempt;
    }

    /** A start was asked for: gives how long to wait before the attempt, zero for at once. */
    public synchronized Duration attemptStarting() {
        become(State.CONNECTING);
        attempts++;
        return Duration.ofNanos(Math.max(0, nextAttempt - ticker.getAsLong()));
    }

    /** The handshake is done: silence is counted from now. */
    public synchronized void connectionOpened() {
        become(State.CONNECTED);
        connections++;
        told = false;
        lastSign = since;
        lastBeat = since;
        beaten = false;
        sent = false;
        paused = false;
        behind = false;
        handling = false;
        forgiven = 0;
    }

    /**
     * Something was read from the peer, and is about to be handled. While there is more to read, its heartbeat may be in
     * what we have not read yet: that time is not counted as silence.
     */
    public synchronized void read(boolean more) {
        handling = true;
        if (more) {
            lastFullRead = ticker.getAsLong();
            if (!behind) {
                behindSince = lastFullRead;
            }
            behind = true;
        } else if (behind) {
            caughtUp(ticker.getAsLong());
        }
    }

    /** What was read has been handled, which may have taken long on a busy machine; only now can more be read. */
    public synchronized void handled() {
        handling = false;
        if (behind) {
            lastFullRead = ticker.getAsLong();
        }
    }

    /** The peer sent a heartbeat. */
    public synchronized void heartbeatReceived() {
        lastSign = ticker.getAsLong();
        lastBeat = lastSign;
        behindSince = lastSign;
        forgiven = 0;
        beaten = true;
        failures = 0;
    }

    /** A heartbeat of ours is about to be handed to the socket. */
    public synchronized void heartbeatSending() {
        lastSent = ticker.getAsLong();
        sent = true;
    }

    /** We stopped reading since writes back up: from now on completed writes are the signs of life. */
    public synchronized void readingPaused() {
        paused = true;
        lastSign = ticker.getAsLong();
    }

    /** We read again: heartbeats are the signs of life, counted from now. */
    public synchronized void readingResumed() {
        paused = false;
        lastSign = ticker.getAsLong();
    }

    /** A write completed; it counts while reading is paused. */
    public void writeCompleted() {
        if (paused) {
            synchronized (this) {
                if (paused) {
                    lastSign = ticker.getAsLong();
                }
            }
        }
    }

    /** The connection, or the attempt to make one, ended for this reason. */
    public synchronized void connectionLost(Loss loss) {
        if (state == State.CONNECTING || state == State.CONNECTED) {
            losses.incrementAndGet(loss.cause().ordinal());
            lastLoss = loss;
            lastLossAt = ticker.getAsLong();
            ended(loss.words());
        }
    }

    /** The route was stopped, by an operator or to be started again: nothing is due until the next start. */
    public synchronized void stopped() {
        if (state == State.CONNECTING || state == State.CONNECTED) {
            ended("stopped");
        }
        become(State.STOPPED);
    }

    /** Whether a heartbeat of ours is due; asked every check period, it keeps them within the interval. */
    public synchronized boolean isHeartbeatDue() {
        return state == State.CONNECTED
                && (!sent || elapsed(lastSent) >= interval.minus(checkPeriod).toNanos());
    }

    /** Whether the connection must be made anew: lost, silent for too long, or its attempt failed. */
    public synchronized boolean isReconnectDue() {
        if (state == State.CONNECTED && !isBehind() && elapsed(lastSign) >= timeout.toNanos()) {
            connectionLost(
                    paused
                            ? new Loss(Loss.Cause.STALLED, "no write completed for " + words(elapsed(lastSign)))
                            : new Loss(
                                    Loss.Cause.SILENT,
                                    (beaten ? "no heartbeat for " : "never a heartbeat in ")
                                            + words(elapsed(lastSign))));
        }
        return state == State.LOST;
    }

    /** Whether there is a connection that {@link #greeting} has not told of. */
    public synchronized boolean isGreetingDue() {
        return state == State.CONNECTED && !told;
    }

    /** Whether there is a connection. */
    public synchronized boolean isConnected() {
        return state == State.CONNECTED;
    }

    /** Why the last connection or attempt ended, in a few words. */
    public synchronized String reason() {
        return reason;
    }

    /** That there is a connection, in a line for the log; said once for each, when {@link #isGreetingDue}. */
    public synchronized String greeting() {
        told = true;
        String line = "Connected to " + pipeline + (connections == 1 ? "" : " again");
        return connections == 1 && attempts == 1
                ? line
                : line + ", after " + words(since - downSince) + " and " + counted(attempts, "attempt");
    }

    /** What ended that {@link #isReconnectDue} has found, and why, in a line for the log. */
    public synchronized String parting() {
        return parting;
    }

    /** The present state in a few words, and since when. */
    public synchronized String status() {
        return switch (state) {
            case CONNECTED -> "connected for " + words(elapsed(since));
            case CONNECTING -> "connecting";
            case LOST -> "lost: " + reason;
            case STOPPED -> "stopped";
        };
    }

    /** All that there is to know of the connection now. */
    public synchronized Snapshot snapshot() {
        boolean connected = state == State.CONNECTED;
        Duration age = Duration.ofNanos(elapsed(lastBeat));
        return new Snapshot(
                state,
                Duration.ofNanos(elapsed(since)),
                connected ? Optional.of(age) : Optional.empty(),
                connected && beaten && age.compareTo(timeout) < 0,
                connected ? 0 : attempts,
                Optional.ofNullable(lastLoss),
                Duration.ofNanos(lastLoss == null ? 0 : elapsed(lastLossAt)));
    }

    /** How many connections and attempts have ended for this cause. */
    public long losses(Loss.Cause cause) {
        return losses.get(cause.ordinal());
    }

    private boolean isBehind() {
        if (behind && !handling && elapsed(lastFullRead) >= BEHIND_AT_MOST) {
            caughtUp(lastFullRead);
        }
        return behind && forgiven + elapsed(behindSince) < FORGIVEN_AT_MOST;
    }

    private void caughtUp(long when) {
        behind = false;
        long from = behindSince - lastSign > 0 ? behindSince : lastSign;
        long more = Math.min(Math.max(0, when - from), FORGIVEN_AT_MOST - forgiven);
        forgiven += more;
        lastSign += more;
    }

    private void ended(String why) {
        reason = why;
        long now = ticker.getAsLong();
        if (state == State.CONNECTED) {
            parting = "Lost the connection to " + pipeline + " after " + words(elapsed(since)) + ": " + why;
            downSince = now;
            attempts = 0;
        } else {
            parting = "Not connected to " + pipeline + ", " + counted(attempts, "attempt") + " so far: " + why;
        }
        if (state == State.CONNECTED && beaten) {
            nextAttempt = now;
        } else {
            long doubled = delay.toNanos() << Math.min(failures, 20);
            nextAttempt = now + (long) (Math.min(doubled, maxDelay.toNanos()) * jitter.getAsDouble());
            failures++;
        }
        become(State.LOST);
    }

    private void become(State next) {
        state = next;
        since = ticker.getAsLong();
    }

    private long elapsed(long from) {
        return ticker.getAsLong() - from;
    }

    /** A time as a person would say it: to the tenth of a second where it is short, in whole minutes or hours after that. */
    private static String words(long nanos) {
        Duration time = Duration.ofNanos(nanos);
        if (time.toMinutes() < 2) {
            return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
        }
        return time.toHours() < 2 ? time.toMinutes() + " min" : time.toHours() + " h";
    }

    private static double spread() {
        return 0.8 + 0.4 * Math.random();
    }

    private static String counted(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static Duration positive(Duration duration, String property) {
        if (duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException(property + " must be longer than zero");
        }
        return duration;
    }
}
