package org.currencyroutes;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;
import org.currencyroutes.peer.LogLines;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files are edited while the application runs; one application for all tests, each of which leaves it in order. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EditingTest {

    private static final String ACME = """
            - route:
                id: acme-hello
                from:
                  uri: timer:acme-hello
                  parameters:
                    repeatCount: 1
                  steps:
                    - log:
                        message: HELLO
            """;

    private final TradingPipeline pipeline = new TradingPipeline();
    private final RatesApi api = new RatesApi();
    private final Main main = Editing.main();
    private LogLines log = new LogLines();
    private Path home;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        home = folder;
        Files.createDirectory(home.resolve("routes"));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("routes"), "*.camel.yaml")) {
            for (Path file : files) {
                Files.copy(file, home.resolve("routes").resolve(file.getFileName()));
            }
        }
        Files.copy(Path.of("application.properties"), home.resolve("application.properties"));
        edit("application.properties", "https://api.frankfurter.dev/v1", api.url());
        main.setDefaultPropertyPlaceholderLocation(
                "file:" + Path.of("application-dev.properties") + ",file:" + home.resolve("application.properties"));
        main.addOverrideProperty("fx.home", home.toString());
        main.addOverrideProperty("fx.socket.url", pipeline.url());
        main.addOverrideProperty("camel.management.port", "0");
        main.start();
        main.getMainListeners().forEach(listener -> listener.afterStart(main));
        await().until(() -> pipeline.connections() == 1);
        listenAnew();
    }

    @AfterEach
    void listenAnew() {
        log.close();
        log = new LogLines();
    }

    @AfterAll
    void stop() {
        main.stop();
        pipeline.close();
        api.close();
        log.close();
    }

    private void edit(String file, String from, String to) throws IOException {
        String text = Files.readString(home.resolve(file));
        assertTrue(text.contains(from), from);
        Files.writeString(home.resolve(file), text.replace(from, to));
    }

    private void awaitLog(String... texts) {
        for (String text : texts) {
            await().alias(text)
                    .untilAsserted(() -> assertTrue(log.contains(text), () -> String.join("\n", log.lines())));
        }
    }

    private void assertConverts() {
        String answer = pipeline.ask(request("1", "USD", "2021-05-18"));
        assertTrue(answer.contains("\"stake\":207.52054,"), answer);
    }

    @Test
    void aRouteThatIsDifferentIsTakenInWithTheConnectionKept() throws IOException {
        int connections = pipeline.connections();
        edit("routes/pipeline.camel.yaml", "A frame could not be read", "What is this");
        awaitLog(
                "INFO Taken in without a restart: settings [], routes new or different [fx-unreadable], routes removed []; "
                        + "the connection is kept");
        pipeline.send("{}");
        awaitLog("WARN What is this: {}");
        assertConverts();
        assertEquals(connections, pipeline.connections());
        assertEquals(1, pipeline.open());
    }

    @Test
    void aDifferentRouteOfTheSocketMakesTheConnectionAnew() throws IOException {
        int connections = pipeline.connections();
        edit("routes/pipeline.camel.yaml", "startupOrder: 100000", "startupOrder: 100001");
        awaitLog("different [fx-pipeline], routes removed []; the connection is made anew");
        await().until(() -> pipeline.connections() == connections + 1);
        assertConverts();
        assertEquals(1, pipeline.mostOpen());
    }

    @Test
    void noRequestIsLostWhileTheRouteThatConvertsIsExchanged() throws IOException {
        int connections = pipeline.connections();
        assertConverts();
        edit("routes/conversion.camel.yaml", "ref: fxReadRequest", "ref: fxReadRequest\n            id: read-request");
        await().until(() -> {
            assertConverts();
            return log.contains("different [fx-convert], routes removed []");
        });
        assertEquals(connections, pipeline.connections());
    }

    @Test
    void aDifferentConfigurationIsTakenInByTheRoutesThatHaveIt() throws IOException {
        int connections = pipeline.connections();
        edit("routes/errors.camel.yaml", "maximumRedeliveryDelay: \"500\"", "maximumRedeliveryDelay: \"400\"");
        awaitLog("different [fx-reply-later], routes removed []; the connection is kept");
        assertEquals(connections, pipeline.connections());
    }

    @Test
    void aDifferentWatchdogStillMakesTheConnectionAnew() throws IOException {
        int connections = pipeline.connections();
        edit("routes/heartbeat.camel.yaml", "\"${bean:fxHeartbeatMonitor?method=parting}\"", "Once more");
        awaitLog("different [fx-watchdog], routes removed []; the connection is kept");
        assertEquals(connections, pipeline.connections());
        pipeline.closeConnection(1001);
        awaitLog("WARN Once more");
        await().until(() -> pipeline.connections() == connections + 1);
        assertConverts();
    }

    @Test
    void aNewFileIsTakenInAndGoesWithTheFile() throws IOException {
        Path file = home.resolve("routes/acme.camel.yaml");
        Files.writeString(file, ACME);
        awaitLog("different [acme-hello], routes removed []; the connection is kept", "INFO HELLO");
        Files.delete(file);
        awaitLog("different [], routes removed [acme-hello]; the connection is kept");
        await().until(() -> main.getCamelContext().getRoute("acme-hello") == null);
    }

    @Test
    void aRouteThatIsWrittenInJavaIsTakenIn() throws IOException {
        Path file = home.resolve("routes/Acme.java");
        String java = """
                import org.apache.camel.builder.RouteBuilder;

                public class Acme extends RouteBuilder {
                    @Override
                    public void configure() {
                        from("timer:acme-java?repeatCount=1").routeId("acme-java").log("FROM JAVA");
                    }
                }
                """;
        Files.writeString(file, java);
        awaitLog("different [acme-java], routes removed []", "INFO FROM JAVA");
        Files.writeString(file, java.replace("FROM JAVA", "AGAIN FROM JAVA"));
        awaitLog("INFO AGAIN FROM JAVA");
        Files.writeString(file, java.replace("routeId", "routteId"));
        awaitLog("WARN Not taken in, what ran before goes on: routes/Acme.java:6: ");
        Files.delete(file);
        awaitLog("different [], routes removed [acme-java]");
    }

    @ParameterizedTest
    @CsvSource({
        "pipeline.camel.yaml, uri: direct:fx-unreadable, url: direct:fx-unreadable, Unsupported field: url",
        "pipeline.camel.yaml, uri: direct:fx-convert, uri: dirrect:fx-convert, No endpoint could be found for: dirrect",
        "errors.camel.yaml, rates.RatesUnavailable, rates.RatesUnknown, org.currencyroutes.rates.RatesUnknown",
        "beans.camel.yaml, '{{fx.conversion.max-pending}}', '{{fx.conversion.max}}', Property with key [fx.conversion.max] not"
    })
    void aBrokenFileIsNamedWithItsLineAndLeavesWhatRanBefore(String file, String right, String wrong, String why)
            throws IOException {
        int connections = pipeline.connections();
        edit("routes/" + file, right, wrong);
        List<String> lines = Files.readAllLines(home.resolve("routes/" + file));
        int line = 1
                + IntStream.range(0, lines.size())
                        .filter(i -> lines.get(i).contains(wrong))
                        .findFirst()
                        .orElseThrow();
        awaitLog("WARN Not taken in, what ran before goes on: routes/" + file + ":" + line + ": ", why);
        assertConverts();
        edit("routes/" + file, wrong, right);
        awaitLog("INFO No route is different");
        assertEquals(connections, pipeline.connections());
    }

    @Test
    void aProvidersAddressIsTakenIn() throws IOException {
        try (RatesApi other = new RatesApi()) {
            edit("application.properties", api.url(), other.url());
            awaitLog(
                    "settings [fx.rates.frankfurter.url], routes new or different [fx-rates-frankfurter], routes removed []; "
                            + "the connection is kept");
            pipeline.ask(request("1", "USD", "2022-03-01"));
            assertEquals(1, other.calls());
            edit("application.properties", other.url(), api.url());
            await().until(() -> log.lines().stream()
                            .filter(line -> line.contains("Taken in"))
                            .count()
                    == 2);
        }
    }

    @Test
    void aSettingOfABeanNeedsARestart() throws IOException {
        edit("application.properties", "fx.heartbeat.timeout=2s", "fx.heartbeat.timeout=3s");
        awaitLog("WARN fx.heartbeat.timeout was changed: that needs a restart");
        edit("application.properties", "fx.heartbeat.timeout=3s", "fx.heartbeat.timeout=2s");
        awaitLog("INFO No route is different");
    }

    @Test
    void aSettingThatCannotBeMeantIsNotTakenIn() throws IOException {
        edit("application.properties", "fx.heartbeat.timeout=2s", "fx.heartbeat.timeout=fast");
        awaitLog("WARN Not taken in, what ran before goes on: application.properties:", "fx.heartbeat.timeout ");
        edit("application.properties", "fx.heartbeat.timeout=fast", "fx.heartbeat.timeout=2s");
        awaitLog("INFO No route is different");
    }

    @Test
    void aChangedBeanNeedsARestartAndARouteThatWantsItWaitsForThat() throws IOException {
        edit(
                "routes/beans.camel.yaml",
                "- name: fxReadRequest",
                "- name: acmeReadRequest\n      type: "
                        + "org.currencyroutes.EditingTest$Other\n\n    - name: fxReadRequest");
        awaitLog("WARN routes/beans.camel.yaml was changed: that needs a restart");
        edit("routes/conversion.camel.yaml", "ref: fxReadRequest", "ref: acmeReadRequest");
        awaitLog("WARN Not taken in, what ran before goes on: routes/conversion.camel.yaml:1", "acmeReadRequest");
        assertConverts();
        edit("routes/conversion.camel.yaml", "ref: acmeReadRequest", "ref: fxReadRequest");
        edit(
                "routes/beans.camel.yaml",
                "- name: acmeReadRequest\n      type: "
                        + "org.currencyroutes.EditingTest$Other\n\n    - name: fxReadRequest",
                "- name: fxReadRequest");
        awaitLog("WARN routes/beans.camel.yaml was changed: that needs a restart");
    }

    @Test
    void aPipelineThatIsAddedNeedsARestart() throws IOException {
        Path file = home.resolve("routes/others.camel.yaml");
        Files.writeString(file, """
                - templatedRoute:
                    routeTemplateRef: fx-pipeline
                    parameters:
                      - { name: name, value: asia }
                      - { name: url, value: "ws://127.0.0.1:9" }
                """);
        awaitLog("WARN routes/others.camel.yaml was changed: that needs a restart");
        assertConverts();
        Files.delete(file);
        awaitLog("INFO No route is different");
    }

    /** A bean that the application did not have. */
    public static final class Other implements Processor {

        @Override
        public void process(Exchange exchange) {
            throw new IllegalStateException("never called");
        }
    }
}
