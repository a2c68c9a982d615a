package org.currencyroutes.rates;

/** A call failed for a cause that may pass (connection refused or cut, 429, 5xx): it is worth another one. */
public final class ProviderUnwell extends ProviderFailed {

    private static final long serialVersionUID = 1L;

    /** Takes why, in words that a log may hold. */
    public ProviderUnwell(String why) {
        super(why);
    }
}
