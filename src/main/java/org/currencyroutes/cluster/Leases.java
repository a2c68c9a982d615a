package org.currencyroutes.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * Decides which pipelines a member owns, by what the members tell one another in {@link Notice}s. It does nothing by
 * itself: it is told what was read, asked what to say next, and asked whether it owns.
 *
 * <p>A member owns a pipeline while more than half of the voters grant it. A voter that has read a notice in which a member
 * claims a pipeline grants it to nobody else for a {@link #LEASE} from then on, unless that member says that it has let it
 * go. The owner counts a shorter time, {@link #HOLD}, from <em>before</em> it sent that notice. So it stops before anybody
 * else can begin, however late or in whatever order notices come, and whoever pauses. Two majorities have a voter in
 * common, who grants it once. Nothing of this rests on a time of day: only on clocks that count at the same rate, within
 * the half second between the two.
 */
final class Leases extends Holdings {

    /** For so long after it read a claim a voter grants the pipeline to nobody else. */
    static final Duration LEASE = Duration.ofSeconds(3);

    /** For so long from before it sent a claim, which a majority read, is a member the owner. */
    static final Duration HOLD = Duration.ofMillis(2_500);

    /** A member says something at least so often. */
    static final Duration BEAT = Duration.ofMillis(300);

    /** A member that said nothing for so long is not counted on. */
    static final Duration PRESENCE = Duration.ofMillis(1_500);

    private record Reading(Notice notice, long at) {}

    // in this time a member that was out of touch reads what the others have done meanwhile
    private static final Duration CATCHING_UP = Duration.ofSeconds(1);

    // a member looks far more often: what is longer is a pause
    private static final long PAUSE = PRESENCE.toNanos() / 2;

    // in this time members that lost one another while one was paused find one another again
    private static final Duration MISSED = Duration.ofSeconds(5);

    private record Claim(long since, boolean givenUp) {}

    private final Set<String> listed;

    private final Map<String, Reading> readings = new TreeMap<>();
    private final Map<String, Claim> claims = new TreeMap<>();
    private final Map<String, String> grants = new TreeMap<>();
    private final Map<Long, Long> sent = new HashMap<>();
    private final Map<String, Long> missed = new HashMap<>();
    private final Set<String> wanted = new TreeSet<>();
    private Map<String, String> places = Map.of();
    private Notice last;
    private long number;
    private long lookedAt;
    private long settledFrom;
    private long informedFrom;
    private boolean open;

    /**
     * Takes the member's own name, {@code host:port/number}, which no other process ever had; the addresses of the voters, or
     * none if all are voters that are here, which is for members on one machine; and a monotonic ticker in nanoseconds.
     */
    Leases(String self, Set<String> listed, LongSupplier ticker) {
        super(self, ticker);
        this.listed = Set.copyOf(listed);
        lookedAt = ticker.getAsLong();
        informedFrom = lookedAt;
        // who was here before it, with the same vote, may have granted until then; and others have time to be found
        settledFrom = lookedAt + LEASE.toNanos();
    }

    /** Says which pipelines there are to own. */
    synchronized void want(Set<String> pipelines) {
        wanted.clear();
        wanted.addAll(pipelines);
    }

    /** Says that this member can own pipelines from now on, when it has been here for a lease. */
    synchronized void open() {
        open = true;
    }

    /** Tells what others said, then looks at the clock: what is granted, where each pipeline belongs, and what to claim. */
    synchronized void look(Collection<Notice> notices) {
        long now = ticker.getAsLong();
        if (now - lookedAt > PAUSE) {
            informedFrom = now + CATCHING_UP.toNanos();
            if (listed.isEmpty()) {
                wakeUp(now);
            }
        }
        missed.values().removeIf(until -> now - until >= 0);
        lookedAt = now;
        for (Notice notice : notices) {
            Reading before = readings.get(notice.member());
            if (!notice.member().equals(self)
                    && (before == null || before.notice().number() < notice.number())) {
                readings.put(notice.member(), new Reading(notice, now));
            }
        }
        readings.values()
                .removeIf(reading -> now - reading.at() > LEASE.multipliedBy(20).toNanos());
        if (!isMajorityHere(now)) {
            informedFrom = now + CATCHING_UP.toNanos();
        }
        grant(now);
        place(now);
        claim();
        grant(now);
        extend(now);
    }

    /** After a pause all others seem gone: those who were here before it are asked, until they had time to be found. */
    private void wakeUp(long now) {
        long found = now + MISSED.toNanos();
        missed.replaceAll((member, until) -> found);
        readings.values().stream()
                .filter(reading -> isPresent(reading, lookedAt))
                .forEach(reading -> missed.put(reading.notice().member(), found));
        if (lookedAt - settledFrom < 0 || now - lookedAt >= HOLD.toNanos()) {
            // others may have begun meanwhile
            settledFrom = found + MISSED.toNanos();
        }
    }

    private boolean isSettled(long now) {
        return open && now - settledFrom >= 0;
    }

    private boolean isPresent(Reading reading, long now) {
        return now - reading.at() < PRESENCE.toNanos();
    }

    /**
     * A grant is kept while it is claimed and read of; what is free is granted to one who claims it. A member that is not
     * settled does the same, but does not tell.
     */
    private void grant(long now) {
        grants.entrySet().removeIf(grant -> {
            Reading reading = readings.get(grant.getValue());
            return grant.getValue().equals(self)
                    ? !claims.containsKey(grant.getKey())
                    : reading == null
                            || !reading.notice().claims().contains(grant.getKey())
                            || now - reading.at() >= LEASE.toNanos();
        });
        Map<String, SortedSet<String>> claimants = new TreeMap<>();
        claims.keySet().forEach(pipeline -> claimants(claimants, pipeline).add(self));
        readings.values().stream()
                .filter(reading -> isPresent(reading, now))
                .forEach(reading -> reading.notice().claims().forEach(pipeline -> claimants(claimants, pipeline)
                        .add(reading.notice().member())));
        claimants.forEach((pipeline, members) -> {
            String place = places.get(pipeline);
            grants.putIfAbsent(pipeline, place != null && members.contains(place) ? place : members.first());
        });
    }

    private static SortedSet<String> claimants(Map<String, SortedSet<String>> claimants, String pipeline) {
        return claimants.computeIfAbsent(pipeline, any -> new TreeSet<>());
    }

    /**
     * One of the members says where each pipeline belongs: the first by name of those that can own any. One that was paused
     * or cut off reads first who owns by now, or else it would call back what it had.
     */
    private void place(long now) {
        SortedSet<String> able = new TreeSet<>();
        SortedSet<String> informed = new TreeSet<>();
        if (isSettled(now) && !leaving) {
            able.add(self);
            if (isInformed(now)) {
                informed.add(self);
            }
        }
        readings.values().stream()
                .filter(reading -> isPresent(reading, now))
                .map(Reading::notice)
                .filter(notice -> notice.settled() && !notice.leaving())
                .forEach(notice -> {
                    able.add(notice.member());
                    if (notice.informed()) {
                        informed.add(notice.member());
                    }
                });
        if (!informed.isEmpty()) {
            places = informed.first().equals(self)
                    ? Places.of(wanted, able, held(now), places)
                    : readings.get(informed.first()).notice().places();
        }
    }

    private boolean isInformed(long now) {
        return now - informedFrom >= 0;
    }

    /** Who has most of the grants of each pipeline. */
    private Map<String, String> held(long now) {
        Map<String, Map<String, Integer>> votes = new TreeMap<>();
        count(votes, grants);
        readings.values().stream()
                .filter(reading -> isPresent(reading, now))
                .forEach(reading -> count(votes, reading.notice().grants()));
        Map<String, String> held = new TreeMap<>();
        votes.forEach((pipeline, members) -> {
            if (wanted.contains(pipeline)) {
                held.put(
                        pipeline,
                        Collections.max(members.entrySet(), Map.Entry.comparingByValue())
                                .getKey());
            }
        });
        return held;
    }

    private static void count(Map<String, Map<String, Integer>> votes, Map<String, String> grants) {
        grants.forEach((pipeline, member) ->
                votes.computeIfAbsent(pipeline, any -> new TreeMap<>()).merge(member, 1, Integer::sum));
    }

    private void claim() {
        for (String pipeline : wanted) {
            String place = places.get(pipeline);
            if (self.equals(place) && !leaving) {
                claims.putIfAbsent(pipeline, new Claim(number + 1, false));
            } else if (place != null && !self.equals(place) && !leaving) {
                giveUp(pipeline);
            }
        }
        List.copyOf(claims.keySet()).stream()
                .filter(pipeline -> !wanted.contains(pipeline))
                .forEach(this::giveUp);
    }

    @Override
    synchronized void giveUp(String pipeline) {
        claims.computeIfPresent(pipeline, (name, claim) -> new Claim(claim.since(), true));
    }

    @Override
    synchronized boolean isGivenUp(String pipeline) {
        Claim claim = claims.get(pipeline);
        return claim == null || claim.givenUp();
    }

    @Override
    synchronized void letGo(String pipeline) {
        Claim claim = claims.get(pipeline);
        if (claim != null && (claim.givenUp() || leaving)) {
            claims.remove(pipeline);
            until.remove(pipeline);
        }
    }

    private void extend(long now) {
        sent.values().removeIf(at -> now - at > HOLD.toNanos());
        claims.forEach((pipeline, claim) -> {
            if (!claim.givenUp()) {
                granted(pipeline, now)
                        .filter(read -> read >= claim.since() && sent.containsKey(read))
                        .ifPresent(read -> until.merge(pipeline, sent.get(read) + HOLD.toNanos(), Leases::later));
            }
        });
    }

    private static long later(long one, long other) {
        return one - other > 0 ? one : other;
    }

    /** The last of the own notices that a majority of the voters had read when it said that it grants the pipeline. */
    private Optional<Long> granted(String pipeline, long now) {
        Map<String, Long> votes = new HashMap<>();
        Set<String> voters = new HashSet<>(listed);
        if (isSettled(now)) {
            voter(self, leaving, voters);
            if (self.equals(grants.get(pipeline))) {
                votes.put(Notice.address(self), number);
            }
        }
        readings.values().forEach(reading -> {
            Notice notice = reading.notice();
            if (notice.settled() && (isPresent(reading, now) || missed.containsKey(notice.member()))) {
                voter(notice.member(), notice.leaving(), voters);
            }
            if (self.equals(notice.grants().get(pipeline))) {
                votes.merge(notice.address(), notice.heard().getOrDefault(self, 0L), Math::max);
            }
        });
        votes.keySet().retainAll(voters);
        List<Long> read = new ArrayList<>(votes.values());
        read.sort(Comparator.reverseOrder());
        int majority = voters.size() / 2 + 1;
        return voters.isEmpty() || read.size() < majority ? Optional.empty() : Optional.of(read.get(majority - 1));
    }

    private void voter(String member, boolean leaves, Set<String> voters) {
        if (listed.isEmpty() && !leaves) {
            voters.add(Notice.address(member));
        }
    }

    /** What to say now, if there is something to say; it counts as sent from this moment on. */
    synchronized Optional<Notice> next() {
        long now = ticker.getAsLong();
        if (now - lookedAt > PAUSE) {
            // what there was to say is of before the pause
            return Optional.empty();
        }
        Map<String, Long> heard = new TreeMap<>();
        readings.forEach((member, reading) -> heard.put(member, reading.notice().number()));
        Notice notice = new Notice(
                self,
                number + 1,
                isSettled(now),
                leaving,
                isInformed(now),
                claims.keySet(),
                heard,
                isSettled(now) ? grants : Map.of(),
                places);
        if (last != null
                && last.saysTheSameAs(notice)
                && now - sent.getOrDefault(number, now - BEAT.toNanos()) < BEAT.toNanos()) {
            return Optional.empty();
        }
        last = notice;
        number++;
        sent.put(number, now);
        return Optional.of(notice);
    }

    @Override
    synchronized SortedSet<String> members() {
        long now = ticker.getAsLong();
        SortedSet<String> members = new TreeSet<>(Set.of(self));
        readings.values().stream()
                .filter(reading -> isPresent(reading, now))
                .forEach(reading -> members.add(reading.notice().member()));
        return members;
    }

    /** Whether more than half of the voters are here. */
    synchronized boolean isMajorityHere() {
        return isMajorityHere(ticker.getAsLong());
    }

    private boolean isMajorityHere(long now) {
        Set<String> here = new HashSet<>(Set.of(Notice.address(self)));
        readings.values().stream()
                .filter(reading -> isPresent(reading, now))
                .forEach(reading -> here.add(reading.notice().address()));
        here.retainAll(listed);
        return listed.isEmpty() || here.size() * 2 > listed.size();
    }
}
