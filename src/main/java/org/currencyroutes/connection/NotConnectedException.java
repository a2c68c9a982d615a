package org.currencyroutes.connection;

/** A message was not handed to the pipeline: there is no connection, or it ended before the write completed. */
public final class NotConnectedException extends Exception {

    /** Takes why, in a few words. */
    public NotConnectedException(String why) {
        // thousands may wait for a connection, and where they do is known: no stack trace
        super(why, null, false, false);
    }
}
