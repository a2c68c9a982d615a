package org.currencyroutes.rates;

/** A provider has no rates of the day, which is no failure of the provider. */
public final class UnknownDay extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /** Takes why, in words that a log may hold. */
    public UnknownDay(String why) {
        super(why);
    }
}
