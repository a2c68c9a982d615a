package org.currencyroutes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalsTest {

    @ParameterizedTest
    @ValueSource(strings = {"1", "-1", "2.20", "0.1", "1e2", "1E-7", "123456789012345678901234567890.123456789"})
    void aNumberIsReadExactly(String text) {
        assertEquals(Optional.of(new BigDecimal(text)), Decimals.read(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0", "0.000", "0e999999999", "-0E-999999999"})
    void aZeroIsPlainHoweverItIsWritten(String text) {
        assertEquals(Optional.of(BigDecimal.ZERO), Decimals.read(text));
    }

    @Test
    void aHundredDigitsAreRead() {
        assertEquals(Optional.of(new BigDecimal("9".repeat(100))), Decimals.read("9".repeat(100)));
        assertEquals(Optional.of(new BigDecimal("1e99")), Decimals.read("1e99"));
        assertEquals(Optional.of(new BigDecimal("1e-99")), Decimals.read("1e-99"));
        assertEquals(Optional.of(new BigDecimal("1." + "1".repeat(99))), Decimals.read("1." + "1".repeat(99)));
    }

    @Test
    void aHundredAndOneDigitsAreRefused() {
        assertEquals(Optional.empty(), Decimals.read("9".repeat(101)));
        assertEquals(Optional.empty(), Decimals.read("1e100"));
        assertEquals(Optional.empty(), Decimals.read("-1e100"));
        assertEquals(Optional.empty(), Decimals.read("1e-100"));
        assertEquals(Optional.empty(), Decimals.read("1." + "1".repeat(100)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "-1e999999999", "1e-999999999", "1e2147483648", "1e-99999999999999999999"})
    void aHugeExponentIsRefusedAndCostsNothing(String text) {
        assertEquals(Optional.empty(), Decimals.read(text));
    }

    @Test
    void aNumberOfMoreThanAThousandCharactersIsNotEvenParsed() {
        assertEquals(Optional.empty(), Decimals.read("0." + "0".repeat(1_000_000)));
    }
}
