package org.currencyroutes.rates;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.LocalDate;
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
@JsonIgnoreProperties(ignoreUnknown = true)
public record RateTable(String base, LocalDate day, Map<String, BigDecimal> quotes) {

    /** Refuses a table that lacks a part. */
    public RateTable {
        if (base == null || day == null || quotes == null) {
            throw new IllegalArgumentException("a table of rates needs a base, a date and rates");
        }
        quotes = Map.copyOf(quotes);
    }

    /** Units of the currency for one of the base, if the table has the currency; zero if its rate cannot be used. */
    public Optional<BigDecimal> quote(String currency) {
        return currency.equals(base) ? Optional.of(BigDecimal.ONE) : Optional.ofNullable(quotes.get(currency));
    }

    /** Whether the table has the currency, but no rate of it that one could divide by. */
    public boolean isUnusableFor(String currency) {
        return quote(currency).filter(quote -> quote.signum() <= 0).isPresent();
    }

    /** Reads the form of <a href="https://frankfurter.dev">Frankfurter</a>'s answers. */
    @JsonCreator
    static RateTable of(
            @JsonProperty("base") String base,
            @JsonProperty("date") LocalDateText date,
            @JsonProperty("rates") @JsonDeserialize(using = Quotes.class) Map<String, BigDecimal> rates) {
        return new RateTable(base, date == null ? null : date.day(), rates);
    }

    /** An ISO-8601 date in JSON. */
    record LocalDateText(LocalDate day) {

        @JsonCreator
        static LocalDateText of(String text) {
            return new LocalDateText(LocalDate.parse(text));
        }
    }

    /** Reads rates exactly, digit for digit; what is no positive number becomes zero, so that only its use fails. */
    static final class Quotes extends JsonDeserializer<Map<String, BigDecimal>> {

        @Override
        public Map<String, BigDecimal> deserialize(JsonParser parser, DeserializationContext context)
                throws IOException {
            if (!parser.isExpectedStartObjectToken()) {
                return context.reportInputMismatch(Map.class, "the rates are not an object");
            }
            Map<String, BigDecimal> quotes = new HashMap<>();
            for (String code = parser.nextFieldName(); code != null; code = parser.nextFieldName()) {
                JsonToken token = parser.nextToken();
                quotes.put(code, token.isNumeric() ? positive(parser.getText()) : BigDecimal.ZERO);
                parser.skipChildren();
            }
            return quotes;
        }

        private static BigDecimal positive(String number) {
            return Decimals.read(number).orElse(BigDecimal.ZERO).max(BigDecimal.ZERO);
        }
    }
}
