package org.currencyroutes.rates;

/** A provider was not called, since its circuit breaker is open. */
final class ProviderLeftAlone extends ProviderFailed {

    private static final long serialVersionUID = 1L;

    ProviderLeftAlone() {
        super("left alone for a while after five failures in a row");
    }
}
