package org.currencyroutes;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.RoundingMode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.util.TimeUtils;
import org.currencyroutes.cluster.Addresses;
import org.currencyroutes.connection.PipelineUrl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at every setting before anything is made of it, so that a wrong one ends the start with one clear sentence. */
final class Settings extends MainListenerSupport {

    /** A setting that cannot be meant; its message is the sentence for the person who starts us. */
    static final class Wrong extends RuntimeException {

        Wrong(String property, String what) {
            this(property + " (environment variable " + environment(property) + ") " + what);
        }

        Wrong(String sentence) {
            super(sentence, null, false, false);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Settings.class);

    private static final Map<String, Consumer<String>> CHECKS = checks();

    private static Map<String, Consumer<String>> checks() {
        Map<String, Consumer<String>> checks = new LinkedHashMap<>();
        checks.put("fx.socket.url", Settings::socketUrl);
        for (String duration : new String[] {
            "fx.socket.connect-timeout",
            "fx.heartbeat.interval",
            "fx.heartbeat.timeout",
            "fx.heartbeat.check-period",
            "fx.reconnect.delay",
            "fx.reconnect.max-delay",
            "fx.reply.ttl",
            "fx.rates.cache.ttl",
            "fx.rates.timeout",
            "fx.rates.deadline"
        }) {
            checks.put(duration, Settings::duration);
        }
        checks.put("fx.conversion.currency", value -> {
            require(value.matches("[A-Z]{3}"), "must be a currency code such as EUR", value);
        });
        checks.put("fx.conversion.scale", value -> whole(value, 0, 20));
        checks.put("fx.conversion.rounding", Settings::rounding);
        checks.put("fx.conversion.date", value -> {
            require(value.equals("now") || value.equals("request"), "must be now or request", value);
        });
        checks.put("fx.conversion.max-pending", value -> whole(value, 1, 1_000_000));
        checks.put("fx.rates.cache.size", value -> whole(value, 1, 1_000_000));
        checks.put("fx.log.format", value -> {
            require(value.equals("plain") || value.equals("json"), "must be plain or json", value);
        });
        checks.put("fx.cluster", value -> {
            require(
                    List.of("none", "infinispan", "kubernetes").contains(value),
                    "must be none, infinispan or kubernetes",
                    value);
        });
        checks.put("fx.cluster.address", Addresses::own);
        checks.put("fx.cluster.port", value -> whole(value, 1, 65_535));
        checks.put("fx.cluster.peers", Addresses::peers);
        checks.put("fx.socket.proxy", Settings::proxy);
        checks.put("fx.rates.proxy", Settings::proxy);
        return checks;
    }

    /** Checks each setting that has a form of its own. */
    @Override
    public void beforeConfigure(BaseMainSupport main) {
        CamelContext context = main.getCamelContext();
        CHECKS.forEach((property, check) -> {
            try {
                check.accept(value(context, property));
            } catch (IllegalArgumentException e) {
                throw new Wrong(property, e.getMessage());
            }
        });
        for (String secret : new String[] {
            "fx.socket.authorization",
            "fx.socket.trust-store-password",
            "fx.socket.key-store-password",
            "fx.rates.trust-store-password",
            "fx.cluster.secret"
        }) {
            secret(context, secret);
        }
        store(context, "fx.socket.trust-store");
        store(context, "fx.socket.key-store");
        store(context, "fx.rates.trust-store");
        managementPort(main);
        cluster(main.getCamelContext());
        shorter(context, "fx.heartbeat.check-period", "fx.heartbeat.interval");
        shorter(context, "fx.heartbeat.check-period", "fx.heartbeat.timeout");
    }

