package org.currencyroutes.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a conversion costs as its payload grows: a closed loop at each size, one process of each program. */
final class Payloads {

    private static final int[] BYTES = {200, 1 << 10, 4 << 10, 16 << 10, 64 << 10};

    private Payloads() {}

    static void run(Plan plan) throws Exception {
        System.out.printf("%npayloads, closed loop, 100 in flight, %d s each%n", plan.payloadSeconds());
        System.out.println("| | bytes | conversions a second | processor time each | p99 | peak resident | errors |");
        System.out.println("|---|---|---|---|---|---|---|");
        Plot plot = new Plot("Processor time a conversion by the size of its request", "bytes", "µs");
        for (int bytes : BYTES) {
            plot.tick(bytes, bytes < 1024 ? bytes + " B" : bytes / 1024 + " KiB");
        }
        for (Program program : List.of(Program.distribution(), Program.handWritten())) {
            plot.add(program.name(), measure(program, plan));
        }
        plot.write(plan.plots().resolve("payloads.svg"));
    }

    private static Map<Double, Double> measure(Program program, Plan plan) throws Exception {
        Map<Double, Double> costs = new LinkedHashMap<>();
        try (Peers peers = new Peers();
                Subject subject = new Subject(program, peers)) {
            for (int bytes : BYTES) {
                try (ClosedLoop loop = new ClosedLoop(peers, subject, bytes)) {
                    loop.warmUp(plan.warmAnswers(), bytes == BYTES[0] ? plan.warmSeconds() : plan.payloadSeconds());
                    ClosedLoop.Result result = loop.measure(plan.payloadSeconds());
                    costs.put((double) bytes, result.microsOfProcessor());
                    System.out.printf(
                            "| %s | %,d | %,.0f | %.2f µs | %,.0f µs | %d MiB | %d |%n",
                            program.name(),
                            bytes,
                            result.conversionsPerSecond(),
                            result.microsOfProcessor(),
                            result.micros(99),
                            result.peakMebibytes(),
                            result.errors());
                }
            }
        }
        return costs;
    }
}
