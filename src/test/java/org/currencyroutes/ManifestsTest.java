package org.currencyroutes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What ops/kubernetes has for several pods fits together, and differs from that for one pod in nothing but what it is for. */
class ManifestsTest {

    private static final Path FOLDER = Path.of("ops/kubernetes");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** The objects of a file by their kinds. */
    private static Map<String, JsonNode> objects(String file) throws IOException {
        Map<String, JsonNode> objects = new TreeMap<>();
        for (JsonNode object : YAML.readerFor(JsonNode.class)
                .<JsonNode>readValues(FOLDER.resolve(file).toFile())
                .readAll()) {
            assertEquals("currency-routes", object.at("/metadata/name").asText());
            objects.put(object.path("kind").asText(), object);
        }
        return objects;
    }

    @Test
    void threePodsMayDoWithLeasesWhatTheClusterDoes() throws IOException {
        Map<String, JsonNode> cluster = objects("cluster/currency-routes.yaml");
        assertEquals(
                Set.of("Deployment", "Service", "PodDisruptionBudget", "ServiceAccount", "Role", "RoleBinding"),
                cluster.keySet());
        JsonNode pods = cluster.get("Deployment").path("spec");
        assertEquals(3, pods.path("replicas").asInt());
        assertEquals(cluster.get("ServiceAccount").at("/metadata/name"), pods.at("/template/spec/serviceAccountName"));
        assertEquals(
                cluster.get("Role").at("/metadata/name"),
                cluster.get("RoleBinding").at("/roleRef/name"));
        assertEquals(
                pods.at("/template/spec/serviceAccountName"),
                cluster.get("RoleBinding").at("/subjects/0/name"));
        JsonNode rules = cluster.get("Role").path("rules");
        assertEquals(1, rules.size());
        assertEquals("[\"leases\"]", rules.at("/0/resources").toString());
        assertEquals(
                "[\"list\",\"create\",\"update\",\"delete\"]",
                rules.at("/0/verbs").toString());
        assertEquals(
                pods.at("/selector/matchLabels"),
                cluster.get("PodDisruptionBudget").at("/spec/selector/matchLabels"));
    }

    @Test
    void eachOfThemIsAsTheOne() throws IOException {
        JsonNode one = objects("currency-routes.yaml").get("StatefulSet").at("/spec/template");
        JsonNode each =
                objects("cluster/currency-routes.yaml").get("Deployment").at("/spec/template");
        assertEquals(
                "{\"name\":\"FX_CLUSTER\",\"value\":\"kubernetes\"}",
                each.at("/spec/containers/0/env/0").toString());

        for (JsonNode template : new JsonNode[] {one, each}) {
            ((ObjectNode) template.path("spec"))
                    .remove(Set.of("automountServiceAccountToken", "serviceAccountName", "topologySpreadConstraints"));
            ((ObjectNode) template.at("/spec/containers/0")).remove("resources");
        }
        ((ArrayNode) each.at("/spec/containers/0/env")).remove(0);
        assertEquals(one, each);
    }
}