    /** Checks, when the routes are known, that each provider of rates is one of them and has what its settings ask for. */
    @Override
    public void afterConfigure(BaseMainSupport main) {
        ModelCamelContext context =
                main.getCamelContext().getCamelContextExtension().getContextPlugin(ModelCamelContext.class);
        String property = "fx.rates.providers";
        String providers = value(main.getCamelContext(), property);
        if (providers.isBlank()) {
            throw new Wrong(property, "must name at least one provider of rates");
        }
        for (String provider : providers.trim().split("\\s*,\\s*")) {
            RouteDefinition route = context.getRouteDefinition("fx-rates-" + provider);
            if (route == null || !route.getInput().getEndpointUri().equals("direct:fx-rates-" + provider)) {
                throw new Wrong(
                        property,
                        "names the unknown provider '" + provider + "', there is no route fx-rates-" + provider);
            }
            url(main.getCamelContext(), "fx.rates." + provider + ".url");
            key(main.getCamelContext(), "fx.rates." + provider + ".key");
        }
        addCluster(main.getCamelContext());
    }

    /** Reads the file that a plain user never opens; by itself, since of the files of a pattern Camel makes beans twice. */
    private static void addCluster(CamelContext context) {
        String cluster = value(context, "fx.cluster");
        if (!cluster.equals("none")) {
            String file =
                    context.resolvePropertyPlaceholders("file:{{fx.home:.}}/routes/cluster/" + cluster + ".camel.yaml");
            try {
                PluginHelper.getRoutesLoader(context)
                        .loadRoutes(ResourceHelper.resolveMandatoryResource(context, file));
            } catch (Exception e) {
                throw RuntimeCamelException.wrapRuntimeException(e);
            }
        }
    }

    /** A provider that is asked by HTTP has a setting for its address. */
    private static void url(CamelContext context, String property) {
        if (exists(context, property)) {
            String value = value(context, property);
            try {
                URI uri = new URI(value);
                require(value.matches("https?://.*") && uri.getHost() != null && uri.getQuery() == null, "", "");
            } catch (URISyntaxException | IllegalArgumentException e) {
                throw new Wrong(property, "must be a provider's address, http://… or https://…, without a query");
            }
        }
    }

    /** A provider that needs a key has a setting for it, which is empty as we ship it. */
    private static void key(CamelContext context, String property) {
        if (exists(context, property) && secret(context, property).isEmpty()) {
            throw new Wrong(property, "is not set, and the provider needs a key: set it, or " + property + Secret.FILE);
        }
    }

    private static boolean exists(CamelContext context, String property) {
        return context.getPropertiesComponent().resolveProperty(property).isPresent();
    }

    /** A taken port does not keep us from converting, but whoever looks there would see another's metrics: we say so. */
    private static void managementPort(BaseMainSupport main) {
        CamelContext context = main.getCamelContext();
        String property = "camel.management.port";
        if (!value(context, "camel.management.enabled").equals("true")) {
            return;
        }
        String host = value(context, "camel.management.host");
        String port = context.resolvePropertyPlaceholders(value(context, property));
        try (ServerSocket socket = new ServerSocket()) {
            whole(port, 0, 65_535);
            socket.bind(new InetSocketAddress(host, Integer.parseInt(port)));
        } catch (IOException e) {
            LOG.warn("{} names the port {} of {}, which is not free: there will be no metrics", property, port, host);
            main.addOverrideProperty("camel.management.enabled", "false");
            context.getPropertiesComponent().setOverrideProperties(main.getOverrideProperties());
        } catch (IllegalArgumentException e) {
            throw new Wrong(property, e.getMessage());
        }
    }

    /** What a cluster needs besides. */
    private static void cluster(CamelContext context) {
        String cluster = value(context, "fx.cluster");
        if (cluster.equals("kubernetes")) {
            present(context, "io.fabric8.kubernetes.client.KubernetesClient", "lib/kubernetes");
        }
        if (!cluster.equals("infinispan")) {
            return;
        }
        present(context, "org.infinispan.manager.EmbeddedCacheManager", "lib/cluster");
        InetAddress address = Addresses.own(value(context, "fx.cluster.address"));
        if (!address.isLoopbackAddress() && secret(context, "fx.cluster.secret").isEmpty()) {
            throw new Wrong(
                    "fx.cluster.secret", "is not set, and others reach fx.cluster.address: set it, or its file");
        }
        if (!value(context, "fx.cluster.peers").isEmpty()) {
            free(address, Integer.parseInt(value(context, "fx.cluster.port")));
        }
    }

