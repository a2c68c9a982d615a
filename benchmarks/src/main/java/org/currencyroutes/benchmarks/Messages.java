package org.currencyroutes.benchmarks;

import java.time.LocalDate;

/** The requests that are sent, and what an answer to them looks like. */
final class Messages {

    static final String HEARTBEAT = "{\"type\":\"heartbeat\"}";

    private static final LocalDate FIRST = LocalDate.of(2021, 5, 10);
    private static final int DAYS = 20;
    private static final String RIGHT = "\"stake\":207.52054,\"currency\":\"EUR\"";

    private Messages() {}

    /** A request of 157 bytes and its id; its day is one of twenty. */
    static String request(int id) {
        return request(id, FIRST.plusDays(id % DAYS), "");
    }

    /** A request for the rates of a day. */
    static String request(int id, LocalDate day) {
        return request(id, day, "");
    }

    /** A request filled up to so many bytes with fields that nobody reads, which stand before the stake. */
    static String requestOf(int id, int bytes) {
        StringBuilder unread = new StringBuilder();
        int missing = bytes - request(id).length();
        for (int i = 0; missing - unread.length() >= 24; i++) {
            String name = "\"note" + i + "\":\"";
            int value = Math.min(40, missing - unread.length() - name.length() - 2);
            unread.append(name).append("x".repeat(Math.max(0, value))).append("\",");
        }
        return request(id, FIRST.plusDays(id % DAYS), unread.toString());
    }

    private static String request(int id, LocalDate day, String unread) {
        return "{\"type\":\"message\",\"id\":" + id + ",\"payload\":{\"marketId\":123456,\"selectionId\":987654,"
                + "\"odds\":2.20," + unread + "\"stake\":253.67,\"currency\":\"USD\",\"date\":\"" + day
                + "T21:32:42.324Z\"}}";
    }

    /** Which request an answer is for. */
    static int id(String answer) {
        int from = answer.indexOf("\"id\":") + 5;
        return Integer.parseInt(answer, from, answer.indexOf(',', from), 10);
    }

    /** Whether an answer is no error, and right. */
    static boolean isRight(String answer) {
        return answer.contains(RIGHT);
    }
}
