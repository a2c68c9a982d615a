package org.currencyroutes.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.TreeMap;
import org.currencyroutes.Decimals;
import org.currencyroutes.rates.RateTable;

/**
 * A table of rates as the members of a cluster give it to one another: JSON, with the decimals as texts.
 *
 * @param fetched when a provider gave it, by the clock of the member that asked
 * @param base the code of the base currency
 * @param day the day that the rates are of
 * @param quotes units for one of the base, by currency code
 */
record SharedTable(long fetched, String base, String day, Map<String, String> quotes) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The text of a table. */
    static String text(RateTable table, Instant fetched) {
        Map<String, String> quotes = new TreeMap<>();
        table.quotes().forEach((currency, quote) -> quotes.put(currency, quote.toString()));
        try {
            return JSON.writeValueAsString(new SharedTable(
                    fetched.toEpochMilli(), table.base(), table.day().toString(), quotes));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a text means; refuses one that is no table. */
    static SharedTable of(String text) {
        try {
            return JSON.readValue(text, SharedTable.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no table of rates", e);
        }
    }

    /** The table itself, each decimal with its digits. */
    RateTable table() {
        Map<String, BigDecimal> decimals = new TreeMap<>();
        quotes.forEach(
                (currency, quote) -> decimals.put(currency, Decimals.read(quote).orElse(BigDecimal.ZERO)));
        return new RateTable(base, LocalDate.parse(day), decimals);
    }
}
