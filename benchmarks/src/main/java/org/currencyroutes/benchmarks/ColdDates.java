package org.currencyroutes.benchmarks;

import java.time.LocalDate;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Requests that come at once for so many dates whose rates nobody has asked for: how long until all are answered. */
final class ColdDates {

    private static final int[] DATES = {1, 10, 100, 1_000, 6_000};
    private static final LocalDate FIRST = LocalDate.of(1999, 1, 4);

    // a load of rates ends after three seconds: what is not answered well after that is never answered
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(8);

    private final int first;
    private final int dates;
    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger errors = new AtomicInteger();
    private volatile long last;

    private ColdDates(int first, int dates) {
        this.first = first;
        this.dates = dates;
    }

    static void run(Plan plan) throws Exception {
        System.out.printf("%ncold dates, one request each, all at once; one process, which nothing has warmed up%n");
        System.out.println("| dates | last answer after | calls for rates | errors | unanswered |");
        System.out.println("|---|---|---|---|---|");
        try (Peers peers = new Peers();
                Subject subject = new Subject(Program.distribution(), peers)) {
            subject.await(() -> peers.socket.get() != null);
            int first = 0;
            for (int dates : DATES) {
                new ColdDates(first, dates).measure(peers);
                first += dates;
            }
        }
    }

    private void measure(Peers peers) throws Exception {
        int calls = peers.ratesCalls.get();
        long start = System.nanoTime();
        last = start;
        peers.onAnswer = this::answered;
        peers.execute(() -> {
            for (int id = first; id < first + dates; id++) {
                peers.socket.get().writeTextMessage(Messages.request(id, FIRST.plusDays(id)));
            }
        });
        while (answers.get() < dates && System.nanoTime() - last < PATIENCE) {
            Thread.sleep(1);
        }
        System.out.printf(
                "| %,d | %,d ms | %,d | %,d | %,d |%n",
                dates,
                TimeUnit.NANOSECONDS.toMillis(last - start),
                peers.ratesCalls.get() - calls,
                errors.get(),
                dates - answers.get());
    }

    private void answered(String answer) {
        int id = Messages.id(answer);
        if (id < first) {
            return;
        }
        if (!Messages.isRight(answer)) {
            errors.incrementAndGet();
        }
        last = System.nanoTime();
        answers.incrementAndGet();
    }
}
