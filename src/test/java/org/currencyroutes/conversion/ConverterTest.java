package org.currencyroutes.conversion;

import static org.currencyroutes.peer.Requests.DAY;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.currencyroutes.rates.RateTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConverterTest {

    private static final Clock CLOCK =
            Clock.fixed(Instant.parse("2021-05-18T21:32:42.412999Z"), ZoneId.of("Pacific/Auckland"));
    private static final Pattern STAKE = Pattern.compile("\"stake\":([^,]*),");

    static Converter to(String target) {
        return new Converter(target, 5, RoundingMode.HALF_EVEN, "now", CLOCK);
    }

    static RateTable table(String base, String... codesAndRates) {
        Map<String, BigDecimal> quotes = new java.util.HashMap<>();
        for (int i = 0; i < codesAndRates.length; i += 2) {
            quotes.put(codesAndRates[i], new BigDecimal(codesAndRates[i + 1]));
        }
        return new RateTable(base, LocalDate.parse(DAY), quotes);
    }

    static String convert(Converter converter, String request, RateTable table) throws ConversionRefused {
        ConversionRequest read = ConversionRequest.of(PipelineMessageTest.read(request));
        return new String(converter.convert(read, table), StandardCharsets.UTF_8);
    }

    /** The answer's stake as it is written. */
    static String stake(Converter converter, String stake, String currency, RateTable table) throws ConversionRefused {
        String request = request("1", stake, '"' + currency + '"', '"' + DAY + '"');
        Matcher matcher = STAKE.matcher(convert(converter, request, table));
        assertTrue(matcher.find());
        return matcher.group(1);
    }

    @Test
    void theExampleOfTheContractIsConverted() throws ConversionRefused {
        assertEquals(
                "{\"type\":\"message\",\"id\":456,\"payload\":{\"marketId\":123456,\"selectionId\":987654,\"odds\":2.2,"
                        + "\"stake\":207.52054,\"currency\":\"EUR\",\"date\":\"2021-05-18T21:32:42.412Z\"}}",
                convert(
                        to("EUR"),
                        request("456", "253.67", "\"USD\"", "\"2021-05-18T21:32:42.324Z\""),
                        table("EUR", "USD", "1.222385")));
    }

    @ParameterizedTest
    @CsvSource({
        "253.67, 1.222385, 207.52054",
        "253.67, 1.2222, 207.55196",
        "100, 1, 100",
        "100.00000, 1, 100",
        "1E+2, 1, 100",
        "1e2, 4, 25",
        "2.20, 1, 2.2",
        "1, 3, 0.33333",
        "2, 3, 0.66667",
        "-2, 3, -0.66667",
        "0, 1.2, 0",
        "-0, 1.2, 0",
        "0.000, 1.2, 0",
        "0e5, 1.2, 0",
        "-100, 1.25, -80",
        "0.000001, 1, 0",
        "-0.000001, 1, 0",
        // ties go to the even neighbour
        "0.000005, 1, 0",
        "0.000015, 1, 0.00002",
        "0.000025, 1, 0.00002",
        "0.000035, 1, 0.00004",
        "-0.000005, 1, 0",
        "-0.000015, 1, -0.00002",
        "1, 200000, 0",
        "3, 200000, 0.00002",
        "5, 200000, 0.00002",
        // just beside a tie
        "0.0000050000000000000000000000000000000000001, 1, 0.00001",
        "0.0000149999999999999999999999999999999999999, 1, 0.00001",
        // what a double gets wrong
        "9007199254740993, 1, 9007199254740993",
        "0.1, 0.3, 0.33333",
        "123456789012345678901234567890.12345, 1, 123456789012345678901234567890.12345",
        "1, 0.0000000000000000000000000000001, 10000000000000000000000000000000"
    })
    void aStakeIsDividedByTheRateAndRoundedOnce(String stake, String rate, String converted) throws ConversionRefused {
        assertEquals(converted, stake(to("EUR"), stake, "USD", table("EUR", "USD", rate)));
    }

    @Test
    void allDigitsOfALargeStakeAreKept() throws ConversionRefused {
        String large = "1234567890".repeat(9) + "12345";
        assertEquals(large + ".67891", stake(to("EUR"), large + ".67891", "USD", table("EUR", "USD", "1")));
        assertEquals("1" + "0".repeat(99), stake(to("EUR"), "1e99", "USD", table("EUR", "USD", "1")));
    }

    @Test
    void aStakeThatIsInTheTargetAlreadyIsOnlyRounded() throws ConversionRefused {
        Converter converter = to("EUR");
        assertEquals("253.67", stake(converter, "253.6700", "EUR", converter.noRates()));
        assertEquals("0.33334", stake(converter, "0.3333351", "EUR", converter.noRates()));
    }

    @Test
    void aRateIsNeededUnlessTheCurrencyIsExactlyTheTarget() throws ConversionRefused {
        for (String other : new String[] {"USD", "eur", "EUR ", ""}) {
            assertTrue(to("EUR").needsRate(ConversionRequest.of(PipelineMessageTest.read(request("1", other, DAY)))));
        }
        assertFalse(to("EUR").needsRate(ConversionRequest.of(PipelineMessageTest.read(request("1", "EUR", DAY)))));
        assertTrue(to("GBP").needsRate(ConversionRequest.of(PipelineMessageTest.read(request("1", "EUR", DAY)))));
    }

    @ParameterizedTest
    @CsvSource({"100, USD, 70.36492", "100, EUR, 86", "100, GBP, 100", "253.67, USD, 178.49468"})
    void anotherTargetIsCrossedOverTheEuroAndRoundedOnce(String stake, String currency, String converted)
            throws ConversionRefused {
        // rounded after each of the two steps, 253.67 would give 178.49469
        assertEquals(converted, stake(to("GBP"), stake, currency, table("EUR", "USD", "1.2222", "GBP", "0.86")));
    }

    @ParameterizedTest
    @CsvSource({"100, USD, 77", "100, GBP, 145.28302", "100, EUR, 100", "0.000015, USD, 0.00001"})
    void aTableBasedOnTheDollarConvertsByItsQuoteOfTheEuro(String stake, String currency, String converted)
            throws ConversionRefused {
        assertEquals(converted, stake(to("EUR"), stake, currency, table("USD", "EUR", "0.77", "GBP", "0.53")));
    }

    @Test
    void allElseComesBackUntouchedAndInItsPlace() throws ConversionRefused {
        String before = " {\"é\" : 2.20 ,\"payload\":{\"date\":";
        String between = ",\"odds\":  1E+2,\"stakes\":{\"stake\":1.10,\"n\":" + "9".repeat(1_000) + "},\"stake\" :";
        String then = "\n,\"x\":\"\\u00e9\\ud800\\/é😀\",\"currency\":\t";
        String after = ",\"last\":[ ],\"date2\":null}, \"id\":\"\\u0000\",\"type\":\"m\\u0065ssage\"} ";
        assertEquals(
                (before + "\"2021-05-18T21:32:42.412Z\"" + between + "50" + then + "\"EUR\"" + after).trim(),
                convert(
                        to("EUR"),
                        before + "\"2021-05-18\"" + between + "100.0" + then + "\"U\\u0053D\"" + after,
                        table("EUR", "USD", "2")));
    }

    @Test
    void theDateIsTheInstantOfTheConversionInUtcWithMilliseconds() throws ConversionRefused {
        Converter onTheSecond = new Converter(
                "EUR", 5, RoundingMode.HALF_EVEN, "now", Clock.fixed(Instant.EPOCH, ZoneId.of("Asia/Tokyo")));
        assertTrue(convert(onTheSecond, request("1", "USD", DAY), table("EUR", "USD", "1"))
                .contains("\"date\":\"1970-01-01T00:00:00.000Z\""));
    }

    @Test
    void theDateOfTheRequestIsKeptIfSoSet() throws ConversionRefused {
        Converter keeping = new Converter("EUR", 5, RoundingMode.HALF_EVEN, "request", CLOCK);
        assertTrue(convert(
                        keeping,
                        request("1", "1", "\"USD\"", "\"2021-05-18T23\\u003a00:00+02:00\""),
                        table("EUR", "USD", "1"))
                .contains("\"date\":\"2021-05-18T23\\u003a00:00+02:00\""));
    }

    @ParameterizedTest
    @CsvSource({"0, HALF_UP, 3", "1, DOWN, 2.5", "2, CEILING, 2.56", "20, HALF_EVEN, 2.555", "2, HALF_DOWN, 2.55"})
    void scaleAndRoundingAreAsSet(int scale, RoundingMode rounding, String converted) throws ConversionRefused {
        Converter converter = new Converter("EUR", scale, rounding, "now", CLOCK);
        assertEquals(converted, stake(converter, "2.555", "USD", table("EUR", "USD", "1")));
    }

    @ParameterizedTest
    @CsvSource({
        "XXX, the currency XXX in payload.currency is not supported on 2021-05-18",
        "usd, the currency usd in payload.currency is not supported on 2021-05-18",
        "<script>, the currency given in payload.currency is not supported on 2021-05-18"
    })
    void aCurrencyThatTheTableLacksIsRefused(String currency, String why) {
        RateTable table = table("EUR", "USD", "1.2222");
        assertEquals(
                why,
                assertThrows(ConversionRefused.class, () -> stake(to("EUR"), "1", currency, table))
                        .getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1"})
    void aRateThatIsNotPositiveIsNotUsed(String rate) {
        RateTable table = table("EUR", "USD", rate);
        assertEquals(
                "the rates of 2021-05-18 are not available at the moment",
                assertThrows(ConversionRefused.class, () -> stake(to("EUR"), "1", "USD", table))
                        .getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "EURO, 5, HALF_EVEN, now",
        "eur, 5, HALF_EVEN, now",
        "EUR, -1, HALF_EVEN, now",
        "EUR, 21, HALF_EVEN, now",
        "EUR, 5, UNNECESSARY, now",
        "EUR, 5, HALF_EVEN, then"
    })
    void aSettingThatCannotBeMeantIsRefused(String target, int scale, RoundingMode rounding, String date) {
        assertThrows(IllegalArgumentException.class, () -> new Converter(target, scale, rounding, date, CLOCK));
    }
}
