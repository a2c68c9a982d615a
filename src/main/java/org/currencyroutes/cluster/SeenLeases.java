package org.currencyroutes.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * Decides what one member writes into the leases that all members see, and what it owns by them. It does nothing by itself:
 * it is told what was read and written, and asked whether it owns.
 *
 * <p>There is a lease for each pipeline, which names its owner, and one for each member, which says that the member is here.
 * Whoever writes one names the version that it has read, and fails if another was quicker; each renewal makes a new
 * version. A member takes a lease when it has seen the same version for a {@link #LEASE}; the owner counts a shorter time,
 * {@link #HOLD}, from <em>before</em> it sent a renewal that came through. So it stops before anybody else can begin, however
 * late a reading is, and whoever pauses. The times of day that are written into leases count for nothing here: only clocks
 * that count at the same rate, within the difference of the two.
 */
final class SeenLeases extends Holdings {

    /** A lease that was seen unchanged for so long is anybody's. It is as long as Kubernetes' own. */
    static final Duration LEASE = Duration.ofSeconds(15);

    /** For so long from before it sent a renewal that came through, a member is the owner; as long as Kubernetes' own. */
    static final Duration HOLD = Duration.ofSeconds(10);

    /** What a member holds it renews so often. */
    static final Duration RENEWAL = Duration.ofSeconds(2);

    /** A member that has renewed nothing for so long is not counted on. */
    static final Duration PRESENCE = Duration.ofSeconds(7);

    /** What was free for so long is no longer left to the member that it belongs to, which may have come too late to see it. */
    static final Duration PATIENCE = Duration.ofSeconds(3);

    /** A member that has renewed nothing for so long is forgotten. */
    static final Duration MEMORY = Duration.ofMinutes(5);

    /** Who holds nothing, or a lease that was let go. */
    static final String NOBODY = "";

    /** A lease as it is stored: who holds it, and the version that the next one who writes has to name. */
    record Stored(String holder, String version) {}

    private record Seen(Stored stored, long at) {}

    private static final String PIPELINE = "pipeline-";
    private static final String MEMBER = "member-";

    private final String seat;

    private final Map<String, Seen> seen = new TreeMap<>();
    private final Map<String, Long> renewed = new HashMap<>();
    private final Set<String> givenUp = new TreeSet<>();
    private final Set<String> letGo = new TreeSet<>();

    /** Takes the member's own name, {@code pod/number}, the number being one that no other process ever had, and a monotonic ticker in nanoseconds. */
    SeenLeases(String self, LongSupplier ticker) {
        super(self, ticker);
        seat = MEMBER + self.substring(self.indexOf('/') + 1);
    }

    /** Tells which leases there are, and which pipelines there are to own; gives who is to be written into which lease. */
    synchronized Map<String, String> look(Map<String, Stored> found, Set<String> pipelines) {
        long now = ticker.getAsLong();
        seen.keySet().retainAll(found.keySet());
        found.forEach((lease, stored) -> {
            Seen before = seen.get(lease);
            if (before == null || !before.stored().equals(stored)) {
                seen.put(lease, new Seen(stored, now));
            }
        });
        Map<String, String> writes = new TreeMap<>();
        if (!leaving && (isDue(seat, now) || !seen.containsKey(seat))) {
            writes.put(seat, self);
        }
        Map<String, String> places = Places.of(pipelines, able(now), held(pipelines, now), Map.of());
        for (String pipeline : pipelines) {
            String lease = PIPELINE + pipeline;
            if (holder(lease).equals(self)) {
                if (letGo.contains(pipeline)) {
                    writes.put(lease, NOBODY);
                } else if (!self.equals(places.get(pipeline)) && !leaving) {
                    givenUp.add(pipeline);
                } else if (!givenUp.contains(pipeline) && isDue(lease, now)) {
                    writes.put(lease, self);
                }
            } else {
                until.remove(pipeline);
                if (letGo.remove(pipeline)) {
                    givenUp.remove(pipeline);
                }
                boolean belongs = self.equals(places.get(pipeline));
                if (isFree(lease, belongs ? Duration.ZERO : PATIENCE, now) && !givenUp.contains(pipeline) && !leaving) {
                    writes.put(lease, self);
                }
            }
        }
        return writes;
    }

    private boolean isDue(String lease, long now) {
        Long at = renewed.get(lease);
        return at == null || now - at >= RENEWAL.toNanos();
    }

    private String holder(String lease) {
        Seen last = seen.get(lease);
        return last == null ? NOBODY : last.stored().holder();
    }

    private boolean isUnchanged(String lease, Duration time, long now) {
        return now - seen.get(lease).at() >= time.toNanos();
    }

    /** Whether a lease has been anybody's for so long. */
    private boolean isFree(String lease, Duration time, long now) {
        if (!seen.containsKey(lease)) {
            return time.isZero();
        }
        return isUnchanged(lease, holder(lease).equals(NOBODY) ? time : LEASE.plus(time), now);
    }

    private Map<String, String> held(Set<String> pipelines, long now) {
        Map<String, String> held = new TreeMap<>();
        pipelines.stream()
                .filter(pipeline -> !isFree(PIPELINE + pipeline, Duration.ZERO, now))
                .forEach(pipeline -> held.put(pipeline, holder(PIPELINE + pipeline)));
        return held;
    }

    /** The members that can own, as far as this one sees. */
    private SortedSet<String> able(long now) {
        SortedSet<String> able = new TreeSet<>();
        seen.keySet().stream()
                .filter(lease -> lease.startsWith(MEMBER) && !lease.equals(seat))
                .filter(lease -> !isUnchanged(lease, PRESENCE, now))
                .forEach(lease -> able.add(holder(lease)));
        if (!leaving) {
            able.add(self);
        }
        return able;
    }

    /** The leases of members that have long been gone, or of this one if it leaves. */
    synchronized List<String> forgotten() {
        long now = ticker.getAsLong();
        return seen.keySet().stream()
                .filter(lease -> lease.startsWith(MEMBER))
                .filter(lease -> isUnchanged(lease, MEMORY, now) || leaving && lease.equals(seat))
                .toList();
    }

    /** Tells that what was to be written was written, as it is stored now, and the ticker's time before it was sent. */
    synchronized void written(String lease, Stored stored, long sentAt) {
        seen.put(lease, new Seen(stored, ticker.getAsLong()));
        if (stored.holder().equals(self)) {
            renewed.put(lease, sentAt);
            if (lease.startsWith(PIPELINE)) {
                own(lease.substring(PIPELINE.length()), sentAt);
            }
        }
    }

    private void own(String pipeline, long sentAt) {
        if (!givenUp.contains(pipeline) && !letGo.contains(pipeline)) {
            until.put(pipeline, sentAt + HOLD.toNanos());
        }
    }

    @Override
    synchronized void giveUp(String pipeline) {
        givenUp.add(pipeline);
    }

    @Override
    synchronized boolean isGivenUp(String pipeline) {
        return givenUp.contains(pipeline);
    }

    @Override
    synchronized void letGo(String pipeline) {
        if (givenUp.contains(pipeline) || leaving) {
            until.remove(pipeline);
            letGo.add(pipeline);
        }
    }

    @Override
    synchronized SortedSet<String> members() {
        SortedSet<String> members = able(ticker.getAsLong());
        members.add(self);
        return members;
    }
}
