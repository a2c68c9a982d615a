package org.currencyroutes.benchmarks;

import io.vertx.core.http.ServerWebSocket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** A pipeline that closes the connection after each answer: what is left open of so many connections. */
final class Drops {

    private static final int BEFORE = 5;

    private Drops() {}

    static void run(Plan plan) throws Exception {
        try (Peers peers = new Peers();
                Subject subject = new Subject(Program.distribution(), peers)) {
            drop(peers);
            subject.await(() -> peers.connections.get() > BEFORE);
            System.out.printf("%ndrops, each after an answer, the next as soon as the subject is there again%n");
            System.out.println("| drops | after | descriptors | threads | resident |");
            System.out.println("|---|---|---|---|---|");
            long start = System.nanoTime();
            row(subject, 0, start);
            long end = start + TimeUnit.SECONDS.toNanos(plan.dropSeconds());
            while (peers.connections.get() - BEFORE - 1 < plan.drops() && System.nanoTime() < end) {
                Thread.sleep(5);
            }
            peers.onAnswer = answer -> {};
            int drops = peers.connections.get() - BEFORE - 1;
            row(subject, drops, start);
            Thread.sleep(2_000);
            row(subject, drops, start);
        }
    }

    private static void drop(Peers peers) {
        AtomicReference<ServerWebSocket> present = new AtomicReference<>();
        peers.onConnect = socket -> {
            present.set(socket);
            socket.writeTextMessage(Messages.request(peers.connections.get()));
        };
        peers.onAnswer = answer -> present.get().close();
    }

    private static void row(Subject subject, int drops, long start) throws Exception {
        System.out.printf(
                "| %,d | %d s | %d | %d | %d MiB |%n",
                drops,
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start),
                subject.descriptors(),
                subject.threads(),
                subject.residentMebibytes());
    }
}
