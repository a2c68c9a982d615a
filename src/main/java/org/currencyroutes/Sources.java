package org.currencyroutes;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.ResourceHelper;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The files that a person edits, {@code routes/} and the settings beside it, as they were at one time. */
final class Sources {

    /** A route as it is written, with what other files say of it; comments and spacing do not count. */
    record Form(Path file, String text) {

        boolean mentions(String setting) {
            // the route names the setting, the person may have used the file for it
            return text.contains(setting.replaceFirst(Secret.FILE + "$", ""));
        }
    }

    private static final List<String> SETTINGS = List.of("application-dev.properties", "application.properties");
    private static final Pattern WORD = Pattern.compile("[\\w.-]{2,}");
    private static final long SETTLED_MILLIS = 200;

    private final Path home;
    private final Map<Path, String> texts = new TreeMap<>();

    private Sources(Path home) throws IOException {
        this.home = home;
        try (Stream<Path> routes = Files.list(home.resolve("routes"))) {
            Stream<Path> settings = SETTINGS.stream().map(home::resolve);
            for (Path file :
                    Stream.concat(routes.filter(Sources::holdsRoutes), settings).toList()) {
                try {
                    texts.put(file, Files.readString(file));
                } catch (NoSuchFileException e) {
                    // removed meanwhile, or settings that there are not
                }
            }
        }
    }

    /** What is there once nothing changes any more: an editor may write a file in several steps. */
    static Sources read(Path home) throws IOException, InterruptedException {
        Sources before = new Sources(home);
        while (true) {
            Thread.sleep(SETTLED_MILLIS);
            Sources read = new Sources(home);
            if (read.texts.equals(before.texts)) {
                return read;
            }
            before = read;
        }
    }

    static boolean holdsRoutes(Path file) {
        return isYaml(file) || file.toString().endsWith(".java");
    }

    static boolean holdsSettings(Path file) {
        return SETTINGS.contains(file.getFileName().toString());
    }

    private static boolean isYaml(Path file) {
        return file.toString().endsWith(".camel.yaml");
    }

    /** The files that are not as they were. */
    Set<Path> filesOtherThan(Sources before) {
        Set<Path> files = new TreeSet<>(before.texts.keySet());
        files.addAll(texts.keySet());
        files.removeIf(file -> Objects.equals(before.texts.get(file), texts.get(file)));
        return files;
    }

    /** The names of the settings that are not as they were. */
    Set<String> settingsOtherThan(Sources before) {
        Set<String> names = new TreeSet<>();
        for (String file : SETTINGS) {
            Properties old = before.properties(home.resolve(file));
            Properties now = properties(home.resolve(file));
            Stream.of(old, now)
                    .flatMap(properties -> properties.stringPropertyNames().stream())
                    .filter(name -> !Objects.equals(old.getProperty(name), now.getProperty(name)))
                    .forEach(names::add);
        }
        return names;
    }

    private Properties properties(Path file) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(texts.getOrDefault(file, "")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }

    /** Those of some files that hold routes, for a loader. */
    List<Resource> resources(Set<Path> files) {
        return files.stream()
                .filter(file -> holdsRoutes(file) && texts.containsKey(file))
                .map(file -> ResourceHelper.fromString("file:" + file, texts.get(file)))
                .toList();
    }

    /** The routes that a context has of these files, by their names. */
    Map<String, Form> forms(Model model) {
        Map<String, Form> forms = new TreeMap<>();
        for (RouteDefinition route : model.getRouteDefinitions()) {
            fileOf(route.getResource()).filter(texts::containsKey).ifPresent(file -> {
                if (!route.hasCustomIdAssigned()) {
                    throw new IllegalArgumentException("a route has no id to know it by: "
                            + route.getInput().getEndpointUri());
                }
                forms.put(route.getRouteId(), new Form(file, form(route, file)));
            });
        }
        return forms;
    }

