package org.currencyroutes;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.currencyroutes.peer.Distribution;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class DistributionIT {

    private static final String REQUEST = "{\"type\":\"message\",\"id\":456,\"payload\":{\"marketId\":123456,"
            + "\"selectionId\":987654,\"odds\":2.20,\"stake\":253.67,\"currency\":\"USD\","
            + "\"date\":\"2021-05-18T21:32:42.324Z\"}}";

    private TradingPipeline pipeline;
    private RatesApi rates;

    @BeforeEach
    void startPeers() {
        pipeline = new TradingPipeline();
        rates = new RatesApi();
    }

    @AfterEach
    void stopPeers() {
        rates.close();
        pipeline.close();
    }

    private Map<String, String> environment() {
        return Map.of(
                "FX_SOCKET_URL", pipeline.url(),
                "FX_SOCKET_AUTHORIZATION", "Bearer only-for-the-pipeline",
                "FX_RATES_FRANKFURTER_URL", rates.url(),
                // a machine may be busy
                "FX_RATES_TIMEOUT", "20s",
                "FX_RATES_DEADLINE", "30s");
    }

    private void awaitConnection() {
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> pipeline.heartbeats(pipeline.connections()).size() > 0);
    }

    @Test
    void convertsBeatsAndLeavesPolitelyWhenTerminated() {
        try (Distribution application = new Distribution(environment())) {
            awaitConnection();

            String answer = pipeline.ask(REQUEST);
            application.terminate();
            int status = application.exitStatus();

            assertTrue(answer.startsWith("{\"type\":\"message\",\"id\":456,\"payload\":{\"marketId\":123456,"
                    + "\"selectionId\":987654,\"odds\":2.20,\"stake\":207.52054,\"currency\":\"EUR\",\"date\":\""));
            assertEquals(143, status);
            assertEquals(List.of((short) 1001), pipeline.closeCodes());
            assertFalse(application.output().contains("only-for-the-pipeline"), application::output);
            assertFalse(application.output().contains("ERROR"), application::output);
        }
    }

    @Test
    void answersWhatIsInHandBeforeItLeavesAndRefusesWhatStillArrives() {
        rates.hold();
        try (Distribution application = new Distribution(environment())) {
            awaitConnection();
            pipeline.send(REQUEST);
            await().until(() -> rates.calls() == 1);

            application.terminate();
            // one that needs no rates, or else it would be in hand as well if it came before the signal
            await().until(() -> pipeline.ask(REQUEST.replace("456", "457").replace("USD", "EUR"))
                    .contains("shutting down"));
            rates.release();

            assertTrue(pipeline.nextAnswer().contains("\"id\":456,"));
            assertEquals(143, application.exitStatus());
        }
    }

    @Test
    void runsTheRoutesAndTheSettingsBesideItsScript(@TempDir Path folder) throws IOException {
        Path copy = folder.resolve("copy");
        try (var files = Files.walk(Path.of("target/currency-routes"))) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(Path.of("target/currency-routes").relativize(file)));
            }
        }
        Path settings = copy.resolve("application.properties");
        Files.writeString(
                settings, Files.readString(settings).replace("fx.conversion.scale=5", "fx.conversion.scale=1"));
        Path routes = copy.resolve("routes/heartbeat.camel.yaml");
        Files.writeString(
                routes,
                Files.readString(routes).replace("{\"type\":\"heartbeat\"}", "{\"type\":\"heartbeat\",\"edited\":1}"));

        try (Distribution application = new Distribution(copy.resolve("bin/currency-routes"), environment())) {
            await().atMost(20, TimeUnit.SECONDS).until(() -> pipeline.answersWaiting() > 0);

            assertEquals("{\"type\":\"heartbeat\",\"edited\":1}", pipeline.nextAnswer(), application::output);
            await().until(() -> pipeline.ask(REQUEST).contains("\"stake\":207.5,"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "FX_SOCKET_URL, '', fx.socket.url",
        "FX_SOCKET_URL, http://nowhere, fx.socket.url",
        "FX_HEARTBEAT_TIMEOUT, fast, fx.heartbeat.timeout",
        "FX_HEARTBEAT_CHECK_PERIOD, 3s, fx.heartbeat.check-period",
        "FX_CONVERSION_ROUNDING, UNNECESSARY, fx.conversion.rounding",
        "FX_CONVERSION_SCALE, five, fx.conversion.scale",
        "FX_CONVERSION_MAX_PENDING, 0, fx.conversion.max-pending",
        "FX_RATES_PROVIDERS, 'ecb,nobody', fx.rates.providers",
        "FX_LOG_FORMAT, yaml, fx.log.format",
        "FX_SOCKET_PROXY, proxy:3128, fx.socket.proxy",
        "FX_SOCKET_TRUST_STORE, nowhere.p12, fx.socket.trust-store",
        "FX_SOCKET_AUTHORIZATION_FILE, nowhere.txt, fx.socket.authorization-file"
    })
    void endsWithStatusTwoAndOneSentenceThatNamesTheWrongSetting(String variable, String value, String property) {
        Map<String, String> environment = new HashMap<>(environment());
        environment.put(variable, value);

        try (Distribution application = new Distribution(environment)) {
            assertEquals(2, application.exitStatus(), application::output);

            List<String> sentences = application
                    .output()
                    .lines()
                    .filter(line -> line.startsWith(property + " (environment variable " + variable + ") "))
                    .toList();
            assertEquals(1, sentences.size(), application::output);
            assertFalse(application.output().contains("\tat "), application::output);
        }
    }

    @Test
    void saysInItsHealthWhyItIsNotConnected() {
        int port = TradingPipeline.freePort();
        Map<String, String> environment = new HashMap<>(environment());
        environment.put("FX_SOCKET_URL", "ws://127.0.0.1:1/");
        environment.put("CAMEL_MANAGEMENT_PORT", Integer.toString(port));

        try (Distribution application = new Distribution(environment)) {
            HttpClient client = HttpClient.newHttpClient();
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + port + "/observe/health/ready"))
                    .build();
            await().atMost(20, TimeUnit.SECONDS).ignoreExceptions().untilAsserted(() -> {
                HttpResponse<String> health = client.send(request, HttpResponse.BodyHandlers.ofString());
                assertEquals(503, health.statusCode(), application::output);
                assertTrue(health.body().contains("Not connected to the pipeline: Connection refused"), health::body);
            });
        }
    }

    @Test
    void logsAJsonObjectALineWhereThatIsSetWithTheIdOfARefusedRequest() throws IOException {
        Map<String, String> environment = new HashMap<>(environment());
        environment.put("FX_LOG_FORMAT", "json");

        try (Distribution application = new Distribution(environment)) {
            awaitConnection();
            pipeline.ask("{\"type\":\"message\",\"id\":456,\"payload\":{}}");
            await().until(() -> application.output().contains("Refused a request"));
            application.terminate();
            application.exitStatus();

            ObjectMapper json = new ObjectMapper();
            List<JsonNode> lines = new ArrayList<>();
            for (String line : application.output().lines().toList()) {
                lines.add(json.readTree(line));
            }
            JsonNode refusal = lines.stream()
                    .filter(line -> line.get("message").asText().startsWith("Refused"))
                    .findFirst()
                    .orElseThrow();
            assertEquals("456", refusal.get("fx.request.id").asText());
            assertEquals("WARN", refusal.get("log.level").asText());
        }
    }

    @Test
    void namesEachOfItsLibrariesInItsBillOfMaterials() throws IOException {
        Path bill = Path.of("target/currency-routes/currency-routes.cdx.json");
        assumeTrue(Files.exists(bill), "an offline build makes no bill of materials");
        Set<String> libraries = new TreeSet<>();
        for (JsonNode component : new ObjectMapper().readTree(bill.toFile()).path("components")) {
            String classifier =
                    component.path("purl").asText().replaceFirst("^[^?]*\\?(.*&)?classifier=([^&]*).*$", "-$2");
            libraries.add(component.path("name").asText() + "-"
                    + component.path("version").asText()
                    + (classifier.startsWith("-") ? classifier : "") + ".jar");
        }

        try (var files = Files.list(Path.of("target/currency-routes/lib"))) {
            assertEquals(
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".jar") && !name.startsWith("currency-routes-"))
                            .collect(Collectors.toCollection(TreeSet::new)),
                    libraries);
        }
    }

    @Test
    void takesTheCollectorOfItsOperatorInPlaceOfItsOwn() {
        Map<String, String> environment = new HashMap<>(environment());
        environment.put("JAVA_OPTS", "-XX:+UseSerialGC");
        try (Distribution application = new Distribution(environment)) {
            awaitConnection();
            application.terminate();
            assertEquals(143, application.exitStatus());
        }
    }

    @Test
    void saysInOneLineThatJavaIsMissing() {
        try (Distribution application = new Distribution(Map.of("JAVA_HOME", "/nowhere"))) {
            assertEquals(2, application.exitStatus());
            assertEquals(
                    "currency-routes needs Java 17 or later: set JAVA_HOME, or put java on the PATH",
                    application.output().strip());
        }
    }
}
