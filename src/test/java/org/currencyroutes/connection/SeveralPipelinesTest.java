package org.currencyroutes.connection;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.FaultyPipeline.POLITE;
import static org.currencyroutes.peer.Requests.DAY;
import static org.currencyroutes.peer.Requests.error;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.health.HealthCheck.State;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.model.Model;
import org.currencyroutes.RunningRoutes;
import org.currencyroutes.heartbeat.HeartbeatMonitor;
import org.currencyroutes.peer.FaultyPipeline;
import org.currencyroutes.peer.LogLines;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.RawConnection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two pipelines added to the main one, each by a few lines of YAML, a third in Java: what one does is nothing to the others. */
@Timeout(60)
class SeveralPipelinesTest {

    private static final String LINES = """
            - templatedRoute:
                routeTemplateRef: fx-pipeline
                parameters:
                  - { name: name, value: asia }
                  - { name: url, value: "{{asia.address}}" }
                  - { name: authorization, value: "{{fx-secret:asia.authorization}}" }
                  - { name: maxPending, value: 10 }

            - templatedRoute:
                routeTemplateRef: fx-pipeline
                parameters:
                  - { name: name, value: europe }
                  - { name: url, value: "{{europe.address}}" }
            """;

    private static final FaultyPipeline MAIN = new FaultyPipeline();
    private static final FaultyPipeline ASIA = new FaultyPipeline();
    private static final FaultyPipeline EUROPE = new FaultyPipeline();
    private static final RatesApi API = new RatesApi();
    private static LogLines log;
    private static RunningRoutes routes;
    private static int lastId;
    private static int lastDay;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("others.camel.yaml"), LINES);
        Properties shipped = new Properties();
        try (Reader file = Files.newBufferedReader(Path.of("application.properties"))) {
            shipped.load(file);
        }
        log = new LogLines();
        routes = RunningRoutes.between(
                MAIN,
                API,
                "camel.main.routes-include-pattern=" + shipped.getProperty("camel.main.routes-include-pattern")
                        + ",file:" + folder + "/*.camel.yaml",
                "fx.heartbeat.interval=200ms",
                "fx.reconnect.delay=50ms",
                "fx.reconnect.max-delay=100ms",
                "fx.socket.connect-timeout=1s",
                "fx.rates.timeout=30s",
                "fx.rates.deadline=30s",
                "fx.socket.authorization=Bearer main-secret",
                "asia.address=" + ASIA.url() + "?token=asia-token",
                "asia.authorization=Bearer asia-secret",
                "europe.address=" + EUROPE.url());
    }

    @AfterAll
    static void stop() {
        routes.close();
        log.close();
        API.close();
        Stream.of(MAIN, ASIA, EUROPE).forEach(FaultyPipeline::close);
    }

    @BeforeEach
    void allAreConnected() {
        List<FaultyPipeline> all = List.of(MAIN, ASIA, EUROPE);
        all.forEach(pipeline -> pipeline.setScript(POLITE));
        await().pollDelay(Duration.ZERO).until(() -> all.stream()
                .allMatch(pipeline -> pipeline.connections() > 0
                        && !pipeline.newest().hasEnded()
                        && pipeline.newest().heartbeats() > 0));
    }

    @AfterEach
    void eachHadOneConnectionAtATimeAndNoAnswerTwice() {
        API.release();
        await().pollDelay(Duration.ZERO).until(() -> inHand("") + inHand("-asia") + inHand("-europe") == 0);
        for (FaultyPipeline pipeline : List.of(MAIN, ASIA, EUROPE)) {
            assertEquals(1, pipeline.mostOpen());
            pipeline.answers().forEach((id, times) -> assertEquals(1, times, () -> "answers to " + id));
        }
    }

    private static int inHand(String pipeline) {
        return routes.bean("fxInHand" + pipeline, IntSupplier.class).getAsInt();
    }

    private static HeartbeatMonitor monitor(String pipeline) {
        return routes.bean("fxHeartbeatMonitor" + pipeline, HeartbeatMonitor.class);
    }

    private static int send(FaultyPipeline pipeline, String currency, String day) throws IOException {
        int id = ++lastId;
        pipeline.newest().send(request(Integer.toString(id), currency, day));
        return id;
    }

    /** A day whose rates nobody has asked for. */
    private static String newDay() {
        return LocalDate.of(2020, 1, 1).plusDays(++lastDay).toString();
    }

    private static void assertConverted(FaultyPipeline pipeline, int id) {
        assertTrue(pipeline.answer(id).contains("\"stake\":207.52054,"), () -> pipeline.answer(id));
    }

    private static void assertAnswered(FaultyPipeline... pipelines) throws IOException {
        for (FaultyPipeline pipeline : pipelines) {
            assertConverted(pipeline, send(pipeline, "USD", DAY));
        }
    }

    /** Answers and beats go on, on the connections that there were. */
    private static void assertUntouched(int mainConnections, int europeConnections) throws IOException {
        int heartbeats = EUROPE.newest().heartbeats();
        assertAnswered(MAIN, EUROPE);
        await().until(() -> EUROPE.newest().heartbeats() >= heartbeats + 2);
        assertTrue(EUROPE.longestSilenceMillis(EUROPE.newest()) < 2_000);
        assertEquals(mainConnections, MAIN.connections());
        assertEquals(europeConnections, EUROPE.connections());
    }

    // ---- which is which

    @Test
    void anAnswerGoesOutWhereItsRequestWasRead() throws IOException {
        for (FaultyPipeline pipeline : List.of(MAIN, ASIA, EUROPE)) {
            int converted = send(pipeline, "USD", DAY);
            int refused = send(pipeline, "XXX", DAY);
            assertConverted(pipeline, converted);
            assertTrue(pipeline.answer(refused).contains("\"type\":\"error\""));
            for (FaultyPipeline other : List.of(MAIN, ASIA, EUROPE)) {
                assertEquals(other == pipeline, other.answers().containsKey(converted));
                assertEquals(other == pipeline, other.answers().containsKey(refused));
            }
        }
    }

    @Test
    void whatIsInHandOverADropIsAnsweredOnTheSamePipelinesNextConnection() throws IOException {
        int before = ASIA.connections();
        API.hold();
        int id = send(ASIA, "USD", newDay());
        await().until(() -> inHand("-asia") == 1);
        ASIA.newest().cut();
        await().until(() -> !monitor("-asia").isConnected() || ASIA.connections() > before);
        API.release();
        assertConverted(ASIA, id);
        assertEquals(before + 1, ASIA.connections());
        assertFalse(MAIN.answers().containsKey(id) || EUROPE.answers().containsKey(id));
    }

    @Test
    void secretsReachTheirOwnPipelineAndNoLog() {
        assertTrue(ASIA.newest().handshake().contains("/pipeline?token=asia-token"));
        assertTrue(ASIA.newest().handshake().contains("Bearer asia-secret"));
        assertTrue(MAIN.newest().handshake().contains("Bearer main-secret"));
        assertFalse(EUROPE.newest().handshake().contains("uthorization"));
        assertTrue(log.contains("asia.address = xxxxxx"));
        assertTrue(
                log.lines().stream().noneMatch(line -> line.matches("(?s).*(main-secret|asia-secret|asia-token).*")),
                () -> String.join("\n", log.lines()));
        assertTrue(routes.context().getEndpoints().stream()
                .noneMatch(endpoint -> endpoint.getEndpointUri().contains("asia-")
                        && endpoint.getEndpointUri().matches(".*(secret|token).*")));
    }

    // ---- one that misbehaves

    @Test
    void onesHandshakeThatNeverEndsIsNothingToTheOthers() throws IOException {
        int main = MAIN.connections();
        int europe = EUROPE.connections();
        ASIA.meet(RawConnection::awaitEnd, RawConnection::awaitEnd, RawConnection::awaitEnd);
        await().until(() -> monitor("-asia").reason().contains("no handshake"));
        assertUntouched(main, europe);
        assertTrue(monitor("").isConnected());
    }

    @Test
    void oneThatDoesNotReadIsNothingToTheOthers() throws IOException {
        int main = MAIN.connections();
        int europe = EUROPE.connections();
        int before = ASIA.meet(connection -> {
            connection.upgrade();
            connection.beatEvery(100, "{\"type\":\"heartbeat\"}");
            // asks and asks, and takes no answer
            byte[] requests = RawConnection.text(
                    request("\"flood\"", "USD", DAY).replace("\"odds\":2.2", "\"odds\":[" + "1,".repeat(4_000) + "1]"));
            while (true) {
                connection.write(requests);
            }
        });
        await().until(() -> ASIA.connections() > before);
        assertUntouched(main, europe);
        // no write completed for so long that the watchdog has made it anew
        ASIA.awaitConnectionAfter(before + 1);
        assertTrue(routes.metric("fx.reconnects", "pipeline", "asia", "cause", "stalled") >= 1);
        // what could not be written then is written now
        await().until(() -> inHand("-asia") == 0);
        assertAnswered(ASIA);
    }

    @Test
    void oneThatComesAndGoesIsNothingToTheOthers() throws IOException {
        int main = MAIN.connections();
        int europe = EUROPE.connections();
        int before = ASIA.connections();
        ASIA.setScript(connection -> {
            connection.upgrade(RawConnection.text("{\"type\":\"heartbeat\"}"));
            connection.sendClose(1012);
        });
        ASIA.newest().cut();
        await().until(() -> ASIA.connections() >= before + 10);
        assertUntouched(main, europe);
    }

    @Test
    void onesOverloadRefusesNoRequestOfTheOthers() throws IOException {
        API.hold();
        String day = newDay();
        List<Integer> inHand = new ArrayList<>();
        for (int count = 0; count < 10; count++) {
            inHand.add(send(ASIA, "USD", day));
        }
        await().until(() -> inHand("-asia") == 10);
        int tooMany = send(ASIA, "USD", day);
        assertEquals(
                error(Integer.toString(tooMany), "overloaded, too many requests are waiting"), ASIA.answer(tooMany));
        int others = send(EUROPE, "USD", day);
        await().until(() -> inHand("-europe") == 1);
        assertEquals(0, inHand(""));
        assertEquals(10, routes.metric("fx.requests.in.hand", "pipeline", "asia"));
        assertEquals(10, routes.health("fx-backlog-asia").getDetails().get("requests-in-hand"));
        assertEquals(1, routes.health("fx-backlog-europe").getDetails().get("requests-in-hand"));
        assertAnswered(MAIN);
        API.release();
        assertConverted(EUROPE, others);
        inHand.forEach(id -> assertConverted(ASIA, id));
    }

    // ---- what is told of them

    @Test
    void healthMetricsAndLogTellWhichOneIsLost() throws IOException {
        int before = ASIA.connections();
        assertEquals(State.UP, routes.health("fx-connection").getState());
        ASIA.refuse();
        ASIA.newest().cut();
        await().until(() -> monitor("-asia").reason().contains("refused"));
        assertEquals(State.DOWN, routes.health("fx-connection-asia").getState());
        assertEquals(0, routes.metric("fx.connected", "pipeline", "asia"));
        assertTrue(routes.metric("fx.reconnects", "pipeline", "asia", "cause", "refused") >= 1);
        for (String name : List.of("main", "europe")) {
            assertEquals(1, routes.metric("fx.connected", "pipeline", name));
            assertEquals(0, routes.metric("fx.reconnects", "pipeline", name, "cause", "refused"));
        }
        assertEquals(State.UP, routes.health("fx-connection-europe").getState());
        assertTrue(log.contains("WARN Lost the connection to the pipeline asia after"));
        assertTrue(log.contains("WARN Not connected to the pipeline asia, "));
        ASIA.listenAgain();
        ASIA.awaitConnectionAfter(before);
        await().until(() -> log.contains("INFO Connected to the pipeline asia again, after "));
    }

    // ---- in Java, while it runs

    private static void addInJava(String... parameters) throws Exception {
        RoutesBuilder builder = new RouteBuilder() {
            @Override
            public void configure() {
                var route = templatedRoute("fx-pipeline");
                for (String parameter : parameters) {
                    String[] parts = parameter.split("=", 2);
                    route.parameter(parts[0], parts[1]);
                }
            }
        };
        routes.context().addRoutes(builder);
        routes.context().addTemplatedRoutes(builder);
    }

    private static Set<String> all() {
        Set<String> all = new TreeSet<>();
        routes.context().getRoutes().forEach(route -> all.add(route.getRouteId()));
        HealthCheckHelper.invokeReadiness(routes.context())
                .forEach(result -> all.add(result.getCheck().getId()));
        all.removeIf(name -> !name.matches(".*-(africa|arctic)"));
        return all;
    }

    @Test
    void oneCanBeAddedInJavaAndRemovedWhileTheOthersGoOn() throws Exception {
        try (FaultyPipeline africa = new FaultyPipeline()) {
            addInJava("name=africa", "url=" + africa.url());
            africa.awaitConnectionAfter(0);
            assertAnswered(africa);
            assertEquals(
                    Set.of(
                            "fx-pipeline-africa",
                            "fx-heartbeat-send-africa",
                            "fx-watchdog-africa",
                            "fx-connection-africa",
                            "fx-backlog-africa"),
                    all());

            Model model = routes.context().getCamelContextExtension().getContextPlugin(Model.class);
            model.removeRouteDefinition(model.getRouteDefinition("fx-pipeline-africa"));

            await().until(() -> africa.open() == 0);
            assertEquals(1000, africa.newest().closeCode());
            assertEquals(Set.of(), all());
            assertNull(routes.bean("fxInHand-africa", IntSupplier.class));
            assertThrows(RuntimeException.class, () -> routes.metric("fx.connected", "pipeline", "africa"));
            assertNotNull(routes.bean("fxInHand-asia", IntSupplier.class));
            assertAnswered(MAIN, ASIA, EUROPE);

            // Camel's expressions remember the beans of the first one
            Exception refused = assertThrows(Exception.class, () -> addInJava("name=africa", "url=" + africa.url()));
            assertTrue(refused.getMessage().contains("There was a pipeline africa"), refused::getMessage);
            assertEquals(1, africa.connections());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name=asia,url=ws://127.0.0.1:9 | There is a pipeline asia already",
                "name=main,url=ws://127.0.0.1:9 | There is a pipeline main already",
                "name=reply,url=ws://127.0.0.1:9 | There is a pipeline reply already",
                "name=Far East,url=ws://127.0.0.1:9 | name must be small letters, digits and dashes, not 'Far East'",
                "name=arctic,url=http://my-token@127.0.0.1 | Pipeline arctic: url must be a ws:// or wss:// URL with a host",
                "name=arctic,url={{arctic.url}}?my-token | Pipeline arctic: url names a setting",
                "name=arctic,url=ws://127.0.0.1:9,heartbeatTimeout=soon | Pipeline arctic: heartbeatTimeout must be a duration",
                "name=arctic,url=ws://127.0.0.1:9,maxPending=0 | Pipeline arctic: maxPending must be a whole number",
                "name=arctic,url=ws://127.0.0.1:9,trustStore=none | Pipeline arctic: trustStore names a key store",
                "name=arctic,url=ws://127.0.0.1:9,authorisation=x | Pipeline arctic: there is no parameter authorisation",
                "name=arctic | url"
            })
    void oneThatCannotBeMeantIsRefusedInASentence(String parameters, String sentence) throws IOException {
        Exception refused = assertThrows(Exception.class, () -> addInJava(parameters.split(",")));
        assertTrue(refused.getMessage().contains(sentence), refused::getMessage);
        assertFalse(refused.getMessage().contains("my-token"), refused::getMessage);
        assertEquals(Set.of(), all());
        assertAnswered(ASIA);
    }
}
