package org.currencyroutes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.camel.component.http.HttpEndpointUriFactory;
import org.apache.camel.main.Main;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The routes as files: their form, their names, and that a slip of the pen is noticed. */
class RouteFilesTest {

    private static final Path ROUTES = Path.of("routes");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final JsonSchema SCHEMA = schema();

    private static JsonSchema schema() {
        try (InputStream schema = RouteFilesTest.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(schema);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(ROUTES)) {
            return files.filter(file -> file.toString().endsWith(".camel.yaml"))
                    .sorted()
                    .toList();
        }
    }

    /** The mappings of a name, at any depth of a file. */
    private static List<JsonNode> found(Path file, String name) throws IOException {
        return YAML.readTree(file.toFile()).findValues(name);
    }

    private static List<JsonNode> routes(Path file) throws IOException {
        return StreamSupport.stream(YAML.readTree(file.toFile()).spliterator(), false)
                .filter(entry -> entry.has("route"))
                .map(entry -> entry.get("route"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("files")
    void aFileIsValidAgainstTheSchemaOfTheYamlDsl(Path file) throws IOException {
        assertEquals(Set.<ValidationMessage>of(), SCHEMA.validate(YAML.readTree(file.toFile())));
    }

    @ParameterizedTest
    @MethodSource("files")
    void nothingIsAbbreviated(Path file) throws IOException {
        // the canonical form; its own schema comes with a later Camel
        for (JsonNode steps : found(file, "steps")) {
            for (JsonNode step : steps) {
                assertEquals(1, step.size(), step::toString);
                assertTrue(step.iterator().next().isObject(), step::toString);
            }
        }
        for (String language : List.of("simple", "constant")) {
            for (JsonNode expression : found(file, language)) {
                assertTrue(expression.has("expression"), expression::toString);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"routeConfigurationId:, routeConfigId:", "steps:, stepz:", "description:, describtion:", "- to:, - too:"
    })
    void aMisspeltNameIsNotValid(String right, String wrong) throws IOException {
        String text = Files.readString(ROUTES.resolve("pipeline.camel.yaml"));
        assertTrue(text.contains(right));
        assertFalse(SCHEMA.validate(YAML.readTree(text.replace(right, wrong))).isEmpty());
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyRouteHasADescriptionAndAnIdWithOurPrefix(Path file) throws IOException {
        for (JsonNode route : routes(file)) {
            assertTrue(route.path("id").asText().startsWith("fx-"), route::toString);
            assertFalse(route.path("description").asText().isBlank(), route::toString);
        }
    }

    @Test
    void everyRouteHasAConfigurationThatIsThere() throws IOException {
        Set<String> there = new HashSet<>();
        for (JsonNode configuration : found(ROUTES.resolve("errors.camel.yaml"), "routeConfiguration")) {
            there.add(configuration.path("id").asText());
        }
        for (Path file : topLevel()) {
            for (JsonNode route : routes(file)) {
                // Camel itself takes a misspelt one for none, and would lend ours what a host has for all routes
                assertTrue(there.contains(route.path("routeConfigurationId").asText()), route::toString);
            }
        }
    }

    @Test
    void noIdIsGivenTwice() throws IOException {
        Set<String> ids = new HashSet<>();
        for (Path file : files()) {
            for (JsonNode id : found(file, "id")) {
                assertTrue(ids.add(id.asText()), id::asText);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyEndpointInsideIsNamedWithOurPrefixAndAfterItsRoute(Path file) throws IOException {
        for (JsonNode uri : found(file, "uri")) {
            String text = uri.asText();
            assertFalse(text.matches("(direct|seda|timer):(?!fx-).*"), text);
            assertFalse(text.contains("?"), () -> "options belong under parameters: " + text);
        }
        for (JsonNode route : routes(file)) {
            String from = route.path("from").path("uri").asText();
            if (from.matches("(direct|seda):.*")) {
                assertEquals(route.path("id").asText(), from.substring(from.indexOf(':') + 1));
            }
        }
    }

    @Test
    void everyRouteThatOneSendsToIsThere() throws IOException {
        Set<String> there = new HashSet<>();
        for (Path file : files()) {
            routes(file)
                    .forEach(route -> there.add(route.path("from").path("uri").asText()));
        }
        for (Path file : files()) {
            for (JsonNode uri : found(file, "uri")) {
                // Camel itself would notice with the first message only
                assertTrue(!uri.asText().matches("(direct|seda):[^$]*") || there.contains(uri.asText()), uri::asText);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyOptionOfAnHttpEndpointIsOneOfItsOwn(Path file) throws IOException {
        for (JsonNode to : found(file, "to")) {
            if (to.path("uri").asText().startsWith("fx-http:")) {
                // Camel would send an option that it does not know to the provider, in the query
                to.path("parameters")
                        .fieldNames()
                        .forEachRemaining(option -> assertTrue(
                                new HttpEndpointUriFactory().propertyNames().contains(option), option));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyBeanIsNamedWithOurPrefix(Path file) throws IOException {
        for (JsonNode beans : found(file, "beans")) {
            for (JsonNode bean : beans) {
                assertTrue(bean.path("name").asText().matches("fx([A-Z]|-).*"), bean::toString);
            }
        }
    }

    @Test
    void theBeansAreReadBeforeTheRoutesThatUseThem() throws IOException {
        assertEquals(ROUTES.resolve("beans.camel.yaml"), files().get(0));
    }

    // ---- built

    @Test
    void aContextIsBuiltOfTheFiles(@TempDir Path home) throws IOException {
        Set<String> ids = new HashSet<>();
        for (Path file : topLevel()) {
            routes(file).forEach(route -> ids.add(route.path("id").asText()));
        }
        Set<String> built = new HashSet<>();
        build(copy(home), built);
        assertEquals(ids, built);
    }

    @ParameterizedTest
    @CsvSource({
        "pipeline.camel.yaml, uri: direct:fx-convert, uri: dirrect:fx-convert",
        "pipeline.camel.yaml, samplePeriod: 1s, samplePeriod: fast",
        "conversion.camel.yaml, ref: fxReadRequest, ref: fxReadRecuest",
        "pipeline.camel.yaml, awaitWrite: true, avaitWrite: true",
        "heartbeat.camel.yaml, delay: 0, dellay: 0",
        "heartbeat.camel.yaml, ref: fxHeartbeatMonitor, ref: fxHartbeatMonitor",
        "beans.camel.yaml, unsent: seda:, unsent: sedda:",
        "rates-frankfurter.camel.yaml, '{{fx.rates.frankfurter.url}}', '{{fx.rates.frankfurter.urll}}'",
        "rates-frankfurter.camel.yaml, configuration: fxBreaker, configuration: fxBraker",
        "rates.camel.yaml, unmarshalType: java.util.Map, unmarshalType: java.util.Mapp",
        "rates.camel.yaml, exceptionType: org.currencyroutes, exceptionType: org.currencyrutes",
        "errors.camel.yaml, currencyroutes.rates.RatesUnavailable, currencyroutes.rates.RatesUnavailible",
        "beans.camel.yaml, type: org.currencyroutes.rates.Rates, type: org.currencyroutes.rates.Ratez",
        "beans.camel.yaml, replyTtl:, replyTtll:",
        "beans.camel.yaml, '#bean:fxClock', '#bean:fxClok'"
    })
    void noContextIsBuiltOfFilesWithASlipOfThePen(String file, String right, String wrong, @TempDir Path home)
            throws IOException {
        Path routes = copy(home).resolve(file);
        String text = Files.readString(routes);
        assertTrue(text.contains(right));
        Files.writeString(routes, text.replace(right, wrong));
        assertThrows(Exception.class, () -> build(home.resolve("routes"), new HashSet<>()));
    }

    private static List<Path> topLevel() throws IOException {
        return files().stream().filter(file -> file.getParent().equals(ROUTES)).toList();
    }

    private static Path copy(Path home) throws IOException {
        Path routes = Files.createDirectory(home.resolve("routes"));
        for (Path file : topLevel()) {
            Files.copy(file, routes.resolve(file.getFileName()));
        }
        return routes;
    }

    /** Builds a context of the files without starting what they consume from, and collects the ids of its routes. */
    private static void build(Path routes, Set<String> ids) {
        Main main = new Main();
        main.setDefaultPropertyPlaceholderLocation("file:application.properties");
        main.addOverrideProperty("camel.management.port", "0");
        main.addOverrideProperty("fx.home", routes.getParent().toString());
        main.addOverrideProperty("fx.socket.url", "ws://127.0.0.1:" + TradingPipeline.freePort());
        try {
            main.start();
            main.getCamelContext().getRoutes().forEach(route -> ids.add(route.getRouteId()));
        } finally {
            main.stop();
        }
    }
}
