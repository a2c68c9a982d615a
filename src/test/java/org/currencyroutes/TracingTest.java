package org.currencyroutes;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;
import org.apache.camel.spi.CamelTracingService;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Traces, which one setting switches on. */
class TracingTest {

    private final TradingPipeline pipeline = new TradingPipeline();
    private final RatesApi api = new RatesApi();

    @AfterEach
    void stop() {
        pipeline.close();
        api.close();
    }

    @Test
    void aConversionIsATraceThroughItsRoutesAndTheLoadOfItsRatesIsAnother() {
        InMemorySpanExporter spans = InMemorySpanExporter.create();
        Main main = new Main();
        try (SdkTracerProvider provider = SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(spans))
                .build()) {
            main.bind("tracer", provider.get("test"));
            main.bind("propagators", ContextPropagators.noop());
            main.setDefaultPropertyPlaceholderLocation("file:application.properties");
            main.addOverrideProperty("fx.home", ".");
            main.addOverrideProperty("camel.management.port", "0");
            main.addOverrideProperty("fx.socket.url", pipeline.url());
            main.addOverrideProperty("fx.rates.frankfurter.url", api.url());
            main.addOverrideProperty("camel.opentelemetry2.enabled", "true");
            main.start();
            await().until(() -> pipeline.connections() == 1);
            String answer = pipeline.ask(request("1", "USD", "2021-05-18"));
            assertTrue(answer.contains("\"stake\":207.52054,"), answer);
            await().untilAsserted(() -> {
                List<SpanData> seen = spans.getFinishedSpanItems();
                SpanData request = seen.stream()
                        .filter(span -> uri(span).equals("direct://fx-convert"))
                        .findFirst()
                        .orElseThrow();
                Set<String> uris = seen.stream()
                        .filter(span -> span.getTraceId().equals(request.getTraceId()))
                        .map(TracingTest::uri)
                        .collect(Collectors.toSet());
                assertTrue(uris.containsAll(Set.of("fx-pipeline://main")), uris::toString);
            });
            assertTrue(spans.getFinishedSpanItems().stream()
                    .anyMatch(span -> uri(span).startsWith("fx-http://provider")));
            assertTrue(spans.getFinishedSpanItems().stream()
                    .noneMatch(span -> uri(span).startsWith("timer")));
        } finally {
            main.stop();
        }
    }

    private static String uri(SpanData span) {
        return span.getAttributes().asMap().entrySet().stream()
                .filter(attribute -> attribute.getKey().getKey().equals("camel.uri"))
                .map(attribute -> attribute.getValue().toString())
                .findFirst()
                .orElse("");
    }

    @Test
    void withoutTheSettingNothingIsThereThatCouldCost() {
        try (RunningRoutes routes = RunningRoutes.between(pipeline, api)) {
            CamelContext context = routes.context();
            assertNull(context.hasService(CamelTracingService.class));
            assertEquals(List.of(), context.getCamelContextExtension().getInterceptStrategies());
            assertEquals(List.of(), context.getRoutePolicyFactories());
            assertTrue(context.getManagementStrategy().getEventNotifiers().stream()
                    .noneMatch(notifier -> notifier.getClass().getName().contains("telemetry")));
        }
    }
}
