package org.currencyroutes.rates;

import java.time.LocalDate;

/** No provider gave the rates of a day that could be used, in words that the sender of a request may read. */
public final class RatesUnavailable extends Exception {

    /** Takes the day whose rates were wanted. */
    public RatesUnavailable(LocalDate day) {
        super("the rates of " + day + " are not available at the moment", null, false, false);
    }
}
