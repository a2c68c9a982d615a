package org.currencyroutes.conversion;

import static org.currencyroutes.peer.Requests.DAY;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import org.currencyroutes.Today;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConversionRequestTest {

    // in a zone where it is a day later already
    private static final Clock CLOCK =
            Clock.fixed(Instant.parse("2026-03-01T23:59:59.999Z"), ZoneId.of("Pacific/Auckland"));

    private static ConversionRequest read(String json) throws ConversionRefused {
        return ConversionRequest.of(PipelineMessageTest.read(json));
    }

    private static ConversionRequest on(String date) throws ConversionRefused {
        return read(request("1", "USD", date));
    }

    private static void assertRefused(String why, String json) {
        assertEquals(
                why, assertThrows(ConversionRefused.class, () -> read(json)).getMessage());
    }

    @Test
    void theStakeTheCurrencyAndTheDayAreRead() throws ConversionRefused {
        ConversionRequest request = read(request("1", "-2.50e1", "\"GBP\"", "\"2021-05-18T21:32:42.324Z\""));
        assertEquals(new BigDecimal("-25.0"), request.stake());
        assertEquals("GBP", request.currency());
        assertEquals(LocalDate.of(2021, 5, 18), request.day());
    }

    @ParameterizedTest
    @CsvSource({
        "2021-05-18, 2021-05-18",
        "2020-02-29, 2020-02-29",
        "2021-05-18T21:32:42.324Z, 2021-05-18",
        "2021-05-18T21:32:42.324123456Z, 2021-05-18",
        "2021-05-18T21:32:42Z, 2021-05-18",
        "2021-05-18T21:32Z, 2021-05-18",
        "2021-05-18t21:32:42z, 2021-05-18",
        "2021-05-18T23:59:59.999999999Z, 2021-05-18",
        "2021-05-18T00:30:00+01:00, 2021-05-17",
        "2021-05-18T00:30:00+0100, 2021-05-17",
        "2021-05-18T00:30:00+01, 2021-05-17",
        "2021-05-18T23:30:00-01:00, 2021-05-19",
        "2020-12-31T23:00:00-18:00, 2021-01-01",
        "2021-05-18T12:00:00+00:00, 2021-05-18"
    })
    void theDayIsTheUtcDayOfTheDate(String date, LocalDate day) throws ConversionRefused {
        assertEquals(day, on(date).day());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "today",
                "2021",
                "2021-05",
                "18-05-2021",
                "18/05/2021",
                "2021-5-18",
                "20210518",
                "2021-02-29",
                "2021-02-30",
                "2021-04-31",
                "2021-13-01",
                "2021-00-10",
                "2021-05-00",
                "2021-05-18T21:32:42",
                "2021-05-18 21:32:42Z",
                "2021-05-18T25:00:00Z",
                "2021-05-18T21:60:00Z",
                "2021-02-30T21:32:42Z",
                "2021-05-18T21:32:42+25:00",
                "2021-05-18T21:32:42Z[UTC]",
                "2021-05-18Z",
                " 2021-05-18",
                "2021-05-18\\n",
                "2021-05-1\\u0661",
                "+999999999-12-31T23:59:59-18:00",
                "-999999999-01-01T00:00:00+18:00"
            })
    void aTextThatIsNoDateThatExistsIsRefused(String date) {
        assertRefused(
                "payload.date must be a date that exists, such as 2021-05-18, or a date and time with an offset,"
                        + " such as 2021-05-18T21:32:42.324Z",
                request("1", "USD", date));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "1621373562324", "true", "[\"2021-05-18\"]", "{}"})
    void aDateThatIsNoStringIsRefused(String date) {
        assertRefused(
                "payload.date must be a date that exists, such as 2021-05-18, or a date and time with an offset,"
                        + " such as 2021-05-18T21:32:42.324Z",
                request("1", "1", "\"USD\"", date));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"253.67\"", "true", "[1]", "{\"stake\":1}", "\"\""})
    void aStakeThatIsNoNumberIsRefused(String stake) {
        assertRefused("payload.stake must be a number", request("1", stake, "\"USD\"", '"' + DAY + '"'));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e100", "-1e100", "1e999999999", "1e-999999999", "1e99999999999"})
    void aStakeOfMoreThanAHundredDigitsIsRefused(String stake) {
        assertRefused(
                "payload.stake must not have more than 100 digits", request("1", stake, "\"USD\"", '"' + DAY + '"'));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "840", "true", "[\"USD\"]", "{}"})
    void aCurrencyThatIsNoStringIsRefused(String currency) {
        assertRefused(
                "payload.currency must be a currency code such as USD", request("1", "1", currency, '"' + DAY + '"'));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"payload\":null", ",\"payload\":[]", ",\"payload\":\"x\"", ",\"payload\":1"})
    void aPayloadThatIsNoObjectIsRefused(String payload) {
        assertRefused("payload must be an object", "{\"type\":\"message\",\"id\":1" + payload + "}");
    }

    @ParameterizedTest
    @CsvSource({
        "stake, payload.stake must be a number",
        "currency, payload.currency must be a currency code such as USD",
        "date, 'payload.date must be a date that exists, such as 2021-05-18, or a date and time with an offset,"
                + " such as 2021-05-18T21:32:42.324Z'"
    })
    void aMissingFieldIsRefused(String field, String why) {
        assertRefused(why, request("1", "USD", DAY).replace('"' + field + '"', "\"other\""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "type             | ,\"type\":\"message\"",
                "id               | ,\"id\":1",
                "payload          | ,\"payload\":{}",
                "payload          | ,\"payload\":1"
            })
    void aFieldOfTheMessageGivenTwiceIsRefused(String field, String again) {
        String request = request("1", "USD", DAY);
        assertRefused(field + " is given twice", request.substring(0, request.length() - 1) + again + "}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "payload.stake    | ,\"stake\":253.67",
                "payload.stake    | ,\"stake\":\"x\"",
                "payload.currency | ,\"currency\":\"USD\"",
                "payload.date     | ,\"d\\u0061te\":\"2021-05-18\""
            })
    void aFieldOfThePayloadGivenTwiceIsRefused(String field, String again) {
        String request = request("1", "USD", DAY);
        assertRefused(field + " is given twice", request.substring(0, request.length() - 2) + again + "}}");
    }

    @Test
    void unknownFieldsMayBeGivenTwice() {
        assertDoesNotThrow(
                () -> read(request("1", "USD", DAY).replace("\"odds\":2.2", "\"odds\":2.2,\"odds\":{\"stake\":[]}")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1999-01-04", "2026-03-01", "2026-03-02", "2026-03-02T23:59:59.999Z", "1999-01-04T00:00Z"})
    void aDayFromTheFirstRatesUntilTomorrowCanHaveRates(String date) {
        assertDoesNotThrow(() -> on(date).refuseUnlessRatesCanExist(Today.epochDay(CLOCK)));
    }

    @ParameterizedTest
    @CsvSource({
        "1999-01-03, payload.date must not be before 1999-01-04",
        "1999-01-04T00:00:00+00:01, payload.date must not be before 1999-01-04",
        "-0044-03-15T12:00Z, payload.date must not be before 1999-01-04",
        "2026-03-03, payload.date must not be later than tomorrow",
        "2026-03-02T23:59:59-00:01, payload.date must not be later than tomorrow",
        "+12026-03-02T12:00Z, payload.date must not be later than tomorrow"
    })
    void aDayOutsideThatRangeIsRefused(String date, String why) throws ConversionRefused {
        ConversionRequest request = on(date);
        assertEquals(
                why,
                assertThrows(ConversionRefused.class, () -> request.refuseUnlessRatesCanExist(Today.epochDay(CLOCK)))
                        .getMessage());
    }

    @ParameterizedTest
    @CsvSource({"XXX, XXX", "usd, usd", "DOLLAR, given", "<a>, given", "U\\u0000D, given", "'', given"})
    void onlyACurrencyCodeIsRepeatedToItsSender(String currency, String words) throws ConversionRefused {
        assertEquals(words, read(request("1", currency, DAY)).currencyInWords());
    }
}
