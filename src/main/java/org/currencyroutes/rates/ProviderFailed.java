package org.currencyroutes.rates;

import java.io.IOException;

/** A provider gave no rates that can be used; the message says why, in our words, hence without keys and URLs. */
public class ProviderFailed extends IOException {

    private static final long serialVersionUID = 1L;

    /** Takes why, in words that a log may hold. */
    public ProviderFailed(String why) {
        super(why);
    }
}
