package org.currencyroutes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The templates of added pipelines do what the main pipeline's routes do, step by step. */
class PipelineTemplatesTest {

    private static final Path TEMPLATES = Path.of("src/main/resources/currency-routes/several/pipelines.camel.yaml");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** An entry of a file by its kind and id. */
    private static ObjectNode entry(String text, String kind, String id) throws IOException {
        for (JsonNode entry : YAML.readTree(text)) {
            if (entry.path(kind).path("id").asText().equals(id)) {
                return (ObjectNode) entry.get(kind);
            }
        }
        throw new AssertionError("there is no " + kind + " " + id);
    }

    /** A template's route as it would stand in the main pipeline's file. */
    private static ObjectNode asForMain(String id) throws IOException {
        String text = Files.readString(TEMPLATES)
                .replace("fx-pipeline:{{name}}", "fx-pipeline:main")
                .replace("{{name}}-send-heartbeat", "send-heartbeat")
                .replace("-{{name}}", "");
        return (ObjectNode) entry(text, "routeTemplate", id).get("route");
    }

    @ParameterizedTest
    @CsvSource({
        "fx-pipeline, pipeline.camel.yaml",
        "fx-heartbeat-send, heartbeat.camel.yaml",
        "fx-watchdog, heartbeat.camel.yaml"
    })
    void aTemplateIsTheMainPipelinesRouteWithAName(String id, String file) throws IOException {
        ObjectNode route = entry(Files.readString(Path.of("routes", file)), "route", id);
        // told of each by the template; the order is counted on from the main one's
        route.remove(Set.of("id", "description", "startupOrder"));
        if (id.equals("fx-pipeline")) {
            // the one step of a route that all would share is taken itself: it is for a pipeline's own clockwork
            JsonNode received = entry(
                            Files.readString(Path.of("routes/heartbeat.camel.yaml")), "route", "fx-heartbeat-received")
                    .at("/from/steps");
            ObjectNode heartbeat = (ObjectNode) route.at("/from/steps/0/choice/when/1");
            assertEquals(
                    "direct:fx-heartbeat-received",
                    heartbeat.at("/steps/0/to/uri").asText());
            heartbeat.set("steps", received);
        }
        assertEquals(route.toPrettyString(), asForMain(id).toPrettyString());
    }

    @Test
    void theFileIsValidAgainstTheSchemaOfTheYamlDsl() throws IOException {
        try (InputStream schema = getClass().getResourceAsStream("/schema/camelYamlDsl.json")) {
            assertEquals(
                    Set.<ValidationMessage>of(),
                    JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4)
                            .getSchema(schema)
                            .validate(YAML.readTree(TEMPLATES.toFile())));
        }
    }

    @Test
    void theReadmeTellsOfEachParameter() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        JsonNode parameters = entry(Files.readString(TEMPLATES), "routeTemplate", "fx-pipeline")
                .get("parameters");
        Set<String> untold = StreamSupport.stream(parameters.spliterator(), false)
                .map(parameter -> parameter.path("name").asText())
                .filter(name -> !readme.contains("`" + name + "`"))
                .collect(Collectors.toSet());
        assertEquals(Set.of(), untold);
        assertTrue(readme.contains("routeTemplateRef: fx-pipeline"));
    }
}
