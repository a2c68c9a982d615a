package org.currencyroutes.demo;

import java.math.RoundingMode;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.currencyroutes.rates.EcbHistory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The demo's side of the pipeline: makes requests at random intervals, and judges what comes back for each of them. */
public final class DemoTrader {

    private static final Logger LOG = LoggerFactory.getLogger(DemoTrader.class);

    private static final double REQUESTS_A_SECOND = 30;
    // a JVM that has just started takes its time, and the first requests all ask for rates
    private static final double RISING_FOR = Duration.ofSeconds(10).toNanos();
    private static final long UNREADABLE_EVERY = Duration.ofMinutes(3).toNanos();
    // fx.reply.ttl and fx.rates.deadline together
    private static final long MISSING_AFTER = Duration.ofSeconds(13).toNanos();

    private static final String UNREADABLE = "This is no JSON: the demo sends a frame like it now and then, on purpose";
    private static final Pattern HEARTBEAT = Pattern.compile("\\{\"type\":\"heartbeat\".*");
    private static final Pattern ID = Pattern.compile("\"id\":(\\d+)");

    private record Sent(DemoRequest request, long at) {}

    private final DemoRequests requests;
    private final DemoConsole console;
    private final RandomGenerator random;
    private final LongSupplier ticker;
    private final Map<Long, Sent> pending = new ConcurrentHashMap<>();
    private final long started;
    private volatile boolean connected;
    private long nextRequest;
    private long nextUnreadable;

    /** Takes the history to judge by, how it is to be converted, and where to tell what happens. */
    public DemoTrader(EcbHistory history, String target, int scale, RoundingMode rounding, DemoConsole console) {
        this(history, target, scale, rounding, console, RandomGenerator.getDefault(), System::nanoTime);
    }

    /** The same with where chance comes from, and with a monotonic ticker in nanoseconds. */
    DemoTrader(
            EcbHistory history,
            String target,
            int scale,
            RoundingMode rounding,
            DemoConsole console,
            RandomGenerator random,
            LongSupplier ticker) {
        this.requests = new DemoRequests(history, target, scale, rounding, random);
        this.console = console;
        this.random = random;
        this.ticker = ticker;
        this.started = ticker.getAsLong();
        this.nextRequest = started;
        this.nextUnreadable = started + UNREADABLE_EVERY / 6;
    }

    /** The routes connected to the demo's pipeline. */
    public void opened() {
        connected = true;
    }

    /** The routes left the demo's pipeline. */
    public void closed() {
        connected = false;
    }

    /** Whether anybody is connected. */
    public boolean isConnected() {
        return connected;
    }

    /** Whether it is time for another request; the intervals between them are random. */
    public synchronized boolean isRequestDue() {
        long now = ticker.getAsLong();
        if (!connected || now - nextRequest < 0) {
            return false;
        }
        double rate = REQUESTS_A_SECOND * Math.min(1, (now - started + 1e9) / RISING_FOR);
        nextRequest = now + (long) (-Math.log(1 - random.nextDouble()) / rate * 1e9);
        return true;
    }

    /** The next frame to send: a request, once in a while a wrong one, and very rarely no JSON at all. */
    public synchronized String request() {
        long now = ticker.getAsLong();
        if (now - nextUnreadable >= 0) {
            nextUnreadable = now + UNREADABLE_EVERY;
            return UNREADABLE;
        }
        DemoRequest request = requests.next();
        pending.put(request.id(), new Sent(request, now));
        return request.frame();
    }

    /** Judges a frame that the routes sent: a heartbeat, or the answer to a request, which is to come once. */
    public void received(String frame) {
        if (HEARTBEAT.matcher(frame).matches()) {
            console.heartbeat();
            return;
        }
        Matcher id = ID.matcher(frame);
        Optional<Sent> asked =
                id.find() ? Optional.ofNullable(pending.remove(Long.valueOf(id.group(1)))) : Optional.empty();
        asked.ifPresentOrElse(sent -> judge(sent, frame), () -> {
            console.wrong();
            LOG.error("NOBODY ASKED FOR THIS ANSWER: {}", frame);
        });
    }

    /** Says loudly which requests were not answered in time. */
    public void lookForMissing() {
        long now = ticker.getAsLong();
        for (Iterator<Sent> all = pending.values().iterator(); all.hasNext(); ) {
            Sent sent = all.next();
            if (now - sent.at > MISSING_AFTER) {
                all.remove();
                console.missing();
                LOG.error("THE ANSWER IS MISSING: {}", sent.request.frame());
            }
        }
    }

    private void judge(Sent sent, String answer) {
        DemoRequest request = sent.request;
        long latency = ticker.getAsLong() - sent.at;
        if (request.isTurnedAwayBy(answer)) {
            console.refused(request, request.reason(answer), latency);
        } else if (!request.isAnsweredBy(answer)) {
            console.wrong();
            LOG.error("THE ANSWER IS WRONG: {} to {}, which is {}", answer, request.frame(), request.inWords());
        } else if (request.wrong()) {
            console.refused(request, request.reason(answer), latency);
        } else {
            console.converted(request, latency);
        }
    }
}
