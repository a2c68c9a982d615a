package org.currencyroutes.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who owns a pipeline, in simulated time; the simulation itself fails as soon as there are two owners. */
class LeasesTest {

    // a soak has more of them
    private static final int SEEDS = Integer.getInteger("fx.seeds", 20);

    private static SimulatedCluster three(boolean listed) {
        return new SimulatedCluster(1, 3, 1, listed, 0);
    }

    private static long millisUntilOwned(SimulatedCluster cluster, int notBy) {
        for (long time = 0; time < 60_000; time += 10) {
            int owner = cluster.ownerOf("p0");
            if (owner >= 0 && owner != notBy) {
                return time;
            }
            cluster.pass(10);
        }
        throw new AssertionError("nobody owns it");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPipelineIsOwnedALeaseAfterTheStart(boolean listed) {
        SimulatedCluster cluster = three(listed);
        cluster.pass(3_000);
        assertEquals(-1, cluster.ownerOf("p0"));
        cluster.pass(1_000);
        assertTrue(cluster.ownerOf("p0") >= 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whenItsOwnerIsKilledAnotherOwnsItSoonAfterALease(boolean listed) {
        SimulatedCluster cluster = three(listed);
        cluster.pass(10_000);
        int owner = cluster.ownerOf("p0");
        cluster.kill(owner);
        long time = millisUntilOwned(cluster, owner);
        assertTrue(time > 2_000 && time < 3_500, () -> time + " ms");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whenItsOwnerLeavesAnotherOwnsItAtOnce(boolean listed) {
        SimulatedCluster cluster = three(listed);
        cluster.pass(10_000);
        int owner = cluster.ownerOf("p0");
        cluster.leave(owner);
        long time = millisUntilOwned(cluster, owner);
        assertTrue(time < 500, () -> time + " ms");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anOwnerThatWasPausedIsNoneWhenItWakesUp(boolean listed) {
        // whichever of them it is that says where pipelines belong
        for (int seed = 0; seed < 10; seed++) {
            SimulatedCluster cluster = new SimulatedCluster(seed, 3, 1, listed, 0);
            cluster.pass(10_000);
            int owner = cluster.ownerOf("p0");
            cluster.pause(owner, 4_000 + 2_000 * seed);
            cluster.pass(1_000);
            long time = millisUntilOwned(cluster, owner);
            assertTrue(time < 3_500, () -> time + " ms");
            int other = cluster.ownerOf("p0");
            keepsOwning(cluster, other, 30_000);
        }
    }

    private static void keepsOwning(SimulatedCluster cluster, int owner, long time) {
        for (long passed = 0; passed < time; passed += 100) {
            cluster.pass(100);
            assertEquals(owner, cluster.ownerOf("p0"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPauseOfAnotherDoesNotTouchTheOwner(boolean listed) {
        SimulatedCluster cluster = three(listed);
        cluster.pass(10_000);
        int owner = cluster.ownerOf("p0");
        cluster.pause((owner + 1) % 3, 20_000);
        keepsOwning(cluster, owner, 30_000);
    }

    @Test
    void theSmallerSideGivesItUpBeforeTheLargerTakesIt() {
        SimulatedCluster cluster = three(true);
        cluster.pass(10_000);
        int owner = cluster.ownerOf("p0");
        cluster.cut(owner);
        cluster.pass(2_600);
        assertEquals(-1, cluster.ownerOf("p0"));
        cluster.pass(1_000);
        int other = cluster.ownerOf("p0");
        assertTrue(other >= 0 && other != owner);
        cluster.cut();
        keepsOwning(cluster, other, 10_000);
    }

    @Test
    void ofTwoEqualHalvesNeitherOwns() {
        SimulatedCluster cluster = new SimulatedCluster(1, 4, 4, true, 0);
        cluster.pass(10_000);
        assertEquals(List.of(1L, 1L, 1L, 1L), cluster.loads());
        cluster.cut(0, 1);
        cluster.pass(10_000);
        assertEquals(List.of(0L, 0L, 0L, 0L), cluster.loads());
        cluster.cut();
        cluster.pass(10_000);
        assertEquals(4, cluster.loads().stream().mapToLong(Long::longValue).sum());
    }

    @Test
    void withoutAMajorityNobodyOwnsAndWithOneAgainSomebodyDoes() {
        SimulatedCluster cluster = three(true);
        cluster.pass(10_000);
        cluster.kill(0);
        cluster.kill(1);
        cluster.pass(10_000);
        assertEquals(-1, cluster.ownerOf("p0"));
        cluster.begin(0);
        cluster.pass(10_000);
        assertTrue(cluster.ownerOf("p0") >= 0);
    }

    @Test
    void pipelinesSpreadOverTheMembersAndMoveOneByOne() {
        SimulatedCluster cluster = new SimulatedCluster(1, 3, 9, true, 0);
        cluster.kill(2);
        cluster.pass(10_000);
        assertEquals(9, cluster.loads().stream().mapToLong(Long::longValue).sum());
        assertTrue(cluster.loads().stream().allMatch(load -> load >= 4), () -> cluster.loads()
                .toString());
        cluster.begin(2);
        cluster.pass(12_000);
        assertEquals(List.of(3L, 3L, 3L), cluster.loads());
        cluster.kill(0);
        cluster.pass(12_000);
        assertEquals(9, cluster.loads().stream().mapToLong(Long::longValue).sum());
    }

    @Test
    void whateverGoesWrongThereAreNeverTwoOwnersAndInTheEndThereIsOne() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            int members = 1 + random.nextInt(5);
            SimulatedCluster cluster = new SimulatedCluster(seed, members, 2, true, 0.1);
            hold(cluster, seed, random);
            for (int place = 0; place < members; place++) {
                cluster.begin(place);
            }
            settle(cluster, seed);
        }
    }

    @Test
    void onOneMachineThereAreNeverTwoOwnersWhoeverIsKilledOrPaused() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            SimulatedCluster cluster = new SimulatedCluster(seed, 1 + random.nextInt(4), 2, false, 0);
            hold(cluster, seed, random);
            cluster.begin(0);
            settle(cluster, seed);
        }
    }

    private static void hold(SimulatedCluster cluster, int seed, Random random) {
        try {
            for (int i = 0; i < 60; i++) {
                cluster.mishap();
                cluster.pass(random.nextInt(3_000));
            }
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private static void settle(SimulatedCluster cluster, int seed) {
        cluster.cut();
        cluster.disturb(30, 0);
        cluster.pass(45_000);
        assertEquals(1, cluster.owners("p0").size(), () -> "seed " + seed);
        assertEquals(1, cluster.owners("p1").size(), () -> "seed " + seed);
    }
}
