package org.currencyroutes.conversion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.currencyroutes.rates.RateTable;

/** The arithmetic against a reference made of whole numbers only. */
class ConverterPropertiesTest {

    private static final int SCALE = 5;

    @Property
    void aStakeIsDividedExactlyAndRoundedHalfEven(@ForAll("stakes") String stake, @ForAll("rates") String rate)
            throws ConversionRefused {
        String converted =
                ConverterTest.stake(ConverterTest.to("EUR"), stake, "USD", ConverterTest.table("EUR", "USD", rate));
        assertEquals(reference(stake, "1", rate), converted);
    }

    @Property
    void aStakeIsCrossedExactlyAndRoundedHalfEven(
            @ForAll("stakes") String stake, @ForAll("rates") String from, @ForAll("rates") String to)
            throws ConversionRefused {
        RateTable table = ConverterTest.table("EUR", "USD", from, "GBP", to);
        assertEquals(reference(stake, to, from), ConverterTest.stake(ConverterTest.to("GBP"), stake, "USD", table));
    }

    @Property
    void aTableBasedOnTheDollarIsCrossedExactlyAndRoundedHalfEven(
            @ForAll("stakes") String stake, @ForAll("rates") String quote, @ForAll("rates") String euro)
            throws ConversionRefused {
        RateTable table = ConverterTest.table("USD", "GBP", quote, "EUR", euro);
        assertEquals(reference(stake, euro, quote), ConverterTest.stake(ConverterTest.to("EUR"), stake, "GBP", table));
    }

    @Property
    void tiesGoToTheEvenNeighbour(@ForAll("wholes") BigInteger whole) throws ConversionRefused {
        // an odd multiple of half of the last decimal
        BigInteger odd = whole.shiftLeft(1).add(BigInteger.ONE);
        String converted = ConverterTest.stake(
                ConverterTest.to("EUR"), odd.toString(), "USD", ConverterTest.table("EUR", "USD", "200000"));
        assertEquals(reference(odd.toString(), "1", "200000"), converted);
        BigInteger units = new BigDecimal(converted).movePointRight(SCALE).toBigIntegerExact();
        assertTrue(!units.testBit(0), converted);
    }

    @Property
    void aStakeIsWrittenPlainly(@ForAll("stakes") String stake, @ForAll("rates") String rate) throws ConversionRefused {
        String converted =
                ConverterTest.stake(ConverterTest.to("EUR"), stake, "USD", ConverterTest.table("EUR", "USD", rate));
        assertTrue(converted.matches("0|-?(0|[1-9]\\d*)\\.\\d{0,4}[1-9]|-?[1-9]\\d*"), converted);
    }

    @Provide
    Arbitrary<BigInteger> wholes() {
        return Arbitraries.bigIntegers().between(BigInteger.TEN.pow(60).negate(), BigInteger.TEN.pow(60));
    }

    /** Numbers as JSON has them: whole, with decimals, with trailing zeros, with exponents, of either sign. */
    @Provide
    Arbitrary<String> stakes() {
        Arbitrary<String> written = Combinators.combine(
                        wholes(), Arbitraries.integers().between(-20, 20))
                .as((whole, exponent) -> whole + "e" + exponent);
        Arbitrary<String> plain = Combinators.combine(
                        wholes(), Arbitraries.integers().between(0, 30))
                .as((whole, decimals) -> new BigDecimal(whole, decimals).toPlainString());
        Arbitrary<String> usual = Arbitraries.bigDecimals()
                .between(BigDecimal.valueOf(-100_000), BigDecimal.valueOf(100_000))
                .ofScale(2)
                .map(BigDecimal::toPlainString);
        return Arbitraries.oneOf(written, plain, usual);
    }

    @Provide
    Arbitrary<String> rates() {
        Arbitrary<String> usual = Arbitraries.bigDecimals()
                .between(new BigDecimal("0.0001"), BigDecimal.valueOf(20_000))
                .ofScale(4)
                .map(BigDecimal::toPlainString);
        Arbitrary<String> odd = Combinators.combine(
                        Arbitraries.bigIntegers().between(BigInteger.ONE, BigInteger.TEN.pow(25)),
                        Arbitraries.integers().between(0, 25))
                .as((whole, decimals) -> new BigDecimal(whole, decimals).toPlainString());
        return Arbitraries.oneOf(usual, odd);
    }

    /** stake × times ÷ by, at most five decimals, half even, as text: by fractions of whole numbers alone. */
    private static String reference(String stake, String times, String by) {
        BigInteger[] a = fraction(stake);
        BigInteger[] b = fraction(times);
        BigInteger[] c = fraction(by);
        BigInteger above = a[0].multiply(b[0]).multiply(c[1]).multiply(BigInteger.TEN.pow(SCALE));
        BigInteger below = a[1].multiply(b[1]).multiply(c[0]);
        BigInteger[] units = above.abs().divideAndRemainder(below);
        int half = units[1].shiftLeft(1).compareTo(below);
        BigInteger rounded = half > 0 || half == 0 && units[0].testBit(0) ? units[0].add(BigInteger.ONE) : units[0];
        String digits = rounded.toString();
        String padded = "0".repeat(Math.max(0, SCALE + 1 - digits.length())) + digits;
        int point = padded.length() - SCALE;
        String text = (padded.substring(0, point) + '.' + padded.substring(point)).replaceAll("\\.?0+$", "");
        return above.signum() < 0 && rounded.signum() != 0 ? '-' + text : text;
    }

    /** A decimal's text as numerator and denominator. */
    private static BigInteger[] fraction(String text) {
        String[] parts = text.toLowerCase(java.util.Locale.ROOT).split("e");
        int exponent = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
        int point = parts[0].indexOf('.');
        int decimals = point < 0 ? 0 : parts[0].length() - point - 1;
        BigInteger digits = new BigInteger(parts[0].replace(".", ""));
        int shift = exponent - decimals;
        return shift >= 0
                ? new BigInteger[] {digits.multiply(BigInteger.TEN.pow(shift)), BigInteger.ONE}
                : new BigInteger[] {digits, BigInteger.TEN.pow(-shift)};
    }
}
