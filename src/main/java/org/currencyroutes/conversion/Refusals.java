package org.currencyroutes.conversion;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Remembers what was refused since it was last told of: how many requests, and the first of them. */
public final class Refusals {

    /** The key of a request's {@code id} in the log's context. */
    static final String ID = "fx.request.id";

    private static final int MAX_ID = 64;
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private record Refusal(String id, String why) {}

    private final LongAdder count = new LongAdder();
    private final AtomicReference<Refusal> first = new AtomicReference<>();

    /** A request was refused for a reason that its sender may read. */
    void add(PipelineMessage message, String why) {
        count.increment();
        // one of thousands is looked at: under a flood this is two reads
        if (first.get() == null) {
            first.compareAndSet(null, new Refusal(printable(message.id()), why));
        }
    }

    /** Logs what was refused since the last time, in one line, or nothing. */
    public void log() {
        Refusal one = first.getAndSet(null);
        if (one == null) {
            return;
        }
        // what is being added just now may have been counted the last time
        long all = Math.max(1, count.sumThenReset());
        MDC.put(ID, one.id);
        try {
            if (all == 1) {
                LOG.warn("Refused a request: {} (id {})", one.why, one.id);
            } else {
                LOG.warn("Refused {} requests, the first: {} (id {})", all, one.why, one.id);
            }
        } finally {
            MDC.remove(ID);
        }
    }

    /** The id as the sender wrote it, as far as a log can hold it. */
    private static String printable(String id) {
        String head = id.length() > MAX_ID ? id.substring(0, MAX_ID) + "..." : id;
        return head.replaceAll("[^\\x20-\\x7e]", "?");
    }
}
