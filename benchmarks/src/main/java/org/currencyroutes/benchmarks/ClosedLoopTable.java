package org.currencyroutes.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * The programs against each other. In each round all are started afresh and warmed up, one after the other, and then
 * measured in short turns, so that what slows the machine down for a while slows all of them down: medians, the plot of
 * the latencies and, last, ratios within a turn.
 */
final class ClosedLoopTable {

    private static final Program US = Program.distribution();
    private static final Program THEM = Program.handWritten();

    /** A program at work, idle but for heartbeats between its turns. */
    private record Contender(Program program, Peers peers, Subject subject) implements AutoCloseable {

        static Contender start(Program program, Plan plan) throws Exception {
            Peers peers = new Peers();
            Contender contender = new Contender(program, peers, new Subject(program, peers));
            try (ClosedLoop loop = contender.loop()) {
                loop.warmUp(plan.warmAnswers(), plan.warmSeconds());
            }
            return contender;
        }

        ClosedLoop.Result turn() throws Exception {
            try (ClosedLoop loop = loop()) {
                loop.warmUp(1, 1);
                return loop.measure(1);
            }
        }

        private ClosedLoop loop() {
            return new ClosedLoop(peers, subject, 0);
        }

        @Override
        public void close() {
            if (peers.connections.get() != 1) {
                System.out.printf("%s made %d connections%n", program.name(), peers.connections.get());
            }
            subject.close();
            peers.close();
        }
    }

    private ClosedLoopTable() {}

    static void run(Plan plan) throws Exception {
        Map<Program, List<ClosedLoop.Result>> results = new LinkedHashMap<>();
        System.out.printf("%nclosed loop, 100 in flight, %d rounds of %d turns each%n", plan.rounds(), plan.turns());
        heading("round");
        for (int round = 1; round <= plan.rounds(); round++) {
            for (Map.Entry<Program, List<ClosedLoop.Result>> turns : round(plan).entrySet()) {
                row(turns.getKey().name(), Integer.toString(round), turns.getValue());
                results.computeIfAbsent(turns.getKey(), program -> new ArrayList<>())
                        .addAll(turns.getValue());
            }
        }
        System.out.printf("%nmedians%n");
        heading("turns");
        results.forEach((program, turns) -> row(program.name(), Integer.toString(turns.size()), turns));
        plot(plan, results);
        ratios(results);
    }

    private static Map<Program, List<ClosedLoop.Result>> round(Plan plan) throws Exception {
        List<Program> programs =
                plan.all() ? List.of(US, THEM, Program.handWrittenPlainly(), Program.stock()) : List.of(US, THEM);
        List<Contender> contenders = new ArrayList<>();
        Map<Program, List<ClosedLoop.Result>> results = new LinkedHashMap<>();
        try {
            for (Program program : programs) {
                contenders.add(Contender.start(program, plan));
            }
            for (int turn = 0; turn < plan.turns(); turn++) {
                for (Contender contender : contenders) {
                    results.computeIfAbsent(contender.program(), program -> new ArrayList<>())
                            .add(contender.turn());
                }
            }
            return results;
        } finally {
            contenders.forEach(Contender::close);
        }
    }

    private static void heading(String first) {
        System.out.printf(
                "| | %s | conversions a second | processor time each | p50 | p99 | p99.9 | peak resident | errors |%n",
                first);
        System.out.println("|---|---|---|---|---|---|---|---|---|");
    }

    private static void row(String name, String first, List<ClosedLoop.Result> turns) {
        System.out.printf(
                "| %s | %s | %,.0f | %.2f µs | %,.0f µs | %,.0f µs | %,.0f µs | %.0f MiB | %.0f |%n",
                name,
                first,
                median(turns, ClosedLoop.Result::conversionsPerSecond),
                median(turns, ClosedLoop.Result::microsOfProcessor),
                median(turns, result -> result.micros(50)),
                median(turns, result -> result.micros(99)),
                median(turns, result -> result.micros(99.9)),
                median(turns, ClosedLoop.Result::peakMebibytes),
                turns.stream().mapToDouble(ClosedLoop.Result::errors).sum());
    }

    private static void plot(Plan plan, Map<Program, List<ClosedLoop.Result>> results) throws Exception {
        LatencyPlot plot = new LatencyPlot("Latency, closed loop, 100 in flight, all rounds");
        results.forEach((program, turns) -> {
            Histogram all = turns.get(0).latency().copy();
            turns.stream().skip(1).forEach(result -> all.add(result.latency()));
            plot.add(program.name(), all);
        });
        plot.write(plan.plots().resolve("latency.svg"));
    }

    private static void ratios(Map<Program, List<ClosedLoop.Result>> results) {
        List<ClosedLoop.Result> theirs = results.get(THEM);
        System.out.printf("%nratios to the hand-written loop in the same turn, medians and the middle half%n");
        results.forEach((program, turns) -> {
            if (turns != theirs) {
                System.out.printf(
                        "%s: throughput %s, processor time %s%n",
                        program.name(),
                        ratio(turns, theirs, ClosedLoop.Result::conversionsPerSecond),
                        ratio(turns, theirs, ClosedLoop.Result::microsOfProcessor));
            }
        });
    }

    private static String ratio(
            List<ClosedLoop.Result> ours, List<ClosedLoop.Result> theirs, ToDoubleFunction<ClosedLoop.Result> figure) {
        double[] ratios = IntStream.range(0, ours.size())
                .mapToDouble(turn -> figure.applyAsDouble(ours.get(turn)) / figure.applyAsDouble(theirs.get(turn)))
                .sorted()
                .toArray();
        return String.format(
                "%.2f (%.2f to %.2f)",
                Median.of(ratios), ratios[ratios.length / 4], ratios[ratios.length - 1 - ratios.length / 4]);
    }

    private static double median(List<ClosedLoop.Result> results, ToDoubleFunction<ClosedLoop.Result> figure) {
        return Median.of(results.stream().mapToDouble(figure).toArray());
    }
}
