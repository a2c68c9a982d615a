package org.currencyroutes.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a member says to all others, a few times a second: who it is, as {@code host:port/number}, and the how manieth
 * notice of it this is; whether it has been here long enough to count, whether it leaves, and whether it knows what
 * the others do by now; which pipelines it owns or would own; which notice of each other member it read last, and to whom it
 * grants each pipeline; and where each pipeline belongs, which counts if this member is the one to say so.
 */
record Notice(
        String member,
        long number,
        boolean settled,
        boolean leaving,
        boolean informed,
        Set<String> claims,
        Map<String, Long> heard,
        Map<String, String> grants,
        Map<String, String> places) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Takes what a later change of the collections does not change. */
    Notice {
        claims = new TreeSet<>(claims);
        heard = new TreeMap<>(heard);
        grants = new TreeMap<>(grants);
        places = new TreeMap<>(places);
    }

    /** Where the member is, {@code host:port}: what comes after it there is another member, with the same vote. */
    String address() {
        return address(member);
    }

    static String address(String member) {
        return member.substring(0, member.indexOf('/'));
    }

    /** Whether it says the same as another, later one. */
    boolean saysTheSameAs(Notice other) {
        return settled == other.settled
                && leaving == other.leaving
                && informed == other.informed
                && claims.equals(other.claims)
                && grants.equals(other.grants)
                && places.equals(other.places);
    }

    String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static Notice ofJson(String json) {
        try {
            return JSON.readValue(json, Notice.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no notice of a member", e);
        }
    }
}
