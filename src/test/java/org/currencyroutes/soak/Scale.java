package org.currencyroutes.soak;

import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Has processes of the distribution share many simulated pipelines, all on loopback, and prints what that takes.
 * {@code src/test/cluster/scale} starts it.
 */
public final class Scale {

    private static final String BEAT = "{\"type\":\"heartbeat\"}";
    private static final String REQUEST = """
            {"type":"message","id":%d,"payload":{"marketId":123456,"selectionId":987654,"odds":2.2,\
            "stake":253.67,"currency":"USD","date":"2021-05-18T21:32:42.324Z"}}""";
    private static final int CLUSTER_PORT = 17_800;
    private static final int MANAGEMENT_PORT = 19_870;
    private static final int TICKS_A_SECOND = 100;

    /** A pipeline's side of things. */
    private static final class Simulated {
        private final List<Connected> open = new ArrayList<>();
        private long lastBeat;
        private int moves;
    }

    private record Connected(int member, ServerWebSocket socket) {}

    private final Vertx vertx = Vertx.vertx();
    private final Map<String, Simulated> pipelines = new TreeMap<>();
    private final int size;
    private final Process[] members;
    private final int[] starts;
    private final List<Long> gaps = new ArrayList<>();
    private final List<Long> latencies = new ArrayList<>();
    private final Path folder;
    private final Path home;
    private final int port;
    private volatile int every = 1_000;
    private long asked;
    private long answered;
    private long twice;
    private long again;
    private long overlap;
    private long ticked = System.nanoTime();
    private long stall;

    private Scale(int count, int size, Path folder) throws IOException {
        this.size = size;
        members = new Process[size + 1];
        starts = new int[size + 1];
        this.folder = folder;
        home = folder.resolve("currency-routes");
        StringBuilder routes = new StringBuilder();
        pipelines.put("main", new Simulated());
        for (int i = 1; i <= count; i++) {
            String name = "p%03d".formatted(i);
            pipelines.put(name, new Simulated());
            routes.append("""
                    - templatedRoute:
                        routeTemplateRef: fx-pipeline
                        parameters:
                          - { name: name, value: %1$s }
                          - { name: url, value: "{{env:SCALE_URL}}/%1$s" }
                          - { name: authorization, value: "{{env:SCALE_MEMBER}}" }
                    """.formatted(name));
        }
        if (count > 0) {
            Files.writeString(home.resolve("routes/scale.camel.yaml"), routes);
        }
        port = vertx.createHttpServer()
                .webSocketHandler(this::accepted)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
        vertx.setPeriodic(1_000, id -> each(BEAT));
        vertx.setPeriodic(10, id -> tick());
        ask();
    }

