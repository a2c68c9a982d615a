package org.currencyroutes.conversion;

/** Requests as the pipeline writes them. */
final class Requests {

    static final String DAY = "2021-05-18";

    private Requests() {}

    /** The request of the contract, its stake and the others given as JSON. */
    static String request(String id, String stake, String currency, String date) {
        return "{\"type\":\"message\",\"id\":" + id
                + ",\"payload\":{\"marketId\":123456,\"selectionId\":987654,\"odds\":2.2,\"stake\":" + stake
                + ",\"currency\":" + currency + ",\"date\":" + date + "}}";
    }

    /** A request for a stake in a currency on the day of the contract's example. */
    static String request(String stake, String currency) {
        return request("456", stake, '"' + currency + '"', '"' + DAY + '"');
    }
}
