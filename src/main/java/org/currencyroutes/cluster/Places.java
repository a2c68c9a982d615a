package org.currencyroutes.cluster;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Says where pipelines belong, so that members have about as many of them each, and as few as possible are moved. */
final class Places {

    private Places() {}

    /**
     * The member for each pipeline, of those that can have one. It stays with the member that holds it; one that nobody
     * holds goes where it was said to go before, or else to the member that has the fewest. Where all are held, one moves
     * from the member with the most to that with the fewest if they differ by more than one; the same one until it is done.
     */
    static Map<String, String> of(
            Collection<String> pipelines,
            SortedSet<String> members,
            Map<String, String> held,
            Map<String, String> before) {
        Map<String, String> places = new TreeMap<>();
        if (members.isEmpty()) {
            return places;
        }
        for (String pipeline : pipelines) {
            for (String member : new String[] {held.get(pipeline), before.get(pipeline)}) {
                if (member != null && members.contains(member)) {
                    places.putIfAbsent(pipeline, member);
                }
            }
        }
        boolean calm = places.equals(held);
        Map<String, Integer> loads = new HashMap<>();
        places.values().forEach(member -> loads.merge(member, 1, Integer::sum));
        Comparator<String> byLoad = Comparator.comparing(member -> loads.getOrDefault(member, 0));
        for (String pipeline : new TreeSet<>(pipelines)) {
            if (!places.containsKey(pipeline)) {
                String least = members.stream().min(byLoad).orElseThrow();
                places.put(pipeline, least);
                loads.merge(least, 1, Integer::sum);
            }
        }
        String most = members.stream().max(byLoad).orElseThrow();
        String least = members.stream().min(byLoad).orElseThrow();
        if (calm && loads.getOrDefault(most, 0) - loads.getOrDefault(least, 0) > 1) {
            Optional<String> moved = places.keySet().stream()
                    .filter(pipeline -> places.get(pipeline).equals(most))
                    .findFirst();
            moved.ifPresent(pipeline -> places.put(pipeline, least));
        }
        return places;
    }
}
