package org.currencyroutes.benchmarks;

import java.time.LocalDate;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Requests that come at once for so many dates whose rates nobody has asked for: how long until all are answered. */
final class ColdDates {

    private static final int[] DATES = {1, 10, 100, 1_000, 6_000};
    private static final LocalDate FIRST = LocalDate.of(1999, 1, 4);

    private ColdDates() {}

    static void run(Plan plan) throws Exception {
        System.out.printf("%ncold dates, one request each, all at once; one process, which nothing has warmed up%n");
        System.out.println("| dates | all answered after | calls for rates | errors |");
        System.out.println("|---|---|---|---|");
        try (Peers peers = new Peers();
                Subject subject = new Subject(Program.distribution(), peers)) {
            subject.await(() -> peers.socket.get() != null);
            LocalDate next = FIRST;
            for (int dates : DATES) {
                measure(peers, subject, next, dates);
                next = next.plusDays(dates);
            }
        }
    }

    private static void measure(Peers peers, Subject subject, LocalDate first, int dates) throws Exception {
        AtomicInteger answers = new AtomicInteger();
        AtomicInteger errors = new AtomicInteger();
        peers.onAnswer = answer -> {
            if (!Messages.isRight(answer)) {
                errors.incrementAndGet();
            }
            answers.incrementAndGet();
        };
        int calls = peers.ratesCalls.get();
        long start = System.nanoTime();
        peers.execute(() -> {
            for (int i = 0; i < dates; i++) {
                peers.socket.get().writeTextMessage(Messages.request(i, first.plusDays(i)));
            }
        });
        subject.await(() -> answers.get() == dates);
        System.out.printf(
                "| %,d | %,d ms | %,d | %,d |%n",
                dates,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start),
                peers.ratesCalls.get() - calls,
                errors.get());
    }
}
