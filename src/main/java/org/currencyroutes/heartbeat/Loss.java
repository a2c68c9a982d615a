package org.currencyroutes.heartbeat;

import java.util.Locale;

/** Why a connection ended, or an attempt to make one: a cause to count, and words for a log, which hold no control character. */
public record Loss(Cause cause, String words) {

    /** The causes that are told apart, as the metric {@code fx_reconnects_total} has them. */
    public enum Cause {
        /** The peer did not beat. */
        SILENT,
        /** No write completed while we had paused reading. */
        STALLED,
        /** The peer closed it, or the line dropped. */
        CLOSED,
        /** There is no TCP connection to be had. */
        REFUSED,
        /** The handshake was answered with another HTTP status. */
        REJECTED,
        /** The handshake was not done in time. */
        TIMEOUT,
        /** TLS did not come about: a certificate that is not trusted, or not accepted. */
        TLS,
        OTHER;

        /** The cause as metrics and health tell it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final int MAX_WORDS = 200;

    /** Takes words that may be the peer's: what is not printable becomes a question mark, and 200 characters are enough. */
    public Loss {
        String line = words.replaceAll("[^\\x20-\\x7e]", "?");
        words = line.length() > MAX_WORDS ? line.substring(0, MAX_WORDS) : line;
    }
}
