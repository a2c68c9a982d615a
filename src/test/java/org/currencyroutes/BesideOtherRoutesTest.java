package org.currencyroutes;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.component.vertx.websocket.VertxWebsocketComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.currencyroutes.connection.PipelineComponent;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Our routes in an application that is not ours: a Camel context with routes, errors, names and a WebSocket of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BesideOtherRoutesTest {

    private final TradingPipeline pipeline = new TradingPipeline();
    private final RatesApi api = new RatesApi();
    private final int hostPort = TradingPipeline.freePort();
    private final List<String> seenByTheHost = new CopyOnWriteArrayList<>();
    private final CamelContext host = new DefaultCamelContext();

    @BeforeAll
    void start() throws Exception {
        host.getRegistry().bind("clock", "the host's clock");
        host.getRegistry().bind("converter", "the host's converter");
        host.addRoutes(new HostConfiguration());
        host.addRoutes(new HostRoutes());

        // what the README says
        host.getPropertiesComponent().setInitialProperties(settings());
        PluginHelper.getRoutesLoader(host)
                .loadRoutes(ResourceHelper.resolveResource(host, "classpath:currency-routes/beans/beans.camel.yaml"));
        PluginHelper.getRoutesLoader(host)
                .loadRoutes(PluginHelper.getPackageScanResourceResolver(host)
                        .findResources("classpath:currency-routes/*.camel.yaml"));
        host.start();
        await().until(() -> pipeline.connections() == 1);
    }

    private Properties settings() throws IOException {
        Properties all = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of("application.properties"))) {
            all.load(reader);
        }
        Properties ours = new Properties();
        all.stringPropertyNames().stream()
                .filter(name -> name.startsWith("fx."))
                .forEach(name -> ours.setProperty(name, all.getProperty(name)));
        ours.setProperty("fx.socket.url", pipeline.url());
        ours.setProperty("fx.rates.frankfurter.url", api.url());
        return ours;
    }

    @BeforeEach
    void forget() {
        seenByTheHost.clear();
    }

    @AfterAll
    void stop() {
        host.stop();
        pipeline.close();
        api.close();
    }

    @Test
    void requestsAreAnsweredAndRefusedAsEver() {
        String answer = pipeline.ask(request("1", "USD", "2021-05-18"));
        assertTrue(answer.contains("\"stake\":207.52054,"), answer);
        String refusal = pipeline.ask(request("2", "XXX", "2021-05-18"));
        assertTrue(refusal.startsWith("{\"type\":\"error\",\"id\":2,"), refusal);
        assertEquals(List.of(), seenByTheHost);
    }

    @Test
    void theHostsErrorHandlingIsTheHostsAlone() {
        assertTrue(host.getCamelContextExtension().getContextPlugin(Model.class).getRouteDefinitions().stream()
                .filter(route -> route.getRouteId().startsWith("fx-"))
                .noneMatch(route -> route.getAppliedRouteConfigurationIds().contains("<default>")));
        host.createProducerTemplate().sendBody("direct:host-fails", "a failure");
        assertEquals(List.of("caught by the host: a failure"), seenByTheHost);
        seenByTheHost.clear();
        host.createProducerTemplate().send("direct:fx-provider-read", Exchange::getMessage);
        host.createProducerTemplate().send("direct:fx-heartbeat-received", exchange -> {
            exchange.getMessage().setBody("no frame");
        });
        assertEquals(List.of(), seenByTheHost);
    }

    @Test
    void theHostsWebSocketIsTheStockOne() {
        assertSame(
                VertxWebsocketComponent.class,
                host.getComponent("vertx-websocket").getClass());
        assertSame(PipelineComponent.class, host.getComponent("fx-pipeline").getClass());
        assertNotSame(
                host.getComponent("vertx-websocket", VertxWebsocketComponent.class)
                        .getVertx(),
                host.getComponent("fx-pipeline", PipelineComponent.class).getVertx());
        host.createProducerTemplate()
                .sendBody("vertx-websocket:127.0.0.1:" + hostPort + "/host", "hello on the host's own socket");
        await().until(() -> seenByTheHost.contains("hello on the host's own socket"));
    }

    @Test
    void whatIsTheHostsStaysTheHosts() {
        assertEquals("the host's clock", host.getRegistry().lookupByName("clock"));
        assertEquals("the host's converter", host.getRegistry().lookupByName("converter"));
        assertTrue(host.getComponent("direct", DirectComponent.class).isBlock());
        assertTrue(host.isStreamCaching());
        assertTrue(
                host.getRoutes().stream().allMatch(route -> route.getRouteId().matches("(fx|host)-.*")));
    }

    @Test
    void theHostsRoutesComeAndGoWithoutTheConnection() throws Exception {
        int connections = pipeline.connections();
        host.getRouteController().stopRoute("host-fails");
        host.getRouteController().startRoute("host-fails");
        pipeline.ask(request("3", "USD", "2021-05-18"));
        assertEquals(connections, pipeline.connections());
    }

    /** For all routes that name no configuration. */
    private final class HostConfiguration extends RouteConfigurationBuilder {

        @Override
        public void configuration() {
            routeConfiguration()
                    .errorHandler(deadLetterChannel("direct:host-dead").maximumRedeliveries(2))
                    .onException(Exception.class)
                    .handled(true)
                    .process(exchange -> seenByTheHost.add("caught by the host: "
                            + exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class)
                                    .getMessage()));
        }
    }

    private final class HostRoutes extends RouteBuilder {

        @Override
        public void configure() {
            from("direct:host-fails").routeId("host-fails").process(exchange -> {
                throw new IllegalStateException(exchange.getMessage().getBody(String.class));
            });
            from("direct:host-dead").routeId("host-dead").process(exchange -> seenByTheHost.add("dead"));
            from("vertx-websocket:127.0.0.1:" + hostPort + "/host")
                    .routeId("host-socket")
                    .process(exchange -> seenByTheHost.add(exchange.getMessage().getBody(String.class)));
        }
    }
}
