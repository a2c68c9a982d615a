package org.currencyroutes.rates;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.Requests.DAY;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.FluentProducerTemplate;
import org.currencyroutes.RunningRoutes;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an operator sees of the rates that are held, and can do about them without a restart. */
class RatesInHandTest {

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

    private static HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORT + "/observe/" + path))
                                .method(method, BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.ofString());
    }

    private static void assertConverts() {
        assertTrue(pipeline.ask(request("1", "USD", DAY)).contains("\"stake\":207.52054,"));
    }

    @Test
    void aDayIsListedAndDroppedAndThenLoadedAnew() throws Exception {
        assertConverts();
        String held = "{\"day\":\"2021-05-18\",\"rates-of\":\"2021-05-18\",\"base\":\"EUR\",\"currencies\":1,"
                + "\"age-seconds\":SECONDS}";
        assertEquals("[" + held + "]", send("GET", "rates").body().replaceAll("(?<=\"age-seconds\":)\\d+", "SECONDS"));
        int before = api.calls(LocalDate.parse(DAY));
        assertEquals(204, send("DELETE", "rates/" + DAY).statusCode());
        assertEquals("[]", send("GET", "rates").body());
        assertConverts();
        assertEquals(before + 1, api.calls(LocalDate.parse(DAY)));
    }

    @Test
    void whatIsNotHeldIsNotFound() throws Exception {
        assertEquals(404, send("DELETE", "rates/1999-01-04").statusCode());
        assertEquals(404, send("DELETE", "rates/no%0Adate").statusCode());
        assertEquals(405, send("POST", "rates").statusCode());
    }

    @Test
    void theCacheAndTheProvidersAreAmongTheMetrics() throws Exception {
        assertConverts();
        assertConverts();
        pipeline.ask(request("1", "USD", LocalDate.now(ZoneOffset.UTC).toString()));
        String metrics = send("GET", "metrics").body();
        for (String line : new String[] {
            "fx_rates_cache_size [1-9]",
            "fx_rates_cache_gets_total\\{result=\"hit\"\\} [1-9]",
            "fx_rates_cache_gets_total\\{result=\"miss\"\\} [1-9]",
            "fx_rates_cache_loads_seconds_count [1-9]",
            "fx_rates_cache_loads_seconds_sum ",
            "fx_rates_cache_evictions_total ",
            "fx_rates_calls_total\\{outcome=\"served\",provider=\"frankfurter\"\\} [1-9]",
            "fx_rates_calls_total\\{outcome=\"failed\",provider=\"frankfurter\"\\} ",
            "fx_rates_calls_total\\{outcome=\"served\",provider=\"ecb\"\\} 0",
            "fx_rates_provider_left_alone\\{provider=\"frankfurter\"\\} 0",
            "fx_rates_provider_last_success_seconds\\{provider=\"frankfurter\"\\} [1-9]",
            "fx_rates_provider_last_success_seconds\\{provider=\"ecb\"\\} NaN",
            "fx_rates_latest_age_seconds [0-9]"
        }) {
            assertTrue(metrics.lines().anyMatch(found -> found.matches(line + ".*")), () -> line + " in " + metrics);
        }
        assertFalse(metrics.contains("camel_"), metrics);
    }

    @Test
    void theConnectionAndWhatWaitsAreAmongTheMetricsFromTheStart() throws Exception {
        String metrics = send("GET", "metrics").body();
        for (String line : new String[] {
            "fx_connected 1",
            "fx_heartbeat_age_seconds [0-9]",
            "fx_reconnects_total\\{cause=\"silent\"\\} 0",
            "fx_reconnects_total\\{cause=\"other\"\\} 0",
            "fx_replies_waiting 0",
            "fx_frames_unreadable_total(\\{.*})? 0",
            "fx_replies_dropped_total(\\{.*})? 0"
        }) {
            assertTrue(metrics.lines().anyMatch(found -> found.matches(line + ".*")), () -> line + " in " + metrics);
        }
    }

    @Test
    void theHealthTellsAMachineHowTheConnectionTheRatesAndTheBacklogAre() throws Exception {
        assertConverts();
        HttpResponse<String> answer = send("GET", "health/ready?data=true");
        assertEquals(200, answer.statusCode(), answer::body);
        Map<String, JsonNode> checks = new HashMap<>();
        new ObjectMapper()
                .readTree(answer.body())
                .get("checks")
                .forEach(check -> checks.put(check.get("name").asText(), check.get("data")));
        JsonNode connection = checks.get("fx-connection");
        assertEquals("connected", connection.get("state").asText());
        assertEquals(0, connection.get("attempts").asInt());
        assertTrue(connection.get("heartbeat-age-seconds").isNumber());
        assertTrue(Instant.parse(connection.get("since").asText()).isBefore(Instant.now()));
        JsonNode frankfurter = checks.get("fx-rates").get("providers").get(0);
        assertEquals("frankfurter", frankfurter.get("name").asText());
        assertEquals("closed", frankfurter.get("breaker").asText());
        assertTrue(Instant.parse(frankfurter.get("last-success").asText()).isAfter(Instant.EPOCH));
        assertEquals(
                "none",
                checks.get("fx-rates").get("providers").get(1).get("breaker").asText());
        JsonNode backlog = checks.get("fx-backlog");
        assertEquals(10_000, backlog.get("requests-in-hand-max").asInt());
        assertTrue(backlog.get("requests-in-hand").isInt());
        assertEquals(0, backlog.get("replies-waiting").asInt());
        assertFalse(answer.body().contains("127.0.0.1"), answer::body);
        assertEquals(200, send("GET", "health/live").statusCode());
    }

    @Test
    void routesOfCamelsOwnCacheComponentWorkOnTheSameCache() {
        assertConverts();
        FluentProducerTemplate cache = routes.context().createFluentProducerTemplate();
        Object found = cache.to("caffeine-cache:fxRates")
                .withHeader("CamelCaffeineAction", "GET")
                .withHeader("CamelCaffeineKey", DAY)
                .request();
        assertSame(
                routes.bean("fxRatesByDay", Rates.class)
                        .cached(LocalDate.parse(DAY))
                        .orElseThrow(),
                found);
        int before = api.calls(LocalDate.parse(DAY));
        routes.context()
                .createFluentProducerTemplate()
                .to("caffeine-cache:fxRates")
                .withHeader("CamelCaffeineAction", "INVALIDATE")
                .withHeader("CamelCaffeineKey", DAY)
                .request();
        assertConverts();
        assertEquals(before + 1, api.calls(LocalDate.parse(DAY)));
    }
}
