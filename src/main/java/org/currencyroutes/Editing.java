package org.currencyroutes;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.support.FileWatcherResourceReloadStrategy;
import org.apache.camel.support.PluginHelper;
import org.currencyroutes.Sources.Form;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in what is changed in {@code routes/} and the settings while we run, under the profile {@code dev}. All files are
 * first built as a candidate, a second application that takes no message; only if that works are those routes exchanged
 * that are different. Camel's own reload would restart each route of a file, keep those that a file has lost, and stop
 * the old ones before it knows that the new ones work.
 */
final class Editing extends MainListenerSupport {

    private static final Logger LOG = LoggerFactory.getLogger(Editing.class);

    private static final String PROFILE = "dev";
    private static final String PIPELINE = "fx-pipeline";
    private static final Pattern PLACE = Pattern.compile("([^/\\s,:]+[.](?:yaml|java))(?:, line |:)(\\d+)");

    private BaseMainSupport main;
    private Path home;
    private Sources sources;
    private Sources tried;
    private Map<String, Form> forms;

    /** A Camel Main under the profile {@code dev}. */
    static Main main() {
        Main main = new Main();
        main.configure().withProfile(PROFILE);
        main.addMainListener(new Editing());
        return main;
    }

    /** Begins to watch the files. */
    @Override
    public void afterStart(BaseMainSupport started) {
        main = started;
        PropertiesComponent properties = main.getCamelContext().getPropertiesComponent();
        home = Path.of(properties.resolveProperty("fx.home").orElse("."))
                .toAbsolutePath()
                .normalize();
        // ours to add to, while a candidate begins with those of the start
        properties.setOverrideProperties(copyOf(main.getOverrideProperties()));
        try {
            sources = Sources.read(home);
            tried = sources;
            forms = sources.forms(model(main));
            watch(home.resolve("routes"), Sources::holdsRoutes);
            watch(home, Sources::holdsSettings);
        } catch (Exception e) {
            throw new IllegalStateException("The files cannot be watched", e);
        }
    }

    private void watch(Path folder, Predicate<Path> files) throws Exception {
        FileWatcherResourceReloadStrategy watcher = new FileWatcherResourceReloadStrategy(folder.toString());
        watcher.setFileFilter(file -> files.test(file.toPath()));
        // several may have changed at once, so which one it was does not matter
        watcher.setResourceReload((name, resource) -> takeIn());
        main.getCamelContext().addService(watcher);
    }

    private synchronized void takeIn() throws Exception {
        Sources now = Sources.read(home);
        if (now.filesOtherThan(tried).isEmpty()) {
            return;
        }
        tried = now;
        Set<Path> files = now.filesOtherThan(sources);
        Map<String, Form> newForms;
        Map<String, String> settings = new TreeMap<>();
        Main candidate = candidate();
        try {
            candidate.start();
            newForms = now.forms(model(candidate));
            now.settingsOtherThan(sources)
                    .forEach(name -> settings.put(name, setting(candidate.getCamelContext(), name)));
        } catch (Exception e) {
            LOG.warn("Not taken in, what ran before goes on: {}", reason(e, now));
            return;
        } finally {
            candidate.stop();
        }
        files.removeIf(file -> isLeftForARestart(file, now));
        settings.entrySet().removeIf(setting -> setting.getValue().equals(setting(context(), setting.getKey())));
        settings.keySet().removeIf(name -> isLeftForARestart(name, newForms, now));
        Set<String> different = new TreeSet<>(newForms.keySet());
        different.removeIf(id -> newForms.get(id).equals(forms.get(id))
                && settings.keySet().stream().noneMatch(newForms.get(id)::mentions));
        Set<String> removed = new TreeSet<>(forms.keySet());
        removed.removeAll(newForms.keySet());

        Map<String, String> settingsBefore = new TreeMap<>(settings);
        settingsBefore.replaceAll((name, value) -> setting(context(), name));
        try {
            exchange(now, newForms, files, settings, different, removed);
        } catch (Exception e) {
            LOG.warn("Not taken in, what ran before goes on: {}", reason(e, now));
            Set<String> back = new TreeSet<>(forms.keySet());
            back.removeIf(id -> !different.contains(id) && !removed.contains(id));
            different.removeAll(back);
            exchange(sources, forms, files, settingsBefore, back, different);
            return;
        }
        sources = now;
        forms = newForms;
        if (settings.isEmpty() && different.isEmpty() && removed.isEmpty()) {
            LOG.info("No route is different");
        } else {
            LOG.info(
                    "Taken in without a restart: settings {}, routes new or different {}, routes removed {}; the connection is {}",
                    settings.keySet(),
                    different,
                    removed,
                    different.contains(PIPELINE) || removed.contains(PIPELINE) ? "made anew" : "kept");
        }
    }

