package org.currencyroutes;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.main.Main;
import org.currencyroutes.peer.FaultyPipeline;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.TradingPipeline;

/** The application with its real routes and settings, in this JVM, pointed at peers. */
public final class RunningRoutes implements AutoCloseable {

    private final Main main = new Main();

    private RunningRoutes() {}

    /** Starts the routes between a pipeline and a rates service, with some settings changed, each as {@code name=value}. */
    public static RunningRoutes between(TradingPipeline pipeline, RatesApi api, String... settings) {
        RunningRoutes routes = unstarted();
        routes.set("fx.socket.url", pipeline.url());
        routes.set("fx.rates.frankfurter.url", api.url());
        return routes.start(settings);
    }

    /** Starts the routes with some settings changed, each as {@code name=value}. */
    public static RunningRoutes with(String... settings) {
        return unstarted().start(settings);
    }

    /** The same with a pipeline that has faults. */
    public static RunningRoutes between(FaultyPipeline pipeline, RatesApi api, String... settings) {
        RunningRoutes routes = unstarted();
        routes.set("fx.socket.url", pipeline.url());
        routes.set("fx.rates.frankfurter.url", api.url());
        return routes.start(settings);
    }

    /** Starts the routes as the application does, which looks at the settings, and adds what a cluster needs. */
    public static RunningRoutes ofMember(TradingPipeline pipeline, RatesApi api, String... settings) {
        RunningRoutes routes = unstarted();
        routes.set("fx.socket.url", pipeline.url());
        routes.set("fx.rates.frankfurter.url", api.url());
        routes.main.addMainListener(new Settings());
        return routes.start(settings);
    }

    private static RunningRoutes unstarted() {
        RunningRoutes routes = new RunningRoutes();
        routes.main.setDefaultPropertyPlaceholderLocation("file:application.properties");
        routes.set("fx.home", ".");
        // several run at a time
        routes.set("camel.management.port", "0");
        return routes;
    }

    private RunningRoutes start(String... settings) {
        Arrays.stream(settings).map(setting -> setting.split("=", 2)).forEach(setting -> set(setting[0], setting[1]));
        main.start();
        return this;
    }

    private void set(String name, String value) {
        main.addOverrideProperty(name, value);
    }

    /** A bean of the routes. */
    public <T> T bean(String name, Class<T> type) {
        return main.getCamelContext().getRegistry().lookupByNameAndType(name, type);
    }

    /** What a metric shows at this moment, by its Micrometer name and its tags, each as key and value. */
    public double metric(String name, String... tags) {
        return context()
                .getRegistry()
                .findSingleByType(MeterRegistry.class)
                .get(name)
                .tags(tags)
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }

    /** What a health check says at this moment of the readiness. */
    public HealthCheck.Result health(String check) {
        return HealthCheckHelper.invokeReadiness(context(), "full").stream()
                .filter(result -> result.getCheck().getId().equals(check))
                .findFirst()
                .orElseThrow();
    }

    /** The Camel context in which they run. */
    public CamelContext context() {
        return main.getCamelContext();
    }

    /** Stops or starts a route as an operator does, by the control bus. */
    public void operator(String action, String routeId) {
        main.getCamelContext()
                .createFluentProducerTemplate()
                .to("controlbus:route?routeId=" + routeId + "&action=" + action)
                .send();
    }

    /** Stops as at SIGTERM: what is in hand is answered, then the connection is closed. */
    @Override
    public void close() {
        main.stop();
    }
}
