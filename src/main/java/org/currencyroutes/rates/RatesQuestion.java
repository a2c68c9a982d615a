package org.currencyroutes.rates;

import java.time.LocalDate;
import java.util.List;
import org.apache.camel.Exchange;

/**
 * What a provider is asked for.
 *
 * @param day the day whose rates are wanted; today where the latest are
 * @param latest whether the latest rates are wanted
 * @param currencies what the rates will be used for first
 */
record RatesQuestion(LocalDate day, boolean latest, List<String> currencies) {

    private static final int MAX_AGE_DAYS = 14;

    /** The table that a provider's route gave; refuses one that is not of the day, or has no use. */
    RateTable accepted(Exchange answer) throws Exception {
        if (answer.getException() != null) {
            throw answer.getException();
        }
        if (!(answer.getMessage().getBody() instanceof RateTable table)) {
            throw new ProviderFailed("its route gives no table of rates");
        }
        if (table.day().isAfter(day) || table.day().isBefore(day.minusDays(MAX_AGE_DAYS))) {
            throw new ProviderFailed("its rates are of " + table.day());
        }
        if (table.quote("EUR").isEmpty()) {
            throw new ProviderFailed("its rates lack EUR");
        }
        if (table.isUnusableFor("EUR") || currencies.stream().anyMatch(table::isUnusableFor)) {
            throw new ProviderFailed("one of its rates is no positive number");
        }
        return table;
    }
}
