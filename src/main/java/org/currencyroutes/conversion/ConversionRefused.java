package org.currencyroutes.conversion;

/** Why a request cannot be converted, in words that its sender may read. */
public final class ConversionRefused extends Exception {

    private final Outcome outcome;

    /** Takes a plain sentence, without the fixed beginning of the answer. */
    public ConversionRefused(String why) {
        this(Outcome.REFUSED, why);
    }

    private ConversionRefused(Outcome outcome, String why) {
        // a refusal is an answer, not a fault: no stack trace is made for it
        super(why, null, false, false);
        this.outcome = outcome;
    }

    /** There are too many requests in hand to take another. */
    static ConversionRefused overloaded() {
        return new ConversionRefused(Outcome.OVERLOADED, "overloaded, too many requests are waiting");
    }

    /** The application stops and takes no more. */
    static ConversionRefused stopping() {
        return new ConversionRefused(Outcome.STOPPING, "shutting down");
    }

    /** What it is counted as. */
    Outcome outcome() {
        return outcome;
    }
}
