package org.currencyroutes.benchmarks;

import java.nio.file.Path;

/**
 * How long everything takes: rounds of the closed loop and the turns of a second in each, whether with all programs, how
 * many answers warm a JVM up and how many seconds that may take, the seconds of one other measurement, and the sizes of
 * the rest.
 */
record Plan(
        int rounds,
        int turns,
        boolean all,
        long warmAnswers,
        int warmSeconds,
        int seconds,
        int payloadSeconds,
        int drops,
        int dropSeconds,
        int starts,
        int restSeconds,
        int floodRequests,
        int notReadingSeconds,
        Path plots) {

    private static final int DROPS_OF_A_DAY = 8_640;

    /** Everything; the just-in-time compiler has done its work after some 2.5 million conversions. */
    static Plan full() {
        return new Plan(5, 8, true, 2_500_000, 18, 5, 2, DROPS_OF_A_DAY, 30, 5, 30, 1_000_000, 30, Path.of("."));
    }

    /** The ratios to the hand-written loop alone, less exact. */
    static Plan quick() {
        return new Plan(3, 8, false, 2_500_000, 18, 4, 2, 100, 5, 3, 10, 100_000, 5, Path.of("target"));
    }

    /** As short as it can be, to see that everything works; the figures say nothing. */
    static Plan smoke() {
        return new Plan(1, 2, true, 50_000, 3, 2, 1, 20, 5, 1, 3, 50_000, 4, Path.of("target"));
    }

    /** The drops of a whole day, one each ten seconds of it, however long they take. */
    static Plan day() {
        return new Plan(1, 1, false, 0, 0, 0, 0, DROPS_OF_A_DAY, 3_600, 0, 0, 0, 0, Path.of("target"));
    }
}
