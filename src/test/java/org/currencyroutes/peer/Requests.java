package org.currencyroutes.peer;

/** Requests as the pipeline writes them. */
public final class Requests {

    /** The day of the contract's example. */
    public static final String DAY = "2021-05-18";

    private Requests() {}

    /** A request whose id and fields are given as JSON. */
    public static String request(String id, String stake, String currency, String date) {
        return "{\"type\":\"message\",\"id\":" + id
                + ",\"payload\":{\"marketId\":123456,\"selectionId\":987654,\"odds\":2.2,\"stake\":" + stake
                + ",\"currency\":" + currency + ",\"date\":" + date + "}}";
    }

    /** A request for 253.67 of a currency on a day, as texts. */
    public static String request(String id, String currency, String day) {
        return request(id, "253.67", '"' + currency + '"', '"' + day + '"');
    }

    /** The error with which such a request is answered. */
    public static String error(String id, String why) {
        return "{\"type\":\"error\",\"id\":" + id + ",\"message\":\"Unable to convert stake. Error: " + why + "\"}";
    }
}
