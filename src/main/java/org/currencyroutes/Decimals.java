package org.currencyroutes;

import java.math.BigDecimal;
import java.util.Optional;

/** Reads decimals from JSON text, bounded before any arithmetic: {@code 1e999999999} is 11 characters and a gigabyte. */
public final class Decimals {

    /** The most digits that a number's plain form may have. */
    public static final int MAX_DIGITS = 100;

    private static final int MAX_TEXT = 1_000;

    private Decimals() {}

    /** The number that a JSON number's text means, or nothing if its plain form has more than 100 digits. */
    public static Optional<BigDecimal> read(String json) {
        if (json.length() > MAX_TEXT) {
            return Optional.empty();
        }
        try {
            BigDecimal number = new BigDecimal(json);
            if (number.signum() == 0) {
                return Optional.of(BigDecimal.ZERO);
            }
            return plainDigits(number) <= MAX_DIGITS ? Optional.of(number) : Optional.empty();
        } catch (NumberFormatException e) {
            // an exponent beyond an int
            return Optional.empty();
        }
    }

    private static long plainDigits(BigDecimal number) {
        long whole = Math.max(1, (long) number.precision() - number.scale());
        return whole + Math.max(0, number.scale());
    }
}
