package org.currencyroutes.rates;

/** A call took longer than it may. */
public final class ProviderSlow extends ProviderFailed {

    private static final long serialVersionUID = 1L;

    /** Takes what was waited for, in words that a log may hold. */
    public ProviderSlow(String why) {
        super(why);
    }
}
