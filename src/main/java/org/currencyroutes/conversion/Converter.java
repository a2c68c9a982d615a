package org.currencyroutes.conversion;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import org.currencyroutes.conversion.PipelineMessage.Field;
import org.currencyroutes.rates.RateTable;

/** Turns a request into its answer: the stake in the target currency, every byte that is not ours to change untouched. */
public final class Converter {

    private static final DateTimeFormatter UTC_MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final String target;
    private final byte[] targetJson;
    private final RateTable noRates;
    private final int scale;
    private final RoundingMode rounding;
    private final boolean keepDate;
    private final Clock clock;
    private volatile Stamp lastStamp = new Stamp(Long.MIN_VALUE, new byte[0]);

    /**
     * Takes the currency to convert to, the most decimals of an answer's stake and how they are rounded, and whether the
     * answer's date is the instant of the conversion ({@code now}) or the request's ({@code request}).
     */
    public Converter(String target, int scale, RoundingMode rounding, String date, Clock clock) {
        if (!target.matches("[A-Z]{3}")) {
            throw new IllegalArgumentException("the target must be a currency code of three capitals");
        }
        if (scale < 0 || scale > 20) {
            throw new IllegalArgumentException("the scale must be 0 to 20 decimals");
        }
        if (rounding == RoundingMode.UNNECESSARY) {
            throw new IllegalArgumentException("a division needs a rounding");
        }
        if (!date.equals("now") && !date.equals("request")) {
            throw new IllegalArgumentException("the date must be now or request");
        }
        this.target = target;
        this.targetJson = json('"' + target + '"');
        this.noRates = new RateTable(target, LocalDate.EPOCH, Map.of());
        this.scale = scale;
        this.rounding = rounding;
        this.keepDate = date.equals("request");
        this.clock = clock;
    }

    /** Whether the request's stake is in another currency than the target, so that a rate is needed. */
    public boolean needsRate(ConversionRequest request) {
        return !request.currency().equals(target);
    }

    /** What serves as rates where none is needed: the target is worth itself. */
    public RateTable noRates() {
        return noRates;
    }

    /** The answer at the rates of the request's day; refuses a currency that they lack. */
    public byte[] convert(ConversionRequest request, RateTable rates) throws ConversionRefused {
        BigDecimal from = quote(rates, request.currency(), request)
                .orElseThrow(() -> new ConversionRefused("the currency " + request.currencyInWords()
                        + " in payload.currency is not supported on " + request.day()));
        BigDecimal to = quote(rates, target, request)
                .orElseThrow(() -> new ConversionRefused("the currency " + target
                        + " that stakes are converted to is not supported on " + request.day()));
        return answer(request, request.stake().multiply(to).divide(from, scale, rounding));
    }

    private static Optional<BigDecimal> quote(RateTable rates, String currency, ConversionRequest request)
            throws ConversionRefused {
        Optional<BigDecimal> quote = rates.quote(currency);
        if (quote.filter(RateTable::isUnusable).isPresent()) {
            throw new ConversionRefused("the rates of " + request.day() + " are not available at the moment");
        }
        return quote;
    }

    private byte[] answer(ConversionRequest request, BigDecimal stake) {
        PipelineMessage message = request.message();
        Splice[] splices = {
            new Splice(message.stake(), json(plain(stake))),
            new Splice(message.currency(), targetJson),
            new Splice(message.date(), keepDate ? json(message.json(message.date())) : now())
        };
        return splice(message, splices);
    }

    private byte[] now() {
        long millis = clock.millis();
        Stamp stamp = lastStamp;
        if (stamp.millis != millis) {
            stamp = new Stamp(millis, json('"' + UTC_MILLIS.format(Instant.ofEpochMilli(millis)) + '"'));
            lastStamp = stamp;
        }
        return stamp.json;
    }

    /** An instant as it stands in an answer; many answers share a millisecond. */
    private record Stamp(long millis, byte[] json) {}

    private static String plain(BigDecimal stake) {
        return stake.signum() == 0 ? "0" : stake.stripTrailingZeros().toPlainString();
    }

    private static byte[] splice(PipelineMessage message, Splice[] splices) {
        order(splices, 0, 1);
        order(splices, 1, 2);
        order(splices, 0, 1);
        int length = message.end() - message.start();
        for (Splice splice : splices) {
            length += splice.json.length - (splice.field.end() - splice.field.start());
        }
        byte[] answer = new byte[length];
        int from = message.start();
        int to = 0;
        for (Splice splice : splices) {
            int untouched = splice.field.start() - from;
            System.arraycopy(message.text(), from, answer, to, untouched);
            System.arraycopy(splice.json, 0, answer, to + untouched, splice.json.length);
            to += untouched + splice.json.length;
            from = splice.field.end();
        }
        System.arraycopy(message.text(), from, answer, to, message.end() - from);
        return answer;
    }

    private static void order(Splice[] splices, int first, int second) {
        Splice splice = splices[first];
        if (splice.field.start() > splices[second].field.start()) {
            splices[first] = splices[second];
            splices[second] = splice;
        }
    }

    private static byte[] json(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** New JSON for a field. */
    private record Splice(Field field, byte[] json) {}
}
