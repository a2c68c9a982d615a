package org.currencyroutes.benchmarks;

import java.lang.reflect.Method;
import java.time.LocalDate;

/** How long the embedded ECB history takes to load, cold, and what memory it keeps; run with the product's lib/. */
public final class EcbHistoryLoad {

    private EcbHistoryLoad() {}

    /** Loads it once and prints both. */
    public static void main(String[] args) throws Exception {
        Class<?> type = Class.forName("org.currencyroutes.rates.EcbHistory");
        Object history = type.getConstructor().newInstance();
        Method on = type.getMethod("on", LocalDate.class);
        long before = used();
        long start = System.nanoTime();
        on.invoke(history, LocalDate.of(2021, 5, 18));
        long millis = (System.nanoTime() - start) / 1_000_000;
        System.out.printf("the ECB history: loaded in %d ms, keeps %.1f MiB%n", millis, (used() - before) / 1048576.0);
        on.invoke(history, LocalDate.of(1999, 1, 4));
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
