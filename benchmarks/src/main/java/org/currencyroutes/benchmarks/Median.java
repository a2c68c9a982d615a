package org.currencyroutes.benchmarks;

import java.util.Arrays;

/** The middle one of some figures, or what lies between the two in the middle. */
final class Median {

    private Median() {}

    static double of(double... figures) {
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
