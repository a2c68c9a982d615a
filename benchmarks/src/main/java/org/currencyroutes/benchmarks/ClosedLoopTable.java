package org.currencyroutes.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** The programs in turn, each round in processes of their own: medians, the plot of the latencies and, last, ratios. */
final class ClosedLoopTable {

    private static final Program US = Program.distribution();
    private static final Program THEM = Program.handWritten();

    private ClosedLoopTable() {}

    static void run(Plan plan) throws Exception {
        List<Program> programs = plan.stock() ? List.of(US, THEM, Program.stock()) : List.of(US, THEM);
        Map<Program, List<ClosedLoop.Result>> results = new LinkedHashMap<>();
        System.out.printf("%nclosed loop, 100 in flight, %d rounds of %d s each%n", plan.rounds(), plan.seconds());
        heading("round");
        for (int round = 1; round <= plan.rounds(); round++) {
            for (Program program : programs) {
                ClosedLoop.Result result = measure(program, plan);
                results.computeIfAbsent(program, name -> new ArrayList<>()).add(result);
                row(program.name(), Integer.toString(round), List.of(result));
            }
        }
        System.out.printf("%nmedians%n");
        heading("rounds");
        results.forEach((program, rounds) -> row(program.name(), Integer.toString(rounds.size()), rounds));
        plot(plan, results);
        ratios(results);
    }

    private static ClosedLoop.Result measure(Program program, Plan plan) throws Exception {
        try (Peers peers = new Peers();
                Subject subject = new Subject(program, peers);
                ClosedLoop loop = new ClosedLoop(peers, subject, 0)) {
            loop.warmUp(plan.warmAnswers(), plan.warmSeconds());
            ClosedLoop.Result result = loop.measure(plan.seconds());
            if (peers.connections.get() != 1) {
                System.out.printf("%s made %d connections%n", program.name(), peers.connections.get());
            }
            return result;
        }
    }

    private static void heading(String first) {
        System.out.printf(
                "| | %s | conversions a second | processor time each | p50 | p99 | p99.9 | peak resident | errors |%n",
                first);
        System.out.println("|---|---|---|---|---|---|---|---|---|");
    }

    private static void row(String name, String first, List<ClosedLoop.Result> rounds) {
        System.out.printf(
                "| %s | %s | %,.0f | %.2f µs | %,.0f µs | %,.0f µs | %,.0f µs | %.0f MiB | %.0f |%n",
                name,
                first,
                median(rounds, ClosedLoop.Result::conversionsPerSecond),
                median(rounds, ClosedLoop.Result::microsOfProcessor),
                median(rounds, result -> result.micros(50)),
                median(rounds, result -> result.micros(99)),
                median(rounds, result -> result.micros(99.9)),
                median(rounds, ClosedLoop.Result::peakMebibytes),
                median(rounds, ClosedLoop.Result::errors));
    }

    private static void plot(Plan plan, Map<Program, List<ClosedLoop.Result>> results) throws Exception {
        LatencyPlot plot = new LatencyPlot("Latency, closed loop, 100 in flight, all rounds");
        results.forEach((program, rounds) -> {
            Histogram all = rounds.get(0).latency().copy();
            rounds.stream().skip(1).forEach(result -> all.add(result.latency()));
            plot.add(program.name(), all);
        });
        plot.write(plan.plots().resolve("latency.svg"));
    }

    private static void ratios(Map<Program, List<ClosedLoop.Result>> results) {
        List<ClosedLoop.Result> theirs = results.get(THEM);
        System.out.printf("%nratios to the hand-written loop, of the medians%n");
        results.forEach((program, rounds) -> {
            if (rounds != theirs) {
                System.out.printf(
                        "%s: throughput %.2f, processor time %.2f%n",
                        program.name(),
                        ratio(rounds, theirs, ClosedLoop.Result::conversionsPerSecond),
                        ratio(rounds, theirs, ClosedLoop.Result::microsOfProcessor));
            }
        });
    }

    private static double ratio(
            List<ClosedLoop.Result> ours, List<ClosedLoop.Result> theirs, ToDoubleFunction<ClosedLoop.Result> figure) {
        return median(ours, figure) / median(theirs, figure);
    }

    private static double median(List<ClosedLoop.Result> results, ToDoubleFunction<ClosedLoop.Result> figure) {
        return Median.of(results.stream().mapToDouble(figure).toArray());
    }
}
