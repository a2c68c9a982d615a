package org.currencyroutes.peer;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ServerSocketFactory;

/**
 * A trading pipeline with every fault that a peer and a line can have: plain sockets, a thread for each connection, and
 * a script that says what it does to it. It remembers all that it is sent and how many connections there were at a time.
 */
public final class FaultyPipeline implements AutoCloseable {

    /** What is done to a connection, on a thread of its own, from the moment TCP has it; at the end it is closed. */
    @FunctionalInterface
    public interface Script {

        /** Runs until the connection is of no more use. */
        void run(RawConnection connection) throws IOException;
    }

    /** A text frame, on which connection (counted from 1), and when by {@link System#nanoTime}. */
    public record Frame(int connection, long nanoTime, String text) {}

    /** Upgrades, beats each second, reads to the end, and answers a close frame. */
    public static final Script POLITE = connection -> {
        connection.upgrade();
        connection.beat();
        connection.read();
    };

    private static final Pattern ID = Pattern.compile("^\\{\"type\":\"(?:message|error)\",\"id\":(\\d+),");
    private static final String ESTABLISHED = "01";

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService beats = Executors.newScheduledThreadPool(2);
    private final ServerSocketFactory sockets;
    private final int port;
    private final List<RawConnection> connections = new CopyOnWriteArrayList<>();
    private final ConcurrentLinkedQueue<Frame> frames = new ConcurrentLinkedQueue<>();
    private final Map<Integer, Integer> answers = new ConcurrentHashMap<>();
    private volatile ServerSocket server;
    private volatile Future<?> accepting;
    private volatile Script script = POLITE;
    private volatile int mostOpen;

    /** Listens on a free port. */
    public FaultyPipeline() {
        this(ServerSocketFactory.getDefault());
    }

    /** Listens on a free port with sockets of another kind, such as TLS. */
    public FaultyPipeline(ServerSocketFactory sockets) {
        this.sockets = sockets;
        listen(0);
        port = server.getLocalPort();
    }

    /** The address for {@code fx.socket.url}. */
    public String url() {
        return "ws://127.0.0.1:" + port + "/pipeline";
    }

    /** The port that it listens on. */
    public int port() {
        return port;
    }

    /** Does this to each later connection. */
    public void setScript(Script script) {
        this.script = script;
    }

    /**
     * Cuts the newest connection, does this to those that follow, one after the other, and no harm to later ones; gives
     * how many there had been.
     */
    public int meet(Script... scripts) {
        int before = connections();
        setScript(connection -> {
            int index = connection.number() - before - 1;
            (index < scripts.length ? scripts[index] : POLITE).run(connection);
        });
        newest().cut();
        return before;
    }

    /** Ends the handshake after so long with frames in the same packet, says that it has tried to, and reads to the end. */
    public static Script late(int millis, Runnable tried, byte[]... frames) {
        return connection -> {
            connection.readHandshake();
            connection.pause(millis);
            try {
                connection.upgrade(frames);
            } finally {
                tried.run();
            }
            connection.read();
        };
    }

    /** Refuses connections from now on; those that are open stay. */
    public void refuse() {
        try {
            server.close();
            // a thread that waits in accept may still take one that comes before it has heard of the end
            accepting.get();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("it still listens", e);
        }
    }

    /** Listens again. */
    public void listenAgain() {
        listen(port);
    }

    /** How many TCP connections there have been, upgraded or not. */
    public int connections() {
        return connections.size();
    }

    /** The newest connection. */
    public RawConnection newest() {
        return connections.get(connections.size() - 1);
    }

    /** Waits for a connection later than so many that has been upgraded and has sent a heartbeat. */
    public RawConnection awaitConnectionAfter(int count) {
        await().until(() -> connections.stream()
                .skip(count)
                .anyMatch(connection -> !connection.hasEnded() && connection.heartbeats() > 0));
        return newest();
    }

    /** How many TCP connections the other side holds open now. */
    public int open() {
        int count = count();
        // the kernel's table may show one that ended and one that began while it was read: not so twice
        return count > 1 ? Math.min(count, count()) : count;
    }

    private int count() {
        try {
            return Files.exists(Path.of("/proc/net/tcp"))
                    ? established("/proc/net/tcp") + established("/proc/net/tcp6")
                    : (int) connections.stream()
                            .filter(connection -> !connection.hasEnded())
                            .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many TCP connections were open at a time, at the most. */
    public int mostOpen() {
        return mostOpen;
    }

    /** The longest time between two of our heartbeats on a connection, or between its last one and now, in milliseconds. */
    public long longestSilenceMillis(RawConnection connection) {
        long longest = 0;
        long last = 0;
        for (Frame frame : frames) {
            if (frame.connection() == connection.number() && frame.text().equals(TradingPipeline.HEARTBEAT)) {
                longest = last == 0 ? 0 : Math.max(longest, frame.nanoTime() - last);
                last = frame.nanoTime();
            }
        }
        return TimeUnit.NANOSECONDS.toMillis(Math.max(longest, System.nanoTime() - last));
    }

    /** All text frames so far. */
    public List<Frame> frames() {
        return List.copyOf(frames);
    }

    /** How often each id was answered. */
    public Map<Integer, Integer> answers() {
        return answers;
    }

    /** The last answer to an id, waited for. */
    public String answer(int id) {
        await().until(() -> answers.containsKey(id));
        return frames.stream()
                .map(Frame::text)
                .filter(text -> text.contains("\"id\":" + id + ","))
                .reduce((first, last) -> last)
                .orElseThrow();
    }

    /** Refuses connections and cuts those that are open. */
    @Override
    public void close() {
        refuse();
        connections.forEach(RawConnection::cut);
        beats.shutdownNow();
        threads.shutdownNow();
    }

    void received(int connection, String text) {
        frames.add(new Frame(connection, System.nanoTime(), text));
        Matcher id = ID.matcher(text);
        if (id.find()) {
            answers.merge(Integer.valueOf(id.group(1)), 1, Integer::sum);
        }
    }

    ScheduledExecutorService beats() {
        return beats;
    }

    private void listen(int onPort) {
        try {
            ServerSocket listening = sockets.createServerSocket();
            listening.setReuseAddress(true);
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), onPort));
            server = listening;
            accepting = threads.submit(() -> accept(listening));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocket listening) {
        try {
            while (true) {
                Socket socket = listening.accept();
                mostOpen = Math.max(mostOpen, open());
                RawConnection connection = new RawConnection(this, connections.size() + 1, socket);
                connections.add(connection);
                threads.execute(() -> connection.run(script));
            }
        } catch (IOException e) {
            // not listening any more
        }
    }

    /** What the kernel says of our port; a reader's thread would hear of an end later than the next beginning. */
    private int established(String table) throws IOException {
        String local = String.format(Locale.ROOT, ":%04X", port);
        return (int) Files.readAllLines(Path.of(table)).stream()
                .filter(line -> line.contains(local))
                .map(line -> line.trim().split("\\s+"))
                .filter(columns -> columns[1].endsWith(local) && columns[3].equals(ESTABLISHED))
                .count();
    }
}