    /** The application of the files as they are now, made ready but for the taking in of messages. */
    private Main candidate() {
        Main candidate = new Main();
        candidate.configure().withProfile(PROFILE);
        candidate.setDefaultPropertyPlaceholderLocation(main.getDefaultPropertyPlaceholderLocation());
        candidate.setOverrideProperties(copyOf(main.getOverrideProperties()));
        candidate.addOverrideProperty("camel.main.name", "candidate");
        candidate.addOverrideProperty("camel.main.auto-startup", "false");
        candidate.addOverrideProperty("camel.main.auto-configuration-log-summary", "false");
        candidate.addOverrideProperty("camel.main.startup-summary-level", "Off");
        // its servers must not want our ports
        candidate.addOverrideProperty("camel.management.port", "0");
        candidate.addOverrideProperty("camel.server.port", "0");
        // the end of the process is not its business
        candidate.setShutdownStrategy(new SimpleMainShutdownStrategy());
        candidate.addMainListener(new Settings());
        return candidate;
    }

    /** Other beans hold on to those of a file of beans that was there before, so they stay as they are; a pipeline is added at the start. */
    private boolean isLeftForARestart(Path file, Sources now) {
        boolean left = sources.hasBeansAlone(file) || sources.hasPipelinesAlone(file) || now.hasPipelinesAlone(file);
        if (left) {
            LOG.warn("{} was changed: that needs a restart", sources.names(Set.of(file)));
        }
        return left;
    }

    /** A bean has its settings from the start, and so has Camel; only what routes read can be taken in. */
    private static boolean isLeftForARestart(String setting, Map<String, Form> forms, Sources sources) {
        boolean left = sources.isForBeans(setting) || forms.values().stream().noneMatch(form -> form.mentions(setting));
        if (left) {
            LOG.warn("{} was changed: that needs a restart", setting);
        }
        return left;
    }

    /** Exchanges routes for those of the same name in the sources, with the route configurations of the files. */
    private void exchange(
            Sources to,
            Map<String, Form> toForms,
            Set<Path> files,
            Map<String, String> settings,
            Set<String> different,
            Set<String> removed)
            throws Exception {
        Model model = model(main);
        settings.forEach(context().getPropertiesComponent()::addOverrideProperty);
        for (String id : removed) {
            RouteDefinition route = model.getRouteDefinition(id);
            if (route != null) {
                model.removeRouteDefinition(route);
            }
        }
        for (RouteConfigurationDefinition configuration : List.copyOf(model.getRouteConfigurationDefinitions())) {
            if (Sources.fileOf(configuration.getResource())
                    .filter(files::contains)
                    .isPresent()) {
                model.removeRouteConfiguration(configuration);
            }
        }
        different.forEach(id -> files.add(toForms.get(id).file()));
        Collection<RoutesBuilder> builders =
                PluginHelper.getRoutesLoader(context()).findRoutesBuilders(to.resources(files));
        for (RoutesBuilder builder : builders) {
            if (builder instanceof RouteConfigurationsBuilder configurations) {
                configurations.updateRouteConfigurationsToCamelContext(context());
            }
        }
        for (RoutesBuilder builder : builders) {
            if (builder instanceof RouteBuilder routes) {
                routes.configureRoutes(context())
                        .getRoutes()
                        .removeIf(route -> !different.contains(route.getRouteId()));
                routes.updateRoutesToCamelContext(context());
            }
        }
    }

    /** Where and why, in one line. */
    private String reason(Exception e, Sources now) {
        StringBuilder all = new StringBuilder();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            String message = Objects.requireNonNullElse(cause.getMessage(), cause.toString());
            if (all.indexOf(message) < 0) {
                all.append(all.isEmpty() ? "" : ": ").append(message);
            }
        }
        List<MatchResult> places = PLACE.matcher(all).results().toList();
        if (!places.isEmpty()) {
            MatchResult last = places.get(places.size() - 1);
            return "routes/" + last.group(1) + ":" + last.group(2) + ": "
                    + all.toString()
                            .lines()
                            .filter(line -> !line.isBlank() && !line.startsWith(" "))
                            .collect(Collectors.joining(", "));
        }
        String why = all.toString()
                .replaceAll("(?s) at: >>>.*? because: ", ": ")
                .replaceAll("(?s)^.* due to: ", "")
                .replaceAll("\\s+", " ");
        return now.place(why, sources) + ": " + why;
    }

    private CamelContext context() {
        return main.getCamelContext();
    }

    private static Model model(BaseMainSupport main) {
        return main.getCamelContext().getCamelContextExtension().getContextPlugin(Model.class);
    }

    private static String setting(CamelContext context, String name) {
        return context.getPropertiesComponent().resolveProperty(name).orElse("");
    }

    private static Properties copyOf(Properties properties) {
        Properties copy = new Properties();
        if (properties != null) {
            properties.stringPropertyNames().forEach(name -> copy.setProperty(name, properties.getProperty(name)));
        }
        return copy;
    }
}
