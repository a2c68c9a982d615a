package org.currencyroutes.rates;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.currencyroutes.RunningRoutes;
import org.currencyroutes.peer.ProviderApi;
import org.currencyroutes.peer.ProviderApi.Call;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A provider that somebody adds by one file, as the README shows it, or by a route in Java. */
class SixthProviderTest {

    private static final String SHIPPED = "file:./routes/beans.camel.yaml,file:./routes/*.camel.yaml";

    private final TradingPipeline pipeline = new TradingPipeline();
    private final ProviderApi api = new ProviderApi();

    @BeforeEach
    void answer() {
        api.setAnswer(200, "{\"day\":\"2024-02-01\",\"table\":{\"USD\":1.25}}");
    }

    @AfterEach
    void stop() {
        api.close();
        pipeline.close();
    }

    private void assertServes(String routesFrom) {
        String[] settings = {
            "fx.socket.url=" + pipeline.url(),
            "fx.rates.providers=ecb,acme",
            "fx.rates.acme.url=" + api.url(),
            "fx.rates.acme.key=k",
            routesFrom
        };
        try (RunningRoutes routes = RunningRoutes.with(settings)) {
            assertTrue(routes.context().isStarted());
            await().until(() -> pipeline.connections() == 1);
            String answer = pipeline.ask(request("1", "USD", "2024-02-01"));
            assertTrue(answer.contains("\"stake\":202.936,"), answer);
        }
        assertEquals(List.of(new Call("GET", "/rates/2024-02-01?key=k", "")), api.calls());
    }

    @Test
    void aProviderIsAddedByOneFile() {
        assertServes("camel.main.routes-include-pattern=" + SHIPPED + ",classpath:providers/*.camel.yaml");
    }

    @Test
    void aProviderIsAddedByARouteInJava() {
        assertServes("camel.main.base-package-scan=org.currencyroutes.acme");
    }
}