    private static void present(CamelContext context, String type, String folder) {
        if (context.getClassResolver().resolveClass(type) == null) {
            throw new Wrong(
                    "fx.cluster",
                    "needs what is in " + folder + " on the class path, where bin/currency-routes puts it");
        }
    }

    private static void free(InetAddress address, int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, address)) {
            LOG.debug("{} is free", socket);
        } catch (IOException e) {
            throw new Wrong("fx.cluster.port", "names the port " + port + ", which cannot be had: " + e.getMessage());
        }
    }

    private static String value(CamelContext context, String property) {
        return context.getPropertiesComponent()
                .resolveProperty(property)
                .orElse("")
                .trim();
    }

    private static String environment(String property) {
        return property.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    static void socketUrl(String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("is not set: set it to the pipeline's ws:// or wss:// URL");
        }
        try {
            PipelineUrl.parse(value);
        } catch (IllegalArgumentException e) {
            // not repeated: the URL may hold a token
            throw new IllegalArgumentException("must be a ws:// or wss:// URL with a host", e);
        }
    }

    static Duration duration(String value) {
        Duration duration = Duration.ZERO;
        try {
            duration = TimeUtils.toDuration(value);
        } catch (RuntimeException e) {
            // said below, with what is expected
        }
        require(duration.toMillis() > 0, "must be a duration longer than zero, such as 500ms, 3s or 2h", value);
        return duration;
    }

    static int whole(String value, int min, int max) {
        int number = min - 1;
        try {
            number = Integer.parseInt(value);
        } catch (NumberFormatException e) {
            // said below, with what is expected
        }
        require(number >= min && number <= max, "must be a whole number from " + min + " to " + max, value);
        return number;
    }

    private static void rounding(String value) {
        require(
                Arrays.stream(RoundingMode.values())
                        .anyMatch(mode ->
                                mode != RoundingMode.UNNECESSARY && mode.name().equals(value)),
                "must be a rounding such as HALF_EVEN, any of java.math.RoundingMode but UNNECESSARY",
                value);
    }

    static void proxy(String value) {
        try {
            URI uri = value.isEmpty() ? URI.create("http://none:1") : new URI(value);
            require(
                    "http".equals(uri.getScheme())
                            && uri.getHost() != null
                            && uri.getPort() > 0
                            && uri.getPort() <= 65_535,
                    "",
                    "");
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new IllegalArgumentException("must be a proxy's address, http://host:port", e);
        }
    }

    private static String secret(CamelContext context, String property) {
        try {
            return Secret.of(property, name -> value(context, name));
        } catch (UncheckedIOException e) {
            throw new Wrong(property + Secret.FILE, "names a file that cannot be read");
        }
    }

    private static void store(CamelContext context, String property) {
        try {
            store(value(context, property), secret(context, property + "-password"));
        } catch (IllegalArgumentException e) {
            throw new Wrong(property, e.getMessage());
        }
    }

    static void store(String path, String password) {
        if (!path.isEmpty()) {
            try {
                KeyStore.getInstance(new File(path), password.toCharArray());
            } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
                throw new IllegalArgumentException("names a key store that cannot be read with its password", e);
            }
        }
    }

    private static void shorter(CamelContext context, String property, String than) {
        if (duration(value(context, property)).compareTo(duration(value(context, than))) >= 0) {
            throw new Wrong(property, "must be shorter than " + than);
        }
    }

    private static void require(boolean right, String what, String value) {
        if (!right) {
            throw new IllegalArgumentException(what + (value.isEmpty() ? ", it is empty" : ", not '" + value + "'"));
        }
    }
}
