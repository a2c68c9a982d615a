package org.currencyroutes;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.Requests.DAY;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page to look at, as it is served; PageIT looks at it in a browser. */
class PageTest {

    private static final int PORT = TradingPipeline.freePort();

    private static TradingPipeline pipeline;
    private static RatesApi api;
    private static RunningRoutes routes;

    @BeforeAll
    static void start() {
        pipeline = new TradingPipeline();
        api = new RatesApi();
        routes = RunningRoutes.between(pipeline, api, "camel.management.port=" + PORT);
        await().until(() -> pipeline.connections() == 1);
    }

    @AfterAll
    static void stop() {
        routes.close();
        api.close();
        pipeline.close();
    }

    private static HttpResponse<String> send(String method, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORT + path))
                                .method(method, BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.ofString());
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    @Test
    void isServedAsTheFileThatItIs() throws Exception {
        HttpResponse<String> page = send("GET", "/");
        assertEquals(Files.readString(Path.of("src/main/resources/org/currencyroutes/page.html")), page.body());
        assertEquals("text/html; charset=utf-8", header(page, "Content-Type"));
        assertEquals("nosniff", header(page, "X-Content-Type-Options"));
        assertEquals("0", header(page, "Expires"));
    }

    /** Whoever edits the page finds here what its route has to say then. */
    @ParameterizedTest
    @ValueSource(strings = {"script", "style"})
    void nothingRunsInItButWhatItsPolicyNamesByItsHash(String element) throws Exception {
        HttpResponse<String> page = send("GET", "/");
        Matcher text = Pattern.compile("<" + element + ">(.*?)</" + element + ">", Pattern.DOTALL)
                .matcher(page.body());
        assertTrue(text.find());
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.group(1).getBytes(StandardCharsets.UTF_8));
        String policy = header(page, "Content-Security-Policy");
        Matcher named = Pattern.compile(element + "-src '([^']*)';").matcher(policy);
        assertTrue(named.find(), policy);
        assertEquals("sha256-" + Base64.getEncoder().encodeToString(hash), named.group(1), "in routes/page.camel.yaml");
        assertTrue(policy.startsWith("default-src 'none'; "), policy);
        assertFalse(policy.contains("unsafe"), policy);
    }

    @Test
    void asksForNothingOutside() throws Exception {
        assertFalse(send("GET", "/")
                .body()
                .replace("http://www.w3.org/2000/svg", "")
                .matches("(?s).*(https?:)?//\\w+\\..*"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/observe/refusals"})
    void isOnlyToBeRead(String path) throws Exception {
        assertEquals(405, send("POST", path).statusCode());
        assertEquals(405, send("DELETE", path).statusCode());
    }

    @Test
    void whatWasRefusedIsListed() throws Exception {
        pipeline.ask(request("\"<b>\\u0007\"", "XXX", DAY));
        HttpResponse<String> refusals = send("GET", "/observe/refusals");
        assertEquals("application/json", header(refusals, "Content-Type"));
        assertEquals("nosniff", header(refusals, "X-Content-Type-Options"));
        JsonNode last = new ObjectMapper().readTree(refusals.body()).path(0);
        assertEquals("\"<b>\\u0007\"", last.path("id").asText());
        assertEquals(
                "the currency XXX in payload.currency is not supported on 2021-05-18",
                last.path("why").asText());
        assertTrue(Duration.between(Instant.parse(last.path("at").asText()), Instant.now())
                        .abs()
                        .compareTo(Duration.ofMinutes(1))
                < 0);
    }
}
