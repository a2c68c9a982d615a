package org.currencyroutes.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** From the start of a process to its first answer, and the memory of one that has nothing but heartbeats to do. */
final class StartAndMemory {

    private StartAndMemory() {}

    static void run(Plan plan) throws Exception {
        System.out.printf("%nstart and rest%n");
        System.out.println("| | first answer after, median | starts | resident at rest | after |");
        System.out.println("|---|---|---|---|---|");
        for (Program program : List.of(Program.distribution(), Program.handWritten())) {
            double[] starts = new double[plan.starts()];
            for (int i = 0; i < starts.length; i++) {
                starts[i] = millisToFirstAnswer(program);
            }
            System.out.printf(
                    "| %s | %,.0f ms | %d | %d MiB | %d s |%n",
                    program.name(), Median.of(starts), starts.length, restMebibytes(program, plan), plan.restSeconds());
        }
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

    private static long restMebibytes(Program program, Plan plan) throws Exception {
        try (Peers peers = new Peers();
                Subject subject = new Subject(program, peers)) {
            subject.await(() -> peers.socket.get() != null);
            Thread.sleep(plan.restSeconds() * 1_000L);
            return subject.residentMebibytes();
        }
    }
}