    /** Takes how many pipelines beside the main one, how many processes, and the folder with a copy of the distribution. */
    public static void main(String[] arguments) throws Exception {
        Scale scale = new Scale(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]), Path.of(arguments[2]));
        boolean done = false;
        try {
            done = scale.run();
        } finally {
            for (Process member : scale.members) {
                if (member != null) {
                    member.destroyForcibly();
                }
            }
            scale.vertx.close();
        }
        System.exit(done ? 0 : 1);
    }

    private boolean run() throws Exception {
        print("%d pipelines, %d processes, load of the machine before %s", pipelines.size(), size, load());
        long began = System.nanoTime();
        IntStream.rangeClosed(1, size).forEach(this::start);
        if (!settled(300, size)) {
            return false;
        }
        print("all owned and evenly spread %.1f s after the start of all three", seconds(began));
        for (int milliseconds : new int[] {1_000, 100}) {
            every = milliseconds;
            measure(milliseconds);
        }
        every = 1_000;
        return size == 1 ? finished() : fail();
    }

    /** Ends one process, starts it again, and asks another to leave. */
    private boolean fail() throws Exception {
        int victim = 1
                + IntStream.range(0, size)
                        .boxed()
                        .max((one, other) -> Integer.compare(spread()[one + 1], spread()[other + 1]))
                        .orElseThrow();
        print("kill -9 of process %d, which has %d pipelines", victim, spread()[victim]);
        long began = System.nanoTime();
        int lost = spread()[victim];
        Commands.run("kill", "-KILL", Long.toString(members[victim].pid()));
        TimeUnit.MILLISECONDS.sleep(500);
        long first = -1;
        while (owned() < pipelines.size()) {
            if (first < 0 && owned() > pipelines.size() - lost) {
                first = System.nanoTime();
            }
            if (seconds(began) > 120) {
                print("only %d are owned after %.1f s", owned(), seconds(began));
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        print(
                "  the first of its pipelines is connected again after %.1f s, the last after %.1f s, spread %s",
                first < 0 ? seconds(began) : (first - began) / 1e9, seconds(began), words(spread()));
        int moved = moves();
        began = System.nanoTime();
        start(victim);
        boolean even = settled(300, size);
        print(
                "  started again: evenly spread after %.1f s, %d connections were made for that",
                seconds(began), moves() - moved);
        moved = moves();
        began = System.nanoTime();
        int polite = victim % size + 1;
        int had = spread()[polite];
        Commands.run("kill", "-TERM", Long.toString(members[polite].pid()));
        TimeUnit.MILLISECONDS.sleep(20);
        while (members[polite].isAlive() || owned() < pipelines.size()) {
            if (seconds(began) > 120) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        print(
                "SIGTERM of process %d with %d pipelines: all owned, and it has ended, after %.1f s",
                polite, had, seconds(began));
        return even & finished();
    }

    private synchronized boolean finished() throws IOException {
        print(
                "%d requests, %d answers; a process that had a connection made another first %d times",
                asked, answered, again);
        print(
                "a pipeline was seen with connections of two processes %d times, for %d ms at the most;"
                        + " the pipelines stood still for %d ms at the most",
                twice, overlap, stall);
        print("load of the machine after %s", load());
        return overlap <= Math.max(100, stall);
    }

    private void start(int member) {
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(home.resolve("bin/currency-routes").toString());
            builder.environment()
                    .putAll(Map.of(
                            "FX_SOCKET_URL",
                            "ws://127.0.0.1:" + port + "/main",
                            "FX_SOCKET_AUTHORIZATION",
                            Integer.toString(member),
                            "SCALE_URL",
                            "ws://127.0.0.1:" + port,
                            "SCALE_MEMBER",
                            Integer.toString(member),
                            "FX_RATES_PROVIDERS",
                            "ecb",
                            "FX_CLUSTER",
                            size == 1 ? "none" : "infinispan",
                            "FX_CLUSTER_PORT",
                            Integer.toString(CLUSTER_PORT),
                            "CAMEL_MANAGEMENT_PORT",
                            Integer.toString(MANAGEMENT_PORT + member)));
            members[member] = builder.redirectErrorStream(true)
                    .redirectOutput(folder.resolve("member-%d-%d.log".formatted(member, ++starts[member]))
                            .toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until all pipelines are owned, none has more than one more than another, and this is so for five seconds. */
    private boolean settled(int most, int among) throws InterruptedException {
        long began = System.nanoTime();
        long since = began;
        int reported = 0;
        while (seconds(began) < most) {
            int[] spread = spread();
            int[] sorted = Arrays.stream(spread, 1, size + 1).sorted().toArray();
            boolean even = owned() == pipelines.size() && sorted[size - 1] - sorted[size - among] <= 1;
            if (!even) {
                since = System.nanoTime();
            } else if (seconds(since) > 5) {
                return true;
            }
            if (seconds(began) / 10 > reported) {
                reported++;
                print("  %.0f s: %d owned, spread %s", seconds(began), owned(), words(spread));
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        print("after %d s %d of %d are owned, spread %s", most, owned(), pipelines.size(), words(spread()));
        return false;
    }

    private void measure(int milliseconds) throws Exception {
        TimeUnit.SECONDS.sleep(10);
        synchronized (this) {
            gaps.clear();
            latencies.clear();
        }
        long[] before = new long[size + 1];
        for (int member = 1; member <= size; member++) {
            before[member] = ticks(member);
        }
        long began = System.nanoTime();
        long sofar = answered;
        TimeUnit.SECONDS.sleep(20);
        double taken = seconds(began);
        print(
                "each pipeline asks %.0f times a second, %.0f answers a second in all:",
                1e3 / milliseconds, (answered - sofar) / taken);
        for (int member = 1; member <= size; member++) {
            print(
                    "  process %d: %d pipelines, %.0f %% of one core, %d MiB resident (%d at most), %d threads",
                    member,
                    spread()[member],
                    (ticks(member) - before[member]) * 100 / taken / TICKS_A_SECOND,
                    status(member, "VmRSS") / 1_024,
                    status(member, "VmHWM") / 1_024,
                    status(member, "Threads"));
        }
        synchronized (this) {
            print("  heartbeats apart: %s ms; answers after %s ms", quantiles(gaps), quantiles(latencies));
        }
    }

    private static String quantiles(List<Long> values) {
        List<Long> sorted = values.stream().sorted().toList();
        if (sorted.isEmpty()) {
            return "none";
        }
        return "p50 %d, p99 %d, p99.9 %d, at most %d"
                .formatted(
                        sorted.get(sorted.size() / 2),
                        sorted.get(sorted.size() * 99 / 100),
                        sorted.get((int) (sorted.size() * 999L / 1_000)),
                        sorted.get(sorted.size() - 1));
    }

    private long ticks(int member) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + members[member].pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    private long status(int member, String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + members[member].pid() + "/status")).stream()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(-1);
    }

    private static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    }

    private synchronized void accepted(ServerWebSocket socket) {
        Simulated pipeline = pipelines.get(socket.path().substring(1));
        int member = Integer.parseInt(socket.headers().get("Authorization"));
        Connected connected = new Connected(member, socket);
        long now = System.nanoTime();
        for (Connected other : pipeline.open) {
            if (other.member() == member) {
                again++;
            } else {
                twice++;
                other.socket().closeHandler(v -> {
                    closed(pipeline, other);
                    overlap = Math.max(overlap, (System.nanoTime() - now) / 1_000_000);
                });
            }
        }
        pipeline.open.add(connected);
        pipeline.moves++;
        pipeline.lastBeat = 0;
        socket.exceptionHandler(e -> {});
        socket.closeHandler(v -> closed(pipeline, connected));
        socket.textMessageHandler(text -> read(pipeline, text));
        socket.writeTextMessage(BEAT);
    }

    private synchronized void closed(Simulated pipeline, Connected connected) {
        pipeline.open.remove(connected);
    }

    private synchronized void read(Simulated pipeline, String text) {
        long now = System.nanoTime();
        if (text.equals(BEAT)) {
            if (pipeline.lastBeat != 0) {
                gaps.add((now - pipeline.lastBeat) / 1_000_000);
            }
            pipeline.lastBeat = now;
        } else if (text.contains("\"message\"")) {
            answered++;
            // the request's number is when it was sent
            latencies.add((now - Long.parseLong(text.replaceFirst(".*\"id\":(\\d+).*", "$1"))) / 1_000_000);
        }
    }

    private synchronized void tick() {
        long now = System.nanoTime();
        stall = Math.max(stall, (now - ticked) / 1_000_000 - 10);
        ticked = now;
    }

    private synchronized void each(String text) {
        pipelines
                .values()
                .forEach(pipeline -> pipeline.open.forEach(connected -> connected.socket.writeTextMessage(text)));
    }

    private void ask() {
        vertx.setTimer(every, id -> {
            synchronized (this) {
                pipelines.values().stream()
                        .flatMap(pipeline -> pipeline.open.stream())
                        .forEach(connected -> {
                            asked++;
                            connected.socket.writeTextMessage(REQUEST.formatted(System.nanoTime()));
                        });
            }
            ask();
        });
    }

    private synchronized int owned() {
        return (int) pipelines.values().stream()
                .filter(pipeline -> !pipeline.open.isEmpty())
                .count();
    }

    private synchronized int moves() {
        return pipelines.values().stream().mapToInt(pipeline -> pipeline.moves).sum();
    }

    private synchronized int[] spread() {
        int[] spread = new int[size + 1];
        pipelines.values().forEach(pipeline -> pipeline.open.forEach(connected -> spread[connected.member()]++));
        return spread;
    }

    private static String words(int[] spread) {
        return Arrays.stream(spread).skip(1).mapToObj(Integer::toString).collect(Collectors.joining(" + "));
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private static void print(String words, Object... values) {
        System.out.printf(words + "%n", values);
    }
}
