package org.currencyroutes.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** From the start of a process to its first answer, and the memory of one that has nothing but heartbeats to do. */
final class StartAndMemory {

    private StartAndMemory() {}

    static void run(Plan plan) throws Exception {
        System.out.printf("%nfrom the start of the process to the first answer%n");
        System.out.println("| | median | starts |");
        System.out.println("|---|---|---|");
        for (Program program : List.of(Program.distribution(), Program.handWritten())) {
            double[] starts = new double[plan.starts()];
            for (int i = 0; i < starts.length; i++) {
                starts[i] = millisToFirstAnswer(program);
            }
            System.out.printf("| %s | %,.0f ms | %d |%n", program.name(), Median.of(starts), starts.length);
        }
        System.out.printf(
                "resident at rest, %d s after the first connection: %d MiB%n", plan.restSeconds(), restMebibytes(plan));
    }

    /** The request is there when the subject connects; its rates are not. */
    private static long millisToFirstAnswer(Program program) throws Exception {
        try (Peers peers = new Peers()) {
            AtomicLong answered = new AtomicLong();
            peers.onConnect = socket -> socket.writeTextMessage(Messages.request(1));
            peers.onAnswer = answer -> answered.compareAndSet(0, System.nanoTime());
            long start = System.nanoTime();
            try (Subject subject = new Subject(program, peers)) {
                subject.await(() -> answered.get() != 0);
                return TimeUnit.NANOSECONDS.toMillis(answered.get() - start);
            }
        }
    }

    private static long restMebibytes(Plan plan) throws Exception {
        try (Peers peers = new Peers();
                Subject subject = new Subject(Program.distribution(), peers)) {
            subject.await(() -> peers.socket.get() != null);
            Thread.sleep(plan.restSeconds() * 1_000L);
            return subject.residentMebibytes();
        }
    }
}
