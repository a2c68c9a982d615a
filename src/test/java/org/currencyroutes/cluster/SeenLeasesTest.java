package org.currencyroutes.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.currencyroutes.cluster.SeenLeases.Stored;
import org.junit.jupiter.api.Test;

/** What members make of the leases that they see, in simulated time. */
class SeenLeasesTest {

    private static final Set<String> ONE = Set.of("main");

    /** The leases as the API server has them, which minds their versions. */
    private final Map<String, Stored> stored = new TreeMap<>();

    private long now;
    private int version;

    private final Set<String> pipelines = new TreeSet<>(ONE);
    private final SeenLeases first = new SeenLeases("a/1", () -> now);
    private final SeenLeases second = new SeenLeases("b/2", () -> now);

    private void pass(Duration time) {
        now += time.toNanos();
    }

    /** Reads and writes all, in no time. */
    private void round(SeenLeases member) {
        member.look(stored, pipelines).forEach((lease, holder) -> write(member, lease, holder));
        member.forgotten().forEach(stored::remove);
    }

    private void write(SeenLeases member, String lease, String holder) {
        stored.put(lease, new Stored(holder, "" + ++version));
        member.written(lease, stored.get(lease), now);
    }

    private void rounds(Duration time, SeenLeases... members) {
        for (long end = now + time.toNanos(); now < end; pass(Duration.ofSeconds(1))) {
            for (SeenLeases member : members) {
                round(member);
            }
        }
    }

    private boolean owns(SeenLeases member) {
        return member.isOwner("main");
    }

    @Test
    void whatNobodyHoldsIsOwnedAtOnce() {
        round(first);
        assertTrue(owns(first));
    }

    @Test
    void anOwnerOwnsUntilAHoldAfterItsLastRenewalWasSent() {
        round(first);
        pass(SeenLeases.HOLD.minusNanos(1));
        assertTrue(owns(first));
        pass(Duration.ofNanos(1));
        assertFalse(owns(first));
    }

    @Test
    void aRenewalCountsFromBeforeItWasSentHoweverLateItsAnswer() {
        long sentAt = now;
        pass(Duration.ofSeconds(4));
        first.written("pipeline-main", new Stored("a/1", "1"), sentAt);
        pass(SeenLeases.HOLD.minusSeconds(4));
        assertFalse(owns(first));
    }

    @Test
    void anOwnerThatRenewsStaysTheOwner() {
        rounds(Duration.ofMinutes(2), first, second);
        assertTrue(owns(first));
        assertFalse(owns(second));
    }

    @Test
    void aLeaseIsTakenWhenItWasSeenUnchangedForALeaseAndNotBefore() {
        round(first);
        round(second);
        rounds(SeenLeases.LEASE.minusSeconds(1), second);
        pass(Duration.ofSeconds(1).minusNanos(1));
        round(second);
        assertFalse(owns(second));
        pass(Duration.ofNanos(1));
        round(second);
        assertTrue(owns(second));
    }

    @Test
    void aMemberThatJustCameWaitsALeaseHoweverOldTheLeaseIs() {
        round(first);
        pass(Duration.ofDays(1));
        round(second);
        assertFalse(owns(second));
        rounds(SeenLeases.LEASE.plusSeconds(1), second);
        assertTrue(owns(second));
    }

    @Test
    void whatBelongsToAMemberThatCameTooLateToTakeItIsTakenByAnother() {
        SeenLeases third = new SeenLeases("c/3", () -> now);
        round(first);
        round(third);
        rounds(SeenLeases.LEASE.minusSeconds(2), third);
        rounds(SeenLeases.PATIENCE.plusSeconds(4), second, third);
        assertFalse(owns(second));
        assertTrue(owns(third));
    }

    @Test
    void anOwnerThatWasPausedOwnsNothingAndTakesNothingFromTheNext() {
        round(first);
        round(second);
        rounds(SeenLeases.LEASE.plusSeconds(2), second);
        assertTrue(owns(second));
        assertFalse(owns(first));
        round(first);
        assertFalse(owns(first));
        assertTrue(owns(second));
    }

    @Test
    void anOwnerWhoseLeaseIsAnothersByNowStopsAtOnce() {
        round(first);
        stored.put("pipeline-main", new Stored("b/2", "other"));
        round(first);
        assertFalse(owns(first));
    }

    @Test
    void whatWasLetGoIsAnothersInItsNextRound() {
        round(first);
        round(second);
        first.leave();
        assertTrue(owns(first));
        first.letGo("main");
        assertFalse(owns(first));
        round(first);
        round(second);
        assertTrue(owns(second));
        assertEquals(Set.of("member-2", "pipeline-main"), stored.keySet());
    }

    @Test
    void whatIsGivenUpIsRenewedNoMoreAndFreeOnlyWhenItIsLetGo() {
        round(first);
        round(second);
        first.giveUp("main");
        rounds(Duration.ofSeconds(5), first, second);
        assertTrue(owns(first));
        pass(SeenLeases.HOLD.minusSeconds(5));
        assertFalse(owns(first));
        assertEquals("a/1", stored.get("pipeline-main").holder());
        first.letGo("main");
        round(first);
        assertEquals("", stored.get("pipeline-main").holder());
    }

    @Test
    void aMemberThatIsNotLeavingLetsNothingGoThatItDidNotGiveUp() {
        round(first);
        first.letGo("main");
        round(first);
        assertTrue(owns(first));
    }

    @Test
    void aWriteOfWhichNoAnswerCameIsDoneAgain() {
        stored.put("pipeline-main", new Stored("a/1", "7"));
        assertFalse(owns(first));
        round(first);
        assertTrue(owns(first));
    }

    @Test
    void pipelinesAreGivenToMembersThatComeUntilTheyHaveAsMany() {
        pipelines.addAll(Set.of("p1", "p2", "p3"));
        rounds(Duration.ofSeconds(3), first);
        assertEquals(4, pipelines.stream().filter(first::isOwner).count());
        for (int i = 0; i < 20; i++) {
            rounds(Duration.ofSeconds(1), second, first);
            pipelines.forEach(pipeline -> {
                assertFalse(first.isOwner(pipeline) && second.isOwner(pipeline));
                first.letGo(pipeline);
                second.letGo(pipeline);
            });
        }
        assertEquals(2, pipelines.stream().filter(first::isOwner).count());
        assertEquals(2, pipelines.stream().filter(second::isOwner).count());
    }

    @Test
    void whoIsGoneForLongIsForgotten() {
        round(first);
        rounds(Duration.ofSeconds(1), second);
        assertEquals(Set.of("a/1", "b/2"), second.members());
        rounds(SeenLeases.PRESENCE, second);
        assertEquals(Set.of("b/2"), second.members());
        rounds(SeenLeases.MEMORY.plusSeconds(1), second);
        assertEquals(Set.of("member-2", "pipeline-main"), stored.keySet());
    }
}
