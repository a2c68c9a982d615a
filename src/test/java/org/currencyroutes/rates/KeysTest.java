package org.currencyroutes.rates;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.currencyroutes.CurrencyRoutes;
import org.currencyroutes.peer.ProviderApi;
import org.currencyroutes.peer.RatesApi.Answer;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That nobody learns a key from us but the provider that it is for, however much is logged. */
class KeysTest {

    private static final String ENVIRONMENT_KEY = "0123456789abcdefE";
    private static final String FILE_KEY = "0123456789abcdefF";
    private static final String HEADER_KEY = "0123456789abcdefH";
    private static final String PASSWORD = "0123456789abcdefP";

    @Test
    @SuppressWarnings("try") // the provider is closed on purpose, before its end
    void theKeysAppearInNoLogErrorMetricOrHealthAnswer(@TempDir Path home) throws Exception {
        Path log = home.resolve("log");
        Path config = home.resolve("log4j2.properties");
        // every logger that we leave to the root says all it can
        Files.writeString(
                config,
                Files.readString(Path.of("log4j2.properties"))
                        .replace("rootLogger.level=info", "rootLogger.level=trace")
                        .replace("status=warn", "status=trace"));
        assertTrue(Files.readString(config).contains("rootLogger.level=trace"));
        Path keyFile = Files.writeString(home.resolve("key"), FILE_KEY + "\n");
        int port = TradingPipeline.freePort();
        StringBuilder seen = new StringBuilder();

        try (TradingPipeline pipeline = new TradingPipeline();
                ProviderApi api = new ProviderApi()) {
            ProcessBuilder application = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Dfx.home=.",
                            "-Dlog4j2.configurationFile=" + config,
                            "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                                    + File.pathSeparator
                                    + ".",
                            CurrencyRoutes.class.getName())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            application
                    .environment()
                    .putAll(Map.of(
                            "FX_SOCKET_URL", pipeline.url(),
                            "CAMEL_MANAGEMENT_PORT", Integer.toString(port),
                            "FX_SOCKET_AUTHORIZATION", PASSWORD,
                            "FX_RATES_PROVIDERS", "exchangerate-host,openexchangerates,freecurrencyapi",
                            "FX_RATES_EXCHANGERATE_HOST_URL", api.url(),
                            "FX_RATES_EXCHANGERATE_HOST_KEY", ENVIRONMENT_KEY,
                            "FX_RATES_OPENEXCHANGERATES_URL", api.url(),
                            "FX_RATES_OPENEXCHANGERATES_KEY_FILE", keyFile.toString(),
                            "FX_RATES_FREECURRENCYAPI_URL", api.url(),
                            "FX_RATES_FREECURRENCYAPI_KEY", HEADER_KEY));
            Process process = application.start();
            try {
                await().atMost(Duration.ofSeconds(30)).until(() -> pipeline.connections() == 1);
                for (Answer answer : List.of(
                        new Answer(500, ""),
                        new Answer(401, "{\"error\":true}"),
                        new Answer(200, "{\"success\":false}"),
                        new Answer(200, "no JSON"),
                        new Answer(404, ""))) {
                    api.setAnswers(call -> answer);
                    seen.append(pipeline.ask(request("1", "USD", "2024-02-01")));
                    seen.append(pipeline.ask(request("1", "USD", "2999-01-01")));
                }
                api.close();
                seen.append(pipeline.ask(request("1", "USD", "2024-02-02")));
                seen.append(get(port, "metrics")).append(get(port, "rates")).append(get(port, "health?data=true"));
                String uris = api.calls().stream()
                        .map(call -> call.uri() + call.apikey())
                        .collect(Collectors.joining());
                assertTrue(Stream.of(ENVIRONMENT_KEY, FILE_KEY, HEADER_KEY).allMatch(uris::contains), uris);
            } finally {
                process.destroy();
                process.waitFor();
            }
        }

        seen.append(Files.readString(log));
        assertTrue(seen.toString().contains("TRACE"));
        assertTrue(seen.toString().contains("HTTP 401"));
        for (String key : List.of(ENVIRONMENT_KEY, FILE_KEY, HEADER_KEY, PASSWORD)) {
            assertEquals(
                    List.of(),
                    seen.toString()
                            .lines()
                            .filter(line -> line.contains(key))
                            .limit(5)
                            .toList());
        }
        assertFalse(seen.toString().contains("0123456789abcdef"));
    }

    private static String get(int port, String what) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/observe/" + what))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }
}
