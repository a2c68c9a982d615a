package org.currencyroutes.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Runs the parts that are asked for, each against programs in processes of their own; the ratios come last. */
public final class Benchmark {

    /** One thing that is measured; it prints its own table. */
    private interface Part {
        void run(Plan plan) throws Exception;
    }

    private static final Map<String, Part> PARTS = parts();

    private Benchmark() {}

    private static Map<String, Part> parts() {
        Map<String, Part> parts = new LinkedHashMap<>();
        parts.put("start", StartAndMemory::run);
        parts.put("flood", Flood::run);
        parts.put("dates", ColdDates::run);
        parts.put("payloads", Payloads::run);
        parts.put("drops", Drops::run);
        parts.put("open", OpenLoopTable::run);
        parts.put("closed", ClosedLoopTable::run);
        return parts;
    }

    /** Takes {@code full}, {@code quick}, {@code smoke} or {@code day}, then the parts to run; by default all. */
    public static void main(String[] args) {
        Locale.setDefault(Locale.ROOT);
        // without it each answer of the rates service would wait 40 ms for the kernel's delayed acknowledgement
        System.setProperty("sun.net.httpserver.nodelay", "true");
        String size = args.length == 0 ? "full" : args[0];
        Plan plan =
                switch (size) {
                    case "full" -> Plan.full();
                    case "quick" -> Plan.quick();
                    case "smoke" -> Plan.smoke();
                    case "day" -> Plan.day();
                    default ->
                        throw new IllegalArgumentException("full, quick, smoke or day, then any of " + PARTS.keySet());
                };
        List<String> wanted = args.length > 1 ? List.of(args).subList(1, args.length) : byDefault(size);
        if (!PARTS.keySet().containsAll(wanted)) {
            throw new IllegalArgumentException("the parts are " + PARTS.keySet());
        }
        Machine.print();
        boolean failed = false;
        for (Map.Entry<String, Part> part : PARTS.entrySet()) {
            if (wanted.contains(part.getKey())) {
                failed |= !ran(part.getKey(), part.getValue(), plan);
            }
        }
        System.exit(failed ? 1 : 0);
    }

    private static List<String> byDefault(String size) {
        return switch (size) {
            case "quick" -> List.of("closed");
            case "day" -> List.of("drops");
            default -> List.copyOf(PARTS.keySet());
        };
    }

    /** A part that fails does not keep the others from being measured. */
    private static boolean ran(String name, Part part, Plan plan) {
        try {
            part.run(plan);
            return true;
        } catch (Exception e) {
            System.out.printf("%nthe part %s failed: %s%n", name, e);
            return false;
        }
    }
}
