package org.currencyroutes.rates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EcbHistoryTest {

    private static final EcbHistory HISTORY = new EcbHistory();

    private static RateTable on(String day) {
        return HISTORY.on(LocalDate.parse(day));
    }

    @ParameterizedTest
    @CsvSource({
        "1999-01-04, USD, 1.1789",
        "1999-01-04, JPY, 133.73",
        "2005-02-01, GBP, 0.69255",
        "2021-05-18, USD, 1.2222",
        "2022-03-01, RUB, 117.201",
        "2022-12-30, HRK, 7.5365",
        "2023-02-21, USD, 1.0664"
    })
    void aRateIsThePublishedOneDigitForDigit(String day, String currency, String rate) {
        assertEquals(Optional.of(new BigDecimal(rate)), on(day).quote(currency));
    }

    @ParameterizedTest
    @CsvSource({
        "2021-05-21, 2021-05-21",
        "2021-05-22, 2021-05-21",
        "2021-05-23, 2021-05-21",
        "2021-05-24, 2021-05-24",
        // Good Friday to Easter Monday
        "2021-04-02, 2021-04-01",
        "2021-04-05, 2021-04-01",
        "2021-04-06, 2021-04-06"
    })
    void aDayWithoutPublicationHasTheTableOfTheLastOneBefore(String day, String published) {
        assertEquals(LocalDate.parse(published), on(day).day());
    }

    @ParameterizedTest
    @CsvSource({"RUB, 2022-03-01, 2022-03-02", "HRK, 2022-12-30, 2023-01-02"})
    void aCurrencyIsNotQuotedAfterItsLastDay(String currency, String last, String next) {
        assertTrue(on(last).quote(currency).isPresent());
        assertEquals(Optional.empty(), on(next).quote(currency));
    }

    @Test
    void aCurrencyIsNotQuotedInItsGapNorAtTheRateBeforeIt() {
        assertTrue(on("2008-12-09").quote("ISK").isPresent());
        assertEquals(Optional.empty(), on("2012-01-03").quote("ISK"));
        assertTrue(on("2021-05-18").quote("ISK").isPresent());
    }

    /** The file again, by patterns instead of a parser: the rates by currency, by publication day. */
    private static NavigableMap<LocalDate, Map<String, String>> published() throws IOException {
        NavigableMap<LocalDate, Map<String, String>> days = new TreeMap<>();
        try (InputStream xml = EcbHistoryTest.class.getResourceAsStream(
                "/org/javamoney/moneta/convert/ecb/defaults/eurofxref-hist.xml")) {
            String text = new String(xml.readAllBytes(), StandardCharsets.UTF_8);
            Matcher attribute = Pattern.compile(
                            "time=[\"'](\\S+?)[\"']|currency=[\"'](\\w+)[\"'] rate=[\"'](\\S+?)[\"']")
                    .matcher(text);
            Map<String, String> rates = Map.of();
            while (attribute.find()) {
                if (attribute.group(1) != null) {
                    rates = new HashMap<>();
                    days.put(LocalDate.parse(attribute.group(1)), rates);
                } else {
                    rates.put(attribute.group(2), attribute.group(3));
                }
            }
        }
        return days;
    }

    @Test
    void everyRateOfEveryDayIsTheFilesDigitForDigitAndOnDaysBetweenThatOfTheLastPublication() throws Exception {
        NavigableMap<LocalDate, Map<String, String>> published = published();
        assertEquals(6_184, published.size());
        Set<String> currencies = new HashSet<>();
        published.values().forEach(rates -> currencies.addAll(rates.keySet()));
        assertEquals(41, currencies.size());
        assertEquals(currencies, Set.copyOf(HISTORY.currencies()));
        LocalDate last = published.lastKey();
        for (LocalDate day = published.firstKey(); !day.isAfter(last); day = day.plusDays(1)) {
            RateTable table = HISTORY.on(day);
            assertEquals(published.floorKey(day), table.day());
            Map<String, String> rates = published.floorEntry(day).getValue();
            assertEquals(rates.keySet(), table.quotes().keySet());
            for (String currency : currencies) {
                // as numbers and in their digits, hence by equals of BigDecimal
                assertEquals(
                        Optional.ofNullable(rates.get(currency)).map(BigDecimal::new), table.quote(currency), currency);
            }
        }
    }

    @Test
    void theTablesAreBasedOnTheEuro() {
        assertEquals("EUR", on("2021-05-18").base());
        assertEquals(Optional.of(BigDecimal.ONE), on("2021-05-18").quote("EUR"));
    }

    @Test
    void theHistoryGoesFromTheEurosFirstDayToTheFilesLast() {
        assertEquals(LocalDate.parse("1999-01-04"), HISTORY.firstDay());
        assertEquals(LocalDate.parse("2023-02-21"), HISTORY.lastDay());
        assertEquals(41, HISTORY.currencies().size());
    }

    @ParameterizedTest
    @CsvSource({"1999-01-03", "2023-02-22", "9999-12-31"})
    void aDayOutsideTheHistoryIsRefused(String day) {
        assertThrows(UnknownDay.class, () -> HISTORY.on(LocalDate.parse(day)));
    }
}
