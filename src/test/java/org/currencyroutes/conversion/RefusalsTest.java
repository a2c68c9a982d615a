package org.currencyroutes.conversion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.currencyroutes.peer.LogLines;
import org.junit.jupiter.api.Test;

class RefusalsTest {

    private final Refusals refusals =
            new Refusals(Clock.fixed(Instant.parse("2026-11-22T12:00:00.500Z"), ZoneOffset.UTC));

    private static PipelineMessage message(String id) {
        return PipelineMessage.read(("{\"type\":\"message\",\"id\":" + id + "}").getBytes(StandardCharsets.UTF_8));
    }

    /** Logs, and gives what was logged of this test, whatever others log meanwhile. */
    private List<String> logged(String mark) {
        try (LogLines log = new LogLines()) {
            refusals.log();
            return log.lines().stream().filter(line -> line.contains(mark)).toList();
        }
    }

    @Test
    void whatWasRefusedSinceTheLastTimeIsOneLine() {
        refusals.add(message("\"refusals-1\""), "one reason");
        refusals.add(message("2"), "another");
        refusals.add(message("3"), "another");
        assertEquals(
                List.of("WARN Refused 3 requests, the first: one reason (id \"refusals-1\")"), logged("refusals-1"));
        assertEquals(List.of(), logged("refusals-1"));
        refusals.add(message("\"refusals-1\""), "a third");
        assertEquals(List.of("WARN Refused a request: a third (id \"refusals-1\")"), logged("refusals-1"));
    }

    @Test
    void anIdIsLoggedAsFarAsALogCanHoldIt() {
        refusals.add(message("{\"refusals-2\":\n\t\"\u009b31m\u2028\"}"), "why");
        assertEquals(List.of("WARN Refused a request: why (id {\"refusals-2\":??\"?31m?\"})"), logged("refusals-2"));
        refusals.add(message("\"refusals-3" + "x".repeat(10_000) + "\""), "why");
        String line = logged("refusals-3").get(0);
        assertTrue(line.length() < 120, line);
    }

    @Test
    void theLastTwentyAreHeldTheNewestFirst() {
        for (int i = 1; i <= 25; i++) {
            refusals.add(message(String.valueOf(i)), "reason " + i);
        }
        refusals.log();
        List<Map<String, Object>> last = refusals.last();
        assertEquals(20, last.size());
        assertEquals(Map.of("at", "2026-11-22T12:00:00.500Z", "id", "25", "why", "reason 25"), last.get(0));
        assertEquals("6", last.get(19).get("id"));
    }

    @Test
    void whatIsHeldOfAnIdIsShortAndPrintable() {
        refusals.add(message("\"\u009b" + "x".repeat(10_000) + "\""), "why");
        assertEquals("\"?" + "x".repeat(62) + "...", refusals.last().get(0).get("id"));
    }
}
