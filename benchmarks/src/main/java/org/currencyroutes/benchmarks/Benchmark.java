package org.currencyroutes.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the subjects in turn and prints medians and, last, ratios. */
public final class Benchmark {

    static final List<String> DISTRIBUTION = List.of("../target/currency-routes/bin/currency-routes");

    private Benchmark() {}

    /** Takes the number of rounds, and the seconds to warm up and to measure. */
    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        int warm = args.length > 1 ? Integer.parseInt(args[1]) : 8;
        int seconds = args.length > 2 ? Integer.parseInt(args[2]) : 8;
        Map<String, List<String>> subjects = new LinkedHashMap<>();
        subjects.put("currency-routes", DISTRIBUTION);
        subjects.put(
                "hand-written",
                List.of("java", "-Xmx192m", "-cp", "target/classes:target/lib/*", HandWrittenLoop.class.getName()));
        Map<String, List<ClosedLoop.Result>> results = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (Map.Entry<String, List<String>> subject : subjects.entrySet()) {
                ClosedLoop.Result result = ClosedLoop.run(subject.getValue(), warm, seconds, "");
                results.computeIfAbsent(subject.getKey(), name -> new ArrayList<>()).add(result);
                System.out.printf(
                        "%-16s %,10.0f/s %6.2f µs  p50 %,d p99 %,d p99.9 %,d µs  peak %d MiB%n",
                        subject.getKey(),
                        result.conversionsPerSecond(),
                        result.microsOfProcessor(),
                        result.latency().getValueAtPercentile(50) / 1000,
                        result.latency().getValueAtPercentile(99) / 1000,
                        result.latency().getValueAtPercentile(99.9) / 1000,
                        result.peakMebibytes());
            }
        }
        List<ClosedLoop.Result> ours = results.get("currency-routes");
        List<ClosedLoop.Result> theirs = results.get("hand-written");
        System.out.printf(
                "ratio to the hand-written loop, medians: throughput %.2f, processor time %.2f%n",
                median(ours, true) / median(theirs, true), median(ours, false) / median(theirs, false));
        System.exit(0);
    }

    private static double median(List<ClosedLoop.Result> results, boolean throughput) {
        double[] sorted = results.stream()
                .mapToDouble(r -> throughput ? r.conversionsPerSecond() : r.microsOfProcessor())
                .sorted()
                .toArray();
        return sorted[sorted.length / 2];
    }
}
