package org.currencyroutes;

import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.ExtendedCamelContext;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.RouteBuilderLifecycleStrategy;
import org.apache.camel.model.Model;
import org.apache.camel.model.ModelLifecycleStrategySupport;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateParameterDefinition;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.util.StringHelper;
import org.currencyroutes.connection.Pipeline;
import org.currencyroutes.connection.PipelineComponent;
import org.currencyroutes.conversion.BacklogHealth;
import org.currencyroutes.conversion.InHand;
import org.currencyroutes.conversion.ReadMessage;
import org.currencyroutes.heartbeat.ConnectionHealth;
import org.currencyroutes.heartbeat.HeartbeatMonitor;

/**
 * Makes a pipeline of each route of the template {@code fx-pipeline}: its clockwork, backlog, health and metrics, its
 * heartbeat and its watchdog. What the route's parameters hold is read here and becomes no part of an endpoint's address,
 * since some of it is secret.
 */
public final class AddedPipelines implements RouteBuilderLifecycleStrategy, CamelContextAware {

    private static final String DEMO = "demo";
    private static final String TEMPLATES = "classpath:currency-routes/several/pipelines.camel.yaml";
    private static final String TEMPLATE = "fx-pipeline";
    private static final String FROM = "fx-pipeline:{{name}}";
    private static final List<String> COMPANIONS = List.of("fx-heartbeat-send", "fx-watchdog");
    private static final List<String> BEANS =
            List.of("fxPipeline", "fxHeartbeatMonitor", "fxInHand", "fxConnectionHealth", "fxBacklogHealth");
    private static final String CHECK_PERIOD = "{{fx.heartbeat.check-period}}";
    private static final Set<String> SECRETS = Set.of("url", "authorization", "trustStorePassword", "keyStorePassword");

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{(?:fx-secret:)?([\\w.-]+)");

    // the main pipeline's route has this one, and two routes must not have the same
    private static final int STARTUP_ORDER = 100_000;

    private final PipelineComponent component;
    private final ConnectionHealth mainConnection;
    private final InHand mainInHand;
    private final Clock clock;
    private final Map<RouteDefinition, Pipeline> added = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private CamelContext camelContext;

    /** Takes the component to add to, those who show the main pipeline's metrics, and the clock for health to tell times by. */
    public AddedPipelines(
            PipelineComponent component, ConnectionHealth mainConnection, InHand mainInHand, Clock clock) {
        this.component = component;
        this.mainConnection = mainConnection;
        this.mainInHand = mainInHand;
        this.clock = clock;
    }

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
    }

    /** Loads the templates once routes ask for them; whoever has one pipeline has none of them. */
    @Override
    public void afterConfigure(RouteBuilder builder) {
        boolean asked = builder.getTemplatedRouteCollection().getTemplatedRoutes().stream()
                .anyMatch(route -> TEMPLATE.equals(route.getRouteTemplateRef()));
        if (asked && model().getRouteTemplateDefinition(TEMPLATE) == null) {
            model().addModelLifecycleStrategy(new Routes());
            try {
                PluginHelper.getRoutesLoader(camelContext)
                        .loadRoutes(ResourceHelper.resolveMandatoryResource(camelContext, TEMPLATES));
            } catch (Exception e) {
                throw RuntimeCamelException.wrapRuntimeException(e);
            }
        }
    }

    /** Whether it is a pipeline's; the demo trades with nobody else. */
    private boolean isToBeAdded(RouteDefinition route) {
        boolean pipeline = Boolean.TRUE.equals(route.isTemplate())
                && FROM.equals(route.getInput().getEndpointUri());
        if (pipeline && DEMO.equals(camelContext.getCamelContextExtension().getProfile())) {
            route.setPrecondition("false");
            return false;
        }
        return pipeline;
    }

    private void add(RouteDefinition route) throws Exception {
        Parameters given = new Parameters(route);
        Pipeline pipeline = pipeline(given);
        HeartbeatMonitor monitor = monitor(given);
        int maxPending = given.read("maxPending", text -> Settings.whole(text, 1, 1_000_000));
        InHand inHand = new InHand(maxPending, given.name);
        pipeline.setMonitor(monitor);
        pipeline.setInHand(inHand);
        pipeline.setReader(new ReadMessage(inHand));
        component.add(pipeline);
        added.put(route, pipeline);
        names.add(given.name);

        if (names.size() == 1) {
            // two pipelines' metrics need names to tell them apart, one pipeline's has none
            mainConnection.showAs(PipelineComponent.MAIN);
            mainInHand.showAs(PipelineComponent.MAIN);
        }
        bind("fxPipeline", given.name, pipeline);
        bind("fxHeartbeatMonitor", given.name, monitor);
        bind("fxInHand", given.name, inHand);
        bind("fxConnectionHealth", given.name, new ConnectionHealth(given.name, monitor, clock));
        bind("fxBacklogHealth", given.name, new BacklogHealth(given.name, inHand, maxPending));

        route.setStartupOrder(STARTUP_ORDER + names.size());
        if (!route.hasCustomIdAssigned()) {
            route.setId(named(TEMPLATE, given.name));
        }
        for (String companion : COMPANIONS) {
            model().addRouteFromTemplate(
                            named(companion, given.name), companion, null, null, Map.of("name", given.name));
        }
    }

    private void remove(Pipeline pipeline) throws Exception {
        for (String companion : COMPANIONS) {
            RouteDefinition definition = model().getRouteDefinition(named(companion, pipeline.name()));
            if (definition != null) {
                model().removeRouteDefinition(definition);
            }
        }
        for (String bean : BEANS) {
            camelContext.getRegistry().unbind(named(bean, pipeline.name()));
        }
        Meters.removeOfPipeline(camelContext, pipeline.name());
        component.remove(pipeline);
    }

