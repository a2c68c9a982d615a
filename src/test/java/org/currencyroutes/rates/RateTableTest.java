package org.currencyroutes.rates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateTableTest {

    private static final LocalDate DAY = LocalDate.of(2021, 5, 18);

    private static RateTable read(String rates) throws JsonProcessingException {
        return table("{\"amount\":1.0,\"base\":\"EUR\",\"date\":\"2021-05-18\",\"rates\":" + rates + "}");
    }

    private static RateTable table(String json) throws JsonProcessingException {
        Map<String, Object> answer = answer(json);
        return RateTable.of(
                (String) answer.get("base"),
                answer.get("date"),
                answer.get("rates") instanceof Map<?, ?> map ? map : null);
    }

    /** As the routes read it. */
    private static Map<String, Object> answer(String json) throws JsonProcessingException {
        return new ObjectMapper()
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .readValue(json, new TypeReference<Map<String, Object>>() {});
    }

    @Test
    void anAnswerOfFrankfurterIsRead() throws JsonProcessingException {
        assertEquals(
                new RateTable("EUR", DAY, Map.of("USD", new BigDecimal("1.2222"), "IDR", new BigDecimal("17464.3"))),
                read("{\"USD\":1.2222,\"IDR\":17464.3}"));
    }

    @Test
    void theDigitsOfARateAreKept() throws JsonProcessingException {
        assertEquals(
                Optional.of(new BigDecimal("1.22223333444455556666777788889999")),
                read("{\"USD\":1.22223333444455556666777788889999}").quote("USD"));
    }

    @Test
    void theBaseIsWorthOneOfItself() throws JsonProcessingException {
        assertEquals(Optional.of(BigDecimal.ONE), read("{}").quote("EUR"));
        assertEquals(Optional.of(BigDecimal.ONE), read("{\"EUR\":2}").quote("EUR"));
    }

    @Test
    void aCurrencyThatIsNotThereHasNoQuote() throws JsonProcessingException {
        RateTable table = read("{\"USD\":1.2222}");
        assertEquals(Optional.empty(), table.quote("GBP"));
        assertFalse(table.isUnusableFor("GBP"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "0.0",
                "-1.2",
                "1e999999999",
                "1e-999999999",
                "null",
                "true",
                "\"1.2\"",
                "\"NaN\"",
                "[1.2]",
                "{}"
            })
    void aRateThatIsNoPositiveNumberSpoilsOnlyItsOwnCurrency(String rate) throws JsonProcessingException {
        RateTable table = read("{\"XXX\":" + rate + ",\"USD\":1.2222}");
        assertTrue(table.isUnusableFor("XXX"));
        assertFalse(table.isUnusableFor("USD"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "{\"date\":\"2021-05-18\",\"rates\":{}}",
                "{\"base\":\"EUR\",\"rates\":{}}",
                "{\"base\":\"EUR\",\"date\":\"2021-05-18\"}",
                "{\"base\":\"EUR\",\"date\":\"2021-02-30\",\"rates\":{}}",
                "{\"base\":\"EUR\",\"date\":\"2021-05-18\",\"rates\":[1]}",
                "{\"base\":\"EUR\",\"date\":\"2021-05-18\",\"rates\":1}",
                "{\"base\":\"EUR\",\"date\":\"2021-05-18\",\"rates\":{\"USD\":1.2"
            })
    void anAnswerThatLacksAPartGivesNoTable(String json) {
        assertThrows(Exception.class, () -> table(json));
    }

    @Test
    void aDayMayBeADateOrItsTextOrSecondsOrTheAnswerThatHasOneOfThem() throws JsonProcessingException {
        RateTable table = new RateTable("USD", DAY, Map.of("EUR", new BigDecimal("0.81")));
        Map<String, Object> rates = Map.of("EUR", new BigDecimal("0.81"));
        assertEquals(table, RateTable.of("USD", DAY, rates));
        assertEquals(table, RateTable.of("USD", "2021-05-18", rates));
        assertEquals(table, RateTable.of("USD", 1621382399, rates));
        assertEquals(table, RateTable.of("USD", answer("{\"timestamp\":1621382399}"), rates));
        assertEquals(table, RateTable.of("USD", answer("{\"date\":\"2021-05-18\",\"timestamp\":1}"), rates));
    }

    @Test
    void ratesNamedByPairsAreThoseOfTheSecondCurrency() {
        assertEquals(
                new RateTable("USD", DAY, Map.of("EUR", new BigDecimal("0.81"))),
                RateTable.ofPairs("USD", DAY, Map.of("USDEUR", new BigDecimal("0.81"), "GBPEUR", BigDecimal.TEN)));
    }

    @Test
    void ratesBelowTheirDayAreOfThatDayAlone() {
        Map<String, Object> rates = Map.of("USD", new BigDecimal("1.2222"));
        assertEquals(
                new RateTable("EUR", DAY, Map.of("USD", new BigDecimal("1.2222"))),
                RateTable.ofDays("EUR", Map.of("2021-05-18", rates)));
        assertThrows(
                IllegalArgumentException.class,
                () -> RateTable.ofDays("EUR", Map.of("2021-05-18", rates, "2021-05-19", rates)));
        assertThrows(IllegalArgumentException.class, () -> RateTable.ofDays("EUR", Map.of("USD", BigDecimal.ONE)));
        assertThrows(IllegalArgumentException.class, () -> RateTable.ofDays("EUR", Map.of()));
    }

    @Test
    void aTableDoesNotChangeWithTheMapItWasMadeOf() {
        Map<String, BigDecimal> quotes = new java.util.HashMap<>(Map.of("USD", BigDecimal.ONE));
        RateTable table = new RateTable("EUR", DAY, quotes);
        quotes.clear();
        assertTrue(table.quote("USD").isPresent());
    }
}
