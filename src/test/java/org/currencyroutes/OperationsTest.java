package org.currencyroutes;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.Requests.DAY;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What ops/ has for those who are called at night asks for nothing that the running application does not show. */
class OperationsTest {

    private static final Path DASHBOARD = Path.of("ops/grafana/currency-routes.json");
    private static final Path ALERTS = Path.of("ops/prometheus/alerts.yml");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private static final Pattern METRIC = Pattern.compile("\\b(?:fx|camel|jvm|process|system)_[a-z_]+");
    private static final Pattern SELECTOR = Pattern.compile("(" + METRIC + ")\\{([^}]*)}");
    private static final Pattern SAMPLE = Pattern.compile("^(\\w+)(?:\\{(.*)})? \\S+$", Pattern.MULTILINE);
    private static final Pattern LABEL = Pattern.compile("(\\w+)=~?\"");
    private static final Pattern GROUPED = Pattern.compile("\\bby \\(([^)]*)\\)");

    /** Those that Prometheus itself adds to each sample. */
    private static final Set<String> ADDED = Set.of("instance", "job");

    private static TradingPipeline pipeline;
    private static RatesApi api;
    private static RunningRoutes routes;
    private static URI metrics;

    @BeforeAll
    static void aLittleTraffic() {
        int port = TradingPipeline.freePort();
        metrics = URI.create("http://127.0.0.1:" + port + "/observe/metrics");
        pipeline = new TradingPipeline();
        api = new RatesApi();
        routes = RunningRoutes.between(pipeline, api, "camel.management.port=" + port);
        await().until(() -> pipeline.connections() == 1);
        pipeline.ask(request("1", "USD", DAY));
        pipeline.ask(request("2", "USD", LocalDate.now(ZoneOffset.UTC).toString()));
        pipeline.ask(request("3", "XXX", DAY));
        pipeline.send("no message");
        pipeline.closeConnection(1001);
        await().until(() -> pipeline.connections() == 2);
        pipeline.ask(request("4", "USD", DAY));
        // there are no times of collections before the first
        System.gc();
    }

    @AfterAll
    static void stop() {
        routes.close();
        api.close();
        pipeline.close();
    }

    /** The names of the samples that are shown, each with the names of its labels. */
    private static Map<String, Set<String>> shown() {
        try {
            String body = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
                    .body();
            Map<String, Set<String>> shown = new TreeMap<>();
            for (MatchResult sample : SAMPLE.matcher(body).results().toList()) {
                Set<String> labels = shown.computeIfAbsent(sample.group(1), name -> new HashSet<>(ADDED));
                if (sample.group(2) != null) {
                    LABEL.matcher(sample.group(2)).results().forEach(label -> labels.add(label.group(1)));
                }
            }
            return shown;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while reading the metrics", e);
        }
    }

    static Stream<Path> filesWithExpressions() {
        return Stream.of(DASHBOARD, ALERTS);
    }

    private static List<String> expressions(Path file) throws IOException {
        JsonNode tree = YAML.readTree(file.toFile());
        List<String> expressions = new ArrayList<>();
        for (String field : new String[] {"expr", "definition"}) {
            expressions.addAll(tree.findValuesAsText(field));
        }
        return expressions;
    }

    @ParameterizedTest
    @MethodSource("filesWithExpressions")
    void everyMetricAndLabelThatAnExpressionNamesIsShown(Path file) throws IOException {
        List<String> expressions = expressions(file);
        assertFalse(expressions.isEmpty());

        await().untilAsserted(() -> {
            Map<String, Set<String>> shown = shown();
            Set<String> allLabels = new HashSet<>();
            shown.values().forEach(allLabels::addAll);
            Set<String> missing = new TreeSet<>();
            for (String expression : expressions) {
                METRIC.matcher(expression)
                        .results()
                        .map(MatchResult::group)
                        .filter(name -> !shown.containsKey(name))
                        .forEach(missing::add);
                for (MatchResult selector :
                        SELECTOR.matcher(expression).results().toList()) {
                    LABEL.matcher(selector.group(2))
                            .results()
                            .filter(label -> shown.containsKey(selector.group(1))
                                    && !shown.get(selector.group(1)).contains(label.group(1)))
                            .forEach(label -> missing.add(selector.group(1) + "{" + label.group(1) + "}"));
                }
                GROUPED.matcher(expression)
                        .results()
                        .flatMap(group -> Arrays.stream(group.group(1).split(", *")))
                        .filter(label -> !allLabels.contains(label))
                        .forEach(label -> missing.add("by (" + label + ")"));
            }
            assertEquals(Set.of(), missing);
        });
    }

    @Test
    void everyPanelSaysWhatItShowsAndInWhichUnit() throws IOException {
        JsonNode dashboard = YAML.readTree(DASHBOARD.toFile());
        Set<Integer> ids = new HashSet<>();
        for (JsonNode panel : dashboard.path("panels")) {
            assertTrue(ids.add(panel.path("id").asInt()), panel::toString);
            if (!panel.path("type").asText().equals("row")) {
                assertTrue(panel.path("description").asText().length() > 40, panel::toString);
                assertFalse(panel.at("/fieldConfig/defaults/unit").asText().isEmpty(), panel::toString);
                assertEquals("${datasource}", panel.at("/datasource/uid").asText());
            }
        }
    }

    @Test
    void everyAlertSaysWhatIsWrongWhatToDoAndWhereToRead() throws IOException {
        Set<String> headings = new HashSet<>();
        for (String line : Files.readAllLines(Path.of("README.md"))) {
            if (line.startsWith("## ")) {
                headings.add("README.md#"
                        + line.substring(3).toLowerCase(Locale.ROOT).replace(' ', '-'));
            }
        }
        for (JsonNode alert : YAML.readTree(ALERTS.toFile()).at("/groups/0/rules")) {
            assertTrue(alert.path("alert").asText().startsWith("Fx"), alert::toString);
            assertTrue(alert.at("/labels/severity").asText().matches("page|ticket"), alert::toString);
            assertFalse(alert.at("/annotations/summary").asText().isEmpty(), alert::toString);
            assertTrue(alert.at("/annotations/description").asText().length() > 100, alert::toString);
            assertTrue(
                    headings.contains(alert.at("/annotations/runbook").asText()), () -> alert + " links " + headings);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "check rules ops/prometheus/alerts.yml",
                "check config ops/prometheus/prometheus.yml",
                "test rules ops/prometheus/alerts_test.yml",
                "check rules ops/prometheus/cluster.yml",
                "test rules ops/prometheus/cluster_test.yml"
            })
    void prometheusTakesTheRulesAndEachFiresWhenItShould(String arguments) throws Exception {
        assumeTrue(
                Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "promtool"))),
                "promtool is not on the PATH (it comes with Prometheus): the alert rules are not tried");
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments.split(" ")));

        Process promtool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertEquals(0, promtool.waitFor(), output);
    }
}
