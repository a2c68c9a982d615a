package org.currencyroutes.connection;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Tells until when a request can still be answered: on the connection that it was read on, and on a later one if none
 * of the outages in between was longer than the time to live.
 */
final class ReplyWindow {

    private final long ttl;
    private final LongSupplier ticker;

    private int connection;
    private int oldest;
    private boolean open;
    private long droppedAt;

    /** Takes the longest outage that a request outlives, and a monotonic ticker in nanoseconds. */
    ReplyWindow(Duration ttl, LongSupplier ticker) {
        this.ttl = ttl.toNanos();
        this.ticker = ticker;
    }

    synchronized void opened() {
        connection++;
        if (connection > 1 && outlasted()) {
            oldest = connection;
        }
        open = true;
    }

    synchronized void dropped() {
        if (open) {
            open = false;
            droppedAt = ticker.getAsLong();
        }
    }

    /** The number of the present connection, by which a request remembers where it was read. */
    synchronized int connection() {
        return connection;
    }

    /** Whether a request that was read on the connection of this number must not be answered any more. */
    synchronized boolean isOverFor(int readOn) {
        return readOn < oldest || !open && outlasted();
    }

    private boolean outlasted() {
        return ticker.getAsLong() - droppedAt > ttl;
    }
}
