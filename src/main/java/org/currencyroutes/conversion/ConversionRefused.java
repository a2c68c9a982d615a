package org.currencyroutes.conversion;

/** Why a request cannot be converted, in words that its sender may read. */
public final class ConversionRefused extends Exception {

    /** Takes a plain sentence, without the fixed beginning of the answer. */
    public ConversionRefused(String why) {
        // a refusal is an answer, not a fault: no stack trace is made for it
        super(why, null, false, false);
    }
}
