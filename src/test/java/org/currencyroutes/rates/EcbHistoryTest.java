package org.currencyroutes.rates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EcbHistoryTest {

    private static final EcbHistory HISTORY = new EcbHistory();

    private static RateTable on(String day) {
        try {
            return HISTORY.on(LocalDate.parse(day));
        } catch (UnknownDay e) {
            throw new AssertionError(e);
        }
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