    private static Pipeline pipeline(Parameters given) {
        Pipeline pipeline = new Pipeline(given.name);
        pipeline.setUrl(given.checked("url", Settings::socketUrl));
        pipeline.setAuthorization(given.text("authorization"));
        String trustStorePassword = given.text("trustStorePassword");
        pipeline.setTrustStorePassword(trustStorePassword);
        pipeline.setTrustStore(given.checked("trustStore", path -> Settings.store(path, trustStorePassword)));
        String keyStorePassword = given.text("keyStorePassword");
        pipeline.setKeyStorePassword(keyStorePassword);
        pipeline.setKeyStore(given.checked("keyStore", path -> Settings.store(path, keyStorePassword)));
        pipeline.setProxy(given.checked("proxy", Settings::proxy));
        pipeline.setConnectTimeout(given.duration("connectTimeout"));
        pipeline.setReplyTtl(given.duration("replyTtl"));
        return pipeline;
    }

    private HeartbeatMonitor monitor(Parameters given) {
        Duration checkPeriod = Settings.duration(camelContext.resolvePropertyPlaceholders(CHECK_PERIOD));
        return given.read(
                "heartbeatInterval",
                interval -> new HeartbeatMonitor(
                        given.name,
                        Settings.duration(interval),
                        given.duration("heartbeatTimeout"),
                        checkPeriod,
                        given.duration("reconnectDelay"),
                        given.duration("reconnectMaxDelay")));
    }

    private void bind(String bean, String pipeline, Object instance) {
        camelContext.getRegistry().bind(named(bean, pipeline), instance);
    }

    private static String named(String what, String pipeline) {
        return what + "-" + pipeline;
    }

    private Model model() {
        return camelContext.getCamelContextExtension().getContextPlugin(Model.class);
    }

    /** Hears of the routes that come and go; no bean itself, or Camel would tell of it in the log of each start. */
    private final class Routes extends ModelLifecycleStrategySupport {

        @Override
        public void onAddRouteDefinition(RouteDefinition route) {
            if (isToBeAdded(route)) {
                try {
                    add(route);
                } catch (Exception e) {
                    throw RuntimeCamelException.wrapRuntimeException(e);
                }
            }
        }

        @Override
        public void onRemoveRouteDefinition(RouteDefinition route) throws Exception {
            Pipeline pipeline = added.remove(route);
            if (pipeline != null) {
                remove(pipeline);
            }
        }
    }

    /** What the lines of a {@code templatedRoute} say, and the template where they say nothing. */
    private final class Parameters {

        private final Map<String, Object> values;
        private final String name;

        private Parameters(RouteDefinition route) {
            values = route.getTemplateParameters();
            name = camelContext.resolvePropertyPlaceholders(String.valueOf(values.get("name")));
            if (!NAME.matcher(name).matches()) {
                throw new Settings.Wrong(
                        "A pipeline's name must be small letters, digits and dashes, not '" + name + "'");
            }
            if (names.contains(name)
                    && added.values().stream().noneMatch(other -> other.name().equals(name))) {
                // expressions that Camel has compiled remember its beans
                throw new Settings.Wrong("There was a pipeline " + name + ": its name cannot be given again");
            }
            Set<String> known = model().getRouteTemplateDefinition(TEMPLATE).getTemplateParameters().stream()
                    .map(RouteTemplateParameterDefinition::getName)
                    .collect(Collectors.toSet());
            for (String parameter :
                    route.getRouteTemplateContext().getParameters().keySet()) {
                if (!known.contains(StringHelper.dashToCamelCase(parameter))) {
                    throw new Settings.Wrong("Pipeline " + name + ": there is no parameter " + parameter);
                }
            }
        }

        private String text(String parameter) {
            String raw = String.valueOf(values.getOrDefault(parameter, ""));
            if (SECRETS.contains(parameter)) {
                keepOutOfTheLog(raw);
            }
            try {
                return camelContext.resolvePropertyPlaceholders(raw).trim();
            } catch (IllegalArgumentException | UncheckedIOException e) {
                // what was given may hold a secret beside the placeholder
                throw wrong(parameter, "names a setting, or a file in one, that cannot be read");
            }
        }

        private Duration duration(String parameter) {
            return read(parameter, Settings::duration);
        }

        private String checked(String parameter, Consumer<String> check) {
            return read(parameter, text -> {
                check.accept(text);
                return text;
            });
        }

        private <T> T read(String parameter, Function<String, T> reading) {
            try {
                return reading.apply(text(parameter));
            } catch (IllegalArgumentException e) {
                throw wrong(parameter, e.getMessage());
            }
        }

        private Settings.Wrong wrong(String parameter, String what) {
            return new Settings.Wrong("Pipeline " + name + ": " + parameter + " " + what);
        }
    }

    /** Camel logs at the start the settings that were asked for, but for those whose names it was told. */
    private void keepOutOfTheLog(String raw) {
        ExtendedCamelContext extension = camelContext.getCamelContextExtension();
        PLACEHOLDER.matcher(raw).results().map(setting -> setting.group(1)).forEach(setting -> {
            if (!CamelContextHelper.containsSensitive(camelContext, setting)) {
                extension.setAdditionalSensitiveKeywords(
                        extension.getAdditionalSensitiveKeywords() == null
                                ? setting
                                : extension.getAdditionalSensitiveKeywords() + "," + setting);
            }
        });
    }
}
