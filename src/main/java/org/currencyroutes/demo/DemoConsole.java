package org.currencyroutes.demo;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.currencyroutes.heartbeat.HeartbeatMonitor;
import org.currencyroutes.rates.EcbHistory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the person at the console what happens: now and then a request with its answer, and a summary of all. */
public final class DemoConsole {

    private static final Logger LOG = LoggerFactory.getLogger(DemoConsole.class);

    private static final long A_CONVERSION_EVERY = Duration.ofSeconds(1).toNanos();
    private static final long A_REFUSAL_EVERY = Duration.ofSeconds(4).toNanos();
    private static final int LATEST = 1_000;

    private final EcbHistory history;
    private final DemoRates rates;
    private final HeartbeatMonitor monitor;
    private final int port;
    private final long started = System.nanoTime();
    private final long[] latencies = new long[LATEST];
    private long lastConversion = started;
    private long lastRefusal = started;
    private long converted;
    private long refused;
    private long needingRates;
    private long wrong;
    private long missing;
    private long heartbeats;

    /**
     * Takes the history that it tells the extent of, the rates service whose calls it counts, the connection, and the
     * port of the page to look at.
     */
    public DemoConsole(EcbHistory history, DemoRates rates, HeartbeatMonitor monitor, int port) {
        this.history = history;
        this.rates = rates;
        this.monitor = monitor;
        this.port = port;
    }

    /** Says what this is, and how to get at the real thing. */
    public void banner() {
        LOG.info("""

                This is the demo of currency-routes: the routes of routes/, against a trading pipeline and a rates
                service of their own, both on this machine; nothing leaves it. The rates are the European Central
                Bank's from {} to {}. Each answer is checked against a computation of the demo's own.

                Look at it in a browser:  http://127.0.0.1:{}/
                With a real pipeline:  FX_SOCKET_URL=wss://… bin/currency-routes

                Ctrl-C ends the demo.
                """, history.firstDay(), history.lastDay(), String.valueOf(port));
    }

    /** A request was converted, rightly, within so many nanoseconds. */
    synchronized void converted(DemoRequest request, long latency) {
        answered(request, latency);
        converted++;
        long now = System.nanoTime();
        if (now - lastConversion >= A_CONVERSION_EVERY) {
            lastConversion = now;
            LOG.info("{}  {}", request.inWords(), millis(latency));
        }
    }

    /** A request was refused, rightly, for this reason, within so many nanoseconds. */
    synchronized void refused(DemoRequest request, String reason, long latency) {
        answered(request, latency);
        refused++;
        long now = System.nanoTime();
        if (now - lastRefusal >= A_REFUSAL_EVERY) {
            lastRefusal = now;
            LOG.info("{} → refused: {}  {}", request.inWords(), reason, millis(latency));
        }
    }

    /** An answer was wrong. */
    synchronized void wrong() {
        wrong++;
    }

    /** An answer did not come. */
    synchronized void missing() {
        missing++;
    }

    /** A heartbeat came from the routes. */
    synchronized void heartbeat() {
        heartbeats++;
    }

    /** How many requests were converted or refused as they must be. */
    synchronized long rights() {
        return converted + refused;
    }

    /** How many answers were wrong, or to nothing. */
    synchronized long wrongs() {
        return wrong;
    }

    /** How many answers did not come. */
    synchronized long missings() {
        return missing;
    }

    /** Sums up what happened so far; the latency is of the last thousand answers. */
    public synchronized void summary() {
        LOG.info(
                """

                --- {} s: {} converted, {} refused, {} wrong, {} missing
                    {} rates fetched over HTTP, {} of the look-ups hit the cache
                    answered within {} (median), {} (99th percentile)
                    {}, {} heartbeats
                """,
                Duration.ofNanos(System.nanoTime() - started).toSeconds(),
                thousands(converted),
                thousands(refused),
                thousands(wrong),
                thousands(missing),
                thousands(rates.calls()),
                hitRatio(),
                millis(percentile(50)),
                millis(percentile(99)),
                monitor.status(),
                thousands(heartbeats));
    }

    /** The last summary; there is none of a console that nothing was told to, such as Camel makes while it loads. */
    public synchronized void farewell() {
        if (converted + refused > 0) {
            LOG.info("\nThe demo has ended.");
            summary();
        }
    }

    private void answered(DemoRequest request, long latency) {
        needingRates += request.needsRates() ? 1 : 0;
        latencies[(int) ((converted + refused) % LATEST)] = latency;
    }

    private String hitRatio() {
        double fetched = needingRates == 0 ? 1 : (double) rates.calls() / needingRates;
        return String.format(Locale.ROOT, "%.1f %%", 100 * Math.max(0, 1 - fetched));
    }

    private long percentile(int percent) {
        int count = (int) Math.min(LATEST, converted + refused);
        long[] sorted = Arrays.copyOf(latencies, count);
        Arrays.sort(sorted);
        return count == 0 ? 0 : sorted[(count - 1) * percent / 100];
    }

    private static String thousands(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }
}
