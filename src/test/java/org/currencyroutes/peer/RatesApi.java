package org.currencyroutes.peer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A rates service in the form of <a href="https://frankfurter.dev">Frankfurter</a> on a loopback port. */
public final class RatesApi implements AutoCloseable {

    /** What it answers to a call. */
    public record Answer(int status, String body) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
    private volatile Function<LocalDate, Answer> answers = day -> table("EUR", day, "\"USD\":1.222385");
    private volatile CountDownLatch held = new CountDownLatch(0);

    /** Listens on a free port; until told otherwise it has one euro at 1.222385 US dollars, every day. */
    public RatesApi() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/v1/", this::answer);
        server.start();
    }

    /** The address for {@code fx.rates.frankfurter.url}. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    /** A table in Frankfurter's form; the rates are the inside of a JSON object. */
    public static Answer table(String base, LocalDate day, String rates) {
        return new Answer(
                200, "{\"amount\":1.0,\"base\":\"%s\",\"date\":\"%s\",\"rates\":{%s}}".formatted(base, day, rates));
    }

    /** Gives these answers from now on, by the day asked for. */
    public void setAnswers(Function<LocalDate, Answer> answers) {
        this.answers = answers;
    }

    /** Answers no call until {@link #release}. */
    public void hold() {
        if (held.getCount() == 0) {
            held = new CountDownLatch(1);
        }
    }

    /** Answers all calls that were held, and the later ones at once. */
    public void release() {
        held.countDown();
    }

    /** How often a day was asked for. */
    public int calls(LocalDate day) {
        AtomicInteger count = calls.get("/v1/" + day + "?base=EUR");
        return count == null ? 0 : count.get();
    }

    /** How often anything was asked for. */
    public int calls() {
        return calls.values().stream().mapToInt(AtomicInteger::get).sum();
    }

    /** Refuses connections from now on. */
    @Override
    public void close() {
        release();
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            calls.computeIfAbsent(exchange.getRequestURI().toString(), uri -> new AtomicInteger())
                    .incrementAndGet();
            held.await();
            String path = exchange.getRequestURI().getPath();
            Answer answer = answers.apply(LocalDate.parse(path.substring("/v1/".length())));
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