    private String form(RouteDefinition route, Path file) {
        List<Object> form = new ArrayList<>();
        if (isYaml(file)) {
            for (Map<?, ?> entry : entries(file)) {
                if (!entry.containsKey("routeConfiguration") && isOf(entry, "route", Set.of(route.getRouteId()))) {
                    form.add(entry);
                }
            }
        } else {
            form.add(texts.get(file));
        }
        Set<String> applied = Objects.requireNonNullElse(route.getAppliedRouteConfigurationIds(), Set.of());
        for (Path other : texts.keySet()) {
            for (Map<?, ?> entry : entries(other)) {
                if (entry.containsKey("routeConfiguration") && isOf(entry, "routeConfiguration", applied)) {
                    form.add(entry);
                }
            }
        }
        return form.toString();
    }

    /** Whether an entry has one of these ids, or is of another kind or without an id, and so may mean any. */
    private static boolean isOf(Map<?, ?> entry, String kind, Set<String> ids) {
        return !(entry.get(kind) instanceof Map<?, ?> named)
                || !(named.get("id") instanceof String id)
                || ids.contains(id);
    }

    private List<Map<?, ?>> entries(Path file) {
        List<Map<?, ?>> entries = new ArrayList<>();
        if (isYaml(file)
                && new Load(LoadSettings.builder().build()).loadFromString(texts.getOrDefault(file, ""))
                        instanceof List<?> list) {
            list.forEach(entry -> entries.add((Map<?, ?>) entry));
        }
        return entries;
    }

    /** Whether a file has nothing but beans. */
    boolean hasBeansAlone(Path file) {
        return hasAlone(file, "beans");
    }

    /** Whether a file has nothing but pipelines that are added. */
    boolean hasPipelinesAlone(Path file) {
        return hasAlone(file, "templatedRoute");
    }

    private boolean hasAlone(Path file, String kind) {
        List<Map<?, ?>> entries = entries(file);
        return !entries.isEmpty() && entries.stream().allMatch(entry -> entry.containsKey(kind));
    }

    /** Whether a bean is made with a setting. */
    boolean isForBeans(String setting) {
        return texts.keySet().stream()
                .flatMap(file -> entries(file).stream())
                .filter(entry -> entry.containsKey("beans"))
                .anyMatch(entry -> entry.toString().matches("(?s).*[{:]" + Pattern.quote(setting) + "}}.*"));
    }

    /** The file that a route came from. */
    static Optional<Path> fileOf(Resource resource) {
        return Optional.ofNullable(resource)
                .map(Resource::getLocation)
                .filter(location -> location.startsWith("file:"))
                .map(location -> Path.of(location.substring("file:".length()))
                        .toAbsolutePath()
                        .normalize());
    }

    /** How a person calls these files. */
    String names(Set<Path> files) {
        return String.join(
                ", ",
                files.stream().map(file -> home.relativize(file).toString()).toList());
    }

    /**
     * Where an error comes from that does not say its line: the new line that has the rarest word of the error, since
     * what was there before was right.
     */
    String place(String error, Sources before) {
        Set<Path> files = filesOtherThan(before);
        List<String> words =
                WORD.matcher(error).results().map(MatchResult::group).toList();
        String place = names(files);
        long fewest = Long.MAX_VALUE;
        for (Path file : files) {
            List<String> old = before.texts
                    .getOrDefault(file, "")
                    .lines()
                    .map(String::strip)
                    .toList();
            List<String> lines = texts.getOrDefault(file, "").lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                if (!line.isBlank() && !old.contains(line.strip())) {
                    long rarity = words.stream()
                            .filter(line::contains)
                            .mapToLong(word -> lines.stream()
                                    .filter(other -> other.contains(word))
                                    .count())
                            .min()
                            .orElse(Integer.MAX_VALUE);
                    if (rarity < fewest) {
                        fewest = rarity;
                        place = names(Set.of(file)) + ":" + (i + 1);
                    }
                }
            }
        }
        return place;
    }
}
