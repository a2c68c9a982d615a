package org.currencyroutes.rates;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.currencyroutes.Decimals;

/**
 * A provider's rates of one day: units of each currency for one unit of the base.
 *
 * @param base the code of the base currency
 * @param day the day that the rates are of
 * @param quotes units for one of the base, by currency code; zero where the provider gave no positive, finite number
 */
public record RateTable(String base, LocalDate day, Map<String, BigDecimal> quotes) {

    /** Refuses a table that lacks a part. */
    public RateTable {
        if (base == null || day == null || quotes == null) {
            throw new IllegalArgumentException("a table of rates needs a base, a date and rates");
        }
        quotes = Map.copyOf(quotes);
    }

    /**
     * The table of what a provider's JSON holds: the day as a date, as ISO-8601 text, in seconds since 1970, or as the
     * answer that has it as {@code date} or {@code timestamp}; of the rates, what is no positive number becomes zero, so
     * that only its use fails.
     */
    public static RateTable of(String base, Object day, Map<?, ?> rates) {
        return new RateTable(base, day(day), quotes(rates, ""));
    }

    /** The same where the rates are named by pairs: with base {@code USD}, {@code USDEUR} is the rate of the euro. */
    public static RateTable ofPairs(String base, Object day, Map<?, ?> rates) {
        return new RateTable(base, day(day), quotes(rates, base));
    }

    /** The same where the rates are below their day; refuses more days than one. */
    public static RateTable ofDays(String base, Map<?, ?> ratesByDay) {
        if (ratesByDay == null || ratesByDay.size() != 1) {
            throw new IllegalArgumentException("a table of rates needs one day");
        }
        Map.Entry<?, ?> only = ratesByDay.entrySet().iterator().next();
        return of(base, only.getKey(), only.getValue() instanceof Map<?, ?> rates ? rates : null);
    }

    /** Units of the currency for one of the base, if the table has the currency; zero if its rate cannot be used. */
    public Optional<BigDecimal> quote(String currency) {
        return currency.equals(base) ? Optional.of(BigDecimal.ONE) : Optional.ofNullable(quotes.get(currency));
    }

    /** Whether the table has the currency, but no rate of it that one could divide by. */
    public boolean isUnusableFor(String currency) {
        return quote(currency).filter(RateTable::isUnusable).isPresent();
    }

    /** Whether a quote of a table is none that one could divide by. */
    public static boolean isUnusable(BigDecimal quote) {
        return quote.signum() <= 0;
    }

    private static LocalDate day(Object day) {
        if (day instanceof Map<?, ?> answer) {
            return day(answer.get("date") == null ? answer.get("timestamp") : answer.get("date"));
        }
        try {
            if (day instanceof Number seconds) {
                return LocalDate.ofInstant(Instant.ofEpochSecond(seconds.longValue()), ZoneOffset.UTC);
            }
            return day instanceof LocalDate date ? date : day == null ? null : LocalDate.parse(day.toString());
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("the day of the rates is no date", e);
        }
    }

    private static Map<String, BigDecimal> quotes(Map<?, ?> rates, String prefix) {
        if (rates == null || prefix == null) {
            return null;
        }
        Map<String, BigDecimal> quotes = new HashMap<>();
        rates.forEach((name, rate) -> {
            if (name.toString().startsWith(prefix)) {
                quotes.put(name.toString().substring(prefix.length()), positive(rate));
            }
        });
        return quotes;
    }

    private static BigDecimal positive(Object rate) {
        return rate instanceof Number number
                ? Decimals.read(number.toString()).orElse(BigDecimal.ZERO).max(BigDecimal.ZERO)
                : BigDecimal.ZERO;
    }
}
