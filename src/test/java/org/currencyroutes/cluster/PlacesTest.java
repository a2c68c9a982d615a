package org.currencyroutes.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PlacesTest {

    private static final List<String> PIPELINES = List.of("p", "q", "r", "s");

    private static SortedSet<String> members(String... names) {
        return new TreeSet<>(List.of(names));
    }

    @Test
    void withoutAMemberThereIsNoPlace() {
        assertEquals(Map.of(), Places.of(PIPELINES, members(), Map.of(), Map.of()));
    }

    @Test
    void whatNobodyHoldsGoesToTheMemberWithTheFewest() {
        assertEquals(
                Map.of("p", "a", "q", "b", "r", "a", "s", "b"),
                Places.of(PIPELINES, members("a", "b"), Map.of(), Map.of()));
    }

    @Test
    void whatAMemberHoldsStaysThereAndWhatItWasToHaveIsKeptForIt() {
        assertEquals(
                Map.of("p", "b", "q", "a", "r", "a", "s", "b"),
                Places.of(PIPELINES, members("a", "b"), Map.of("p", "b", "q", "a"), Map.of("r", "a", "q", "b")));
    }

    @Test
    void whatAMemberHeldThatIsGoneGoesToTheOthers() {
        assertEquals(
                Map.of("p", "a", "q", "b", "r", "a", "s", "b"),
                Places.of(PIPELINES, members("a", "b"), Map.of("p", "a", "q", "b", "r", "c"), Map.of("s", "c")));
    }

    @Test
    void oneMovesToAMemberThatHasTwoLessAndNoneToOneThatHasOneLess() {
        Map<String, String> held = Map.of("p", "a", "q", "a", "r", "b", "s", "b");

        Map<String, String> moved = Places.of(PIPELINES, members("a", "b", "c"), held, held);

        assertEquals(Map.of("p", "c", "q", "a", "r", "b", "s", "b"), moved);
        assertEquals(moved, Places.of(PIPELINES, members("a", "b", "c"), moved, moved));
    }

    @Test
    void noneMovesWhileAnotherIsOnItsWay() {
        Map<String, String> held = Map.of("p", "a", "q", "a", "r", "a");

        assertEquals(
                "b",
                Places.of(PIPELINES, members("a", "b"), held, Map.of("s", "b")).get("s"));
        assertEquals(
                "a",
                Places.of(PIPELINES, members("a", "b"), held, Map.of("s", "b")).get("p"));
    }
}
