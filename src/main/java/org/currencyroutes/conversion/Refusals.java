package org.currencyroutes.conversion;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Remembers what was refused since the log was last told of it, how many requests and the first of them; and the last
 * few of all, for who looks.
 */
public final class Refusals {

    /** The key of a request's {@code id} in the log's context. */
    static final String ID = "fx.request.id";

    private static final int LAST = 20;
    private static final int MAX_ID = 64;
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    /** An id may be a megabyte, and there may be thousands a second: its head is kept as it came until somebody looks. */
    private record Refusal(long millis, String head, boolean cut, String why) {

        private static Refusal of(long millis, String id, String why) {
            boolean cut = id.length() > MAX_ID;
            return new Refusal(millis, cut ? id.substring(0, MAX_ID) : id, cut, why);
        }

        /** The id as the sender wrote it, as far as a log can hold it. */
        private String id() {
            return printable(head) + (cut ? "..." : "");
        }

        private Map<String, Object> inWords() {
            Map<String, Object> words = new LinkedHashMap<>();
            words.put("at", Instant.ofEpochMilli(millis).toString());
            words.put("id", id());
            words.put("why", printable(why));
            return words;
        }
    }

    private final Clock clock;
    private final LongAdder count = new LongAdder();
    private final AtomicReference<Refusal> first = new AtomicReference<>();
    private final Deque<Refusal> last = new ArrayDeque<>(LAST);

    /** Takes the clock to tell times by. */
    public Refusals(Clock clock) {
        this.clock = clock;
    }

    /** A request was refused for a reason that its sender may read. */
    void add(PipelineMessage message, String why) {
        Refusal refusal = Refusal.of(clock.millis(), message.id(), why);
        count.increment();
        // one of thousands is told of: under a flood this is a read
        if (first.get() == null) {
            first.compareAndSet(null, refusal);
        }
        synchronized (last) {
            if (last.size() == LAST) {
                last.removeLast();
            }
            last.addFirst(refusal);
        }
    }

    /** The last twenty, the newest first: when, the id as far as a log can hold it, and why. */
    public List<Map<String, Object>> last() {
        List<Refusal> held;
        synchronized (last) {
            held = new ArrayList<>(last);
        }
        return held.stream().map(Refusal::inWords).toList();
    }

    /** Logs what was refused since the last time, in one line, or nothing. */
    public void log() {
        Refusal one = first.getAndSet(null);
        if (one == null) {
            return;
        }
        // what is being added just now may have been counted the last time
        long all = Math.max(1, count.sumThenReset());
        MDC.put(ID, one.id());
        try {
            if (all == 1) {
                LOG.warn("Refused a request: {} (id {})", one.why, one.id());
            } else {
                LOG.warn("Refused {} requests, the first: {} (id {})", all, one.why, one.id());
            }
        } finally {
            MDC.remove(ID);
        }
    }

    private static String printable(String text) {
        return text.replaceAll("[^\\x20-\\x7e]", "?");
    }
}
