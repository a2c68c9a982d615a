package org.currencyroutes.conversion;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Optional;
import org.currencyroutes.Decimals;
import org.currencyroutes.conversion.PipelineMessage.Field;
import org.currencyroutes.rates.RateTable;

/** A stake in a currency on a UTC day, read from a message and found to be convertible as far as its own fields tell. */
public final class ConversionRequest {

    /** The first day of the euro's reference rates, hence the first that any provider can know. */
    public static final LocalDate FIRST_DAY = LocalDate.of(1999, 1, 4);

    private final PipelineMessage message;
    private final BigDecimal stake;
    private final String currency;
    private final LocalDate day;
    private final RateTable rates;

    private ConversionRequest(
            PipelineMessage message, BigDecimal stake, String currency, LocalDate day, RateTable rates) {
        this.message = message;
        this.stake = stake;
        this.currency = currency;
        this.day = day;
        this.rates = rates;
    }

    /** Reads a request; refuses one with a field that is missing, of the wrong kind, or given twice, naming it. */
    public static ConversionRequest of(PipelineMessage message) throws ConversionRefused {
        once(message.typeField());
        once(message.idField());
        once(message.payload());
        if (!message.payload().isObject()) {
            throw new ConversionRefused("payload must be an object");
        }
        return new ConversionRequest(message, readStake(message), readCurrency(message), readDay(message), null);
    }

    /** The message that this request was read from. */
    public PipelineMessage message() {
        return message;
    }

    /** The stake, exactly as written. */
    public BigDecimal stake() {
        return stake;
    }

    /** The code of the stake's currency as written, whether or not there is such a currency. */
    public String currency() {
        return currency;
    }

    /** The UTC day at whose rate the stake is to be converted. */
    public LocalDate day() {
        return day;
    }

    /** The same request with the rates to convert it at. */
    public ConversionRequest at(RateTable found) {
        return new ConversionRequest(message, stake, currency, day, found);
    }

    /** The rates to convert it at, once they were found. */
    public Optional<RateTable> rates() {
        return Optional.ofNullable(rates);
    }

    /**
     * Refuses a day without rates: before the first reference rates, or later than tomorrow.
     *
     * @param today in days since 1970-01-01, as {@link org.currencyroutes.Today} gives it
     */
    public void refuseUnlessRatesCanExist(long today) throws ConversionRefused {
        if (day.isBefore(FIRST_DAY)) {
            throw new ConversionRefused("payload.date must not be before " + FIRST_DAY);
        }
        if (day.toEpochDay() > today + 1) {
            throw new ConversionRefused("payload.date must not be later than tomorrow");
        }
    }

    /** The currency for a sentence to its sender; a text that is no currency code is not repeated. */
    public String currencyInWords() {
        return currency.matches("[A-Za-z]{3}") ? currency : "given";
    }

    private static void once(Field field) throws ConversionRefused {
        if (field.isTwice()) {
            throw new ConversionRefused(field.name() + " is given twice");
        }
    }

    private static BigDecimal readStake(PipelineMessage message) throws ConversionRefused {
        Field field = message.stake();
        once(field);
        if (!field.isNumber()) {
            throw new ConversionRefused("payload.stake must be a number");
        }
        return Decimals.read(message.json(field))
                .orElseThrow(() -> new ConversionRefused(
                        "payload.stake must not have more than " + Decimals.MAX_DIGITS + " digits"));
    }

    private static String readCurrency(PipelineMessage message) throws ConversionRefused {
        Field field = message.currency();
        once(field);
        return field.string()
                .orElseThrow(() -> new ConversionRefused("payload.currency must be a currency code such as USD"));
    }

    private static LocalDate readDay(PipelineMessage message) throws ConversionRefused {
        Field field = message.date();
        once(field);
        String text = field.string().orElse("");
        try {
            return UtcDay.of(text);
        } catch (DateTimeException e) {
            throw new ConversionRefused("payload.date must be a date that exists, such as 2021-05-18,"
                    + " or a date and time with an offset, such as 2021-05-18T21:32:42.324Z");
        }
    }
}
