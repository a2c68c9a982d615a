package org.currencyroutes.demo;

import java.time.DateTimeException;
import java.time.Instant;

/**
 * A request of the demo's pipeline, with all that is known of its answer beforehand.
 *
 * @param id the id that comes back
 * @param frame the request as it is sent
 * @param wrong whether it is wrong, so that it must be refused
 * @param needsRates whether rates have to be known for its answer
 * @param inWords the request, and its answer if it can be converted, for a person
 * @param head what the answer begins with
 * @param middle what stands somewhere between head and tail of a refusal; a conversion has the instant there
 * @param tail what the answer ends with
 */
record DemoRequest(
        long id,
        String frame,
        boolean wrong,
        boolean needsRates,
        String inWords,
        String head,
        String middle,
        String tail) {

    private static final String REFUSAL =
            "{\"type\":\"error\",\"id\":%d,\"message\":\"Unable to convert stake. Error: ";
    private static final String UNAVAILABLE = " are not available at the moment\"}";

    /** A request that must be answered by these texts around the instant of the conversion. */
    static DemoRequest right(long id, String frame, boolean needsRates, String inWords, String head, String tail) {
        return new DemoRequest(id, frame, false, needsRates, inWords, head, "", tail);
    }

    /** A request that must be refused with a reason that has this text in it. */
    static DemoRequest wrong(long id, String frame, boolean needsRates, String inWords, String reason) {
        return new DemoRequest(id, frame, true, needsRates, inWords, REFUSAL.formatted(id), reason, "\"}");
    }

    /** Whether this is the answer that the request must get, to the last character. */
    boolean isAnsweredBy(String answer) {
        if (!answer.startsWith(head) || !answer.endsWith(tail) || answer.length() < head.length() + tail.length()) {
            return false;
        }
        String between = between(answer);
        return wrong ? between.contains(middle) : isInstant(between);
    }

    /** Whether the answer is one that any request may get: the application stops, or its rates were too slow to come. */
    boolean isTurnedAwayBy(String answer) {
        return answer.equals(REFUSAL.formatted(id) + "shutting down\"}")
                || needsRates && answer.startsWith(REFUSAL.formatted(id)) && answer.endsWith(UNAVAILABLE);
    }

    /** The reason in a refusal. */
    String reason(String answer) {
        return answer.substring(REFUSAL.formatted(id).length(), answer.length() - 2);
    }

    private String between(String answer) {
        return answer.substring(head.length(), answer.length() - tail.length());
    }

    private static boolean isInstant(String text) {
        try {
            return text.endsWith("Z") && Instant.parse(text) != null;
        } catch (DateTimeException e) {
            return false;
        }
    }
}
