package org.currencyroutes.connection;

/** An answer cannot be sent any more: no connection came within the time that its request could wait for one. */
public final class ReplyExpiredException extends Exception {

    /** Takes why, in a few words. */
    public ReplyExpiredException(String why) {
        super(why, null, false, false);
    }
}
