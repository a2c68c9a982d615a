package org.currencyroutes.rates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
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
        return new ObjectMapper()
                .readValue(
                        "{\"amount\":1.0,\"base\":\"EUR\",\"date\":\"2021-05-18\",\"rates\":" + rates + "}",
                        RateTable.class);
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
        assertThrows(
                Exception.class,
                () -> new ObjectMapper().readValue(json, RateTable.class).day());
    }

    @Test
    void aTableDoesNotChangeWithTheMapItWasMadeOf() {
        Map<String, BigDecimal> quotes = new java.util.HashMap<>(Map.of("USD", BigDecimal.ONE));
        RateTable table = new RateTable("EUR", DAY, quotes);
        quotes.clear();
        assertTrue(table.quote("USD").isPresent());
    }
}
