package org.currencyroutes.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Latencies by percentile, from 50 to 99.99, each step across a tenth of the requests of the one before. */
final class LatencyPlot {

    private static final double FIRST = 2;
    private static final double LAST = 10_000;
    private static final int POINTS = 120;

    private final Plot plot;

    LatencyPlot(String title) {
        plot = new Plot(title, "percentile", "ms");
        plot.tick(FIRST, "50");
        plot.tick(10, "90");
        plot.tick(100, "99");
        plot.tick(1_000, "99.9");
        plot.tick(LAST, "99.99");
    }

    void add(String name, Histogram nanos) {
        Map<Double, Double> points = new LinkedHashMap<>();
        for (int i = 0; i <= POINTS; i++) {
            double oneIn = FIRST * Math.pow(LAST / FIRST, (double) i / POINTS);
            points.put(oneIn, nanos.getValueAtPercentile(100 - 100 / oneIn) / 1e6);
        }
        plot.add(name, points);
    }

    void write(Path file) throws IOException {
        plot.write(file);
    }
}
