package org.currencyroutes;

import java.time.Clock;
import java.time.Duration;

/** The present UTC day, for those who ask with each request. */
public final class Today {

    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    private Today() {}

    /** Days since 1970-01-01 by the clock, whatever its zone, to compare with {@link java.time.LocalDate#toEpochDay}. */
    public static long epochDay(Clock clock) {
        return Math.floorDiv(clock.millis(), DAY_MILLIS);
    }
}
