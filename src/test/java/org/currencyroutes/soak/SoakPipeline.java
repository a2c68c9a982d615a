package org.currencyroutes.soak;

import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * The pipeline as the members of the cluster see it: it beats each second and asks each 100 ms on every connection that it
 * has, and remembers who answered when. What it sees on its own side is all that counts.
 */
final class SoakPipeline implements AutoCloseable {

    private static final String BEAT = "{\"type\":\"heartbeat\"}";
    private static final String REQUEST = """
            {"type":"message","id":%d,"payload":{"marketId":123456,"selectionId":987654,"odds":2.2,\
            "stake":253.67,"currency":"USD","date":"2021-05-18T21:32:42.324Z"}}""";

    /** A frame of whoever owns, and whether it is the first on its connection. */
    record Sign(long millis, boolean first) {}

    /** Something that must not be, and when. */
    record Offence(long millis, String words) {}

    /** One connection of a member; the times are those of the soak, -1 for not yet. */
    private static final class Connection {
        private final int member;
        private final ServerWebSocket socket;
        private boolean superseded;
        private boolean answered;
        private boolean wrote;
        private boolean blamed;

        Connection(int member, ServerWebSocket socket) {
            this.member = member;
            this.socket = socket;
        }
    }

    private final Vertx vertx = Vertx.vertx();
    private final long began = System.nanoTime();
    private final IntPredicate paused;
    private final List<Connection> open = new ArrayList<>();
    private final List<Long> answers = new ArrayList<>();
    private final List<Sign> signs = new ArrayList<>();
    private final List<Offence> offences = new ArrayList<>();
    private final Set<Long> inHand = new HashSet<>();
    private final boolean[] answeredNow;
    private long asked;
    private long errors;
    private long ticked;
    private long stall;
    private int connections;
    private int owner = -1;
    private Connection reigning;

    /** Takes where to listen, how many members there are, and who of them is paused: a paused one cannot close anything. */
    SoakPipeline(String host, int port, int members, IntPredicate paused) {
        this.paused = paused;
        answeredNow = new boolean[members + 1];
        vertx.createHttpServer()
                .webSocketHandler(this::accepted)
                .listen(port, host)
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        vertx.setPeriodic(100, id -> ask());
        vertx.setPeriodic(1_000, id -> beat());
        vertx.setPeriodic(10, id -> tick());
    }

    /** Milliseconds since the soak began. */
    long millis() {
        return (System.nanoTime() - began) / 1_000_000;
    }

    private synchronized void accepted(ServerWebSocket socket) {
        String host = socket.remoteAddress().hostAddress();
        Connection connection = new Connection(Integer.parseInt(host.substring(host.lastIndexOf('.') + 1)), socket);
        connections++;
        for (Connection other : open) {
            if (!paused.test(other.member)) {
                offend("member %d connected while member %d was, and was not paused"
                        .formatted(connection.member, other.member));
            }
        }
        open.add(connection);
        socket.closeHandler(v -> closed(connection));
        socket.exceptionHandler(e -> {});
        socket.textMessageHandler(text -> read(connection, text));
        socket.writeTextMessage(BEAT);
    }

    private synchronized void closed(Connection connection) {
        open.remove(connection);
    }

    private synchronized void read(Connection connection, String text) {
        long now = millis();
        signs.add(new Sign(now, !connection.wrote));
        if (!connection.wrote) {
            connection.wrote = true;
            open.forEach(other -> other.superseded |= other != connection && other.wrote);
            reigning = connection;
            owner = connection.member;
        } else if (connection.superseded) {
            offend("member %d wrote on its old connection while member %d owned: %s"
                    .formatted(connection.member, owner, text));
        }
        if (text.equals(BEAT)) {
            return;
        }
        answers.add(now);
        answeredNow[connection.member] = true;
        connection.answered = true;
        if (text.contains("\"error\"")) {
            errors++;
        }
        long id = Long.parseLong(text.replaceFirst(".*\"id\":(\\d+).*", "$1"));
        if (!inHand.remove(id)) {
            offend("request %d was answered twice, the second time by member %d".formatted(id, connection.member));
        }
    }

    private synchronized void ask() {
        for (Connection connection : open) {
            inHand.add(++asked);
            connection.socket.writeTextMessage(REQUEST.formatted(asked));
        }
    }

    private synchronized void beat() {
        open.forEach(connection -> connection.socket.writeTextMessage(BEAT));
    }

    private synchronized void tick() {
        long now = millis();
        stall = Math.max(stall, now - ticked - 10);
        ticked = now;
        for (Connection connection : open) {
            if (connection.superseded && !connection.blamed && !paused.test(connection.member)) {
                connection.blamed = true;
                offend("member %d still has its old connection while member %d owns"
                        .formatted(connection.member, owner));
            }
        }
    }

    private void offend(String words) {
        Offence offence = new Offence(millis(), words);
        offences.add(offence);
        System.out.printf("%8.1f s  NOT ALLOWED: %s%n", offence.millis() / 1e3, words);
    }

    /** Whether the member has a connection, and whether it answered on it since this was asked last. */
    synchronized boolean[] look(int member) {
        boolean[] seen = {open.stream().anyMatch(connection -> connection.member == member), answeredNow[member]};
        answeredNow[member] = false;
        return seen;
    }

    /** The member that began last to write and is still connected, or 0. */
    synchronized int owner() {
        return reigning != null && reigning.answered && open.contains(reigning) ? reigning.member : 0;
    }

    /** When answers came, in order. */
    synchronized List<Long> answers() {
        return List.copyOf(answers);
    }

    /** What whoever owned wrote, heartbeats too. */
    synchronized List<Sign> signs() {
        return List.copyOf(signs);
    }

    synchronized List<Offence> offences() {
        return List.copyOf(offences);
    }

    synchronized String figures() {
        // what comes in such a time may be read in another order than it came
        return "%d requests, %d answers, of them %d errors; %d connections; the pipeline itself stood still for %d ms at the most"
                .formatted(asked, answers.size(), errors, connections, stall);
    }

    @Override
    public void close() {
        vertx.close();
    }
}
