package org.currencyroutes.peer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.currencyroutes.peer.RatesApi.Answer;

/** A rates service of any form on a loopback port, which remembers how it was asked. */
public final class ProviderApi implements AutoCloseable {

    /** How it was asked: the path with its query, and the header {@code apikey}, empty if there was none. */
    public record Call(String method, String uri, String apikey) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private volatile Function<Call, Answer> answers = call -> new Answer(500, "");

    /** Listens on a free port; until told otherwise it answers 500. */
    public ProviderApi() {
        this(0);
    }

    /** Listens on a port that {@link TradingPipeline#freePort} gave. */
    public ProviderApi(int port) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** The address for {@code fx.rates.<provider>.url}. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/api";
    }

    /** Gives these answers from now on. */
    public void setAnswers(Function<Call, Answer> answers) {
        this.answers = answers;
    }

    /** Gives this answer from now on. */
    public void setAnswer(int status, String body) {
        setAnswers(call -> new Answer(status, body));
    }

    /** All calls so far. */
    public List<Call> calls() {
        return List.copyOf(calls);
    }

    /** Refuses connections from now on. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String apikey = exchange.getRequestHeaders().getFirst("apikey");
            Call call = new Call(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString().replaceFirst("^/api", ""),
                    apikey == null ? "" : apikey);
            calls.add(call);
            Answer answer = answers.apply(call);
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
