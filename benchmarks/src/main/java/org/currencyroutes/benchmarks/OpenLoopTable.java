package org.currencyroutes.benchmarks;

import java.nio.file.Path;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Latencies on a schedule at four rates, and the longest stop of the subject's JVM at each. */
final class OpenLoopTable {

    private static final int[] RATES = {50, 1_000, 10_000, 50_000};
    private static final int PLOTTED = 10_000;

    private OpenLoopTable() {}

    static void run(Plan plan) throws Exception {
        System.out.printf(
                "%nopen loop, %d s at each rate, thrice as long at 10,000, latency from the intended time%n",
                plan.seconds());
        System.out.println(
                "| | a second | p50 | p99 | p99.9 | longest | sent late, p50/p99 | errors | unanswered | longest stop of the JVM |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|");
        LatencyPlot plot = new LatencyPlot("Latency, open loop, 10,000 a second, from the intended time");
        for (Program program : List.of(Program.distribution(), Program.handWritten())) {
            Safepoints safepoints = new Safepoints(Path.of("target", "safepoints.log"));
            try (Peers peers = new Peers();
                    Subject subject = new Subject(program, peers, safepoints.option())) {
                try (ClosedLoop warming = new ClosedLoop(peers, subject, 0)) {
                    warming.warmUp(plan.warmAnswers(), plan.warmSeconds());
                }
                for (int rate : RATES) {
                    safepoints.mark();
                    // long enough for the pauses of the collector to be seen
                    int seconds = rate == PLOTTED ? 3 * plan.seconds() : plan.seconds();
                    OpenLoop.Result result = new OpenLoop(peers, rate, seconds).run();
                    row(program.name(), rate, result, safepoints.longest());
                    if (rate == PLOTTED) {
                        plot.add(program.name(), result.latency());
                    }
                }
            }
        }
        plot.write(plan.plots().resolve("latency-open.svg"));
    }

    private static void row(String name, int rate, OpenLoop.Result result, String longestStop) {
        Histogram latency = result.latency();
        System.out.printf(
                "| %s | %,d | %,.0f µs | %,.0f µs | %,.0f µs | %,.0f µs | %,.0f/%,.0f µs | %,d | %,d | %s |%n",
                name,
                rate,
                latency.getValueAtPercentile(50) / 1e3,
                latency.getValueAtPercentile(99) / 1e3,
                latency.getValueAtPercentile(99.9) / 1e3,
                latency.getMaxValue() / 1e3,
                result.lateness().getValueAtPercentile(50) / 1e3,
                result.lateness().getValueAtPercentile(99) / 1e3,
                result.errors(),
                result.unanswered(),
                longestStop);
    }
}
