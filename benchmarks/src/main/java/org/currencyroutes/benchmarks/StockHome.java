package org.currencyroutes.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The distribution once more, with another way to the pipeline: script, libraries, settings, beans, rates, conversion
 * and errors are its own, {@code stock/pipeline.camel.yaml} stands for its socket and its heartbeat.
 */
final class StockHome {

    private static final Path HOME = Path.of("target/stock");
    private static final List<String> REPLACED = List.of("pipeline.camel.yaml", "heartbeat.camel.yaml");

    private StockHome() {}

    static Path make() throws IOException {
        Path routes = Files.createDirectories(HOME.resolve("routes"));
        copy(Program.HOME.resolve("bin/currency-routes"), Files.createDirectories(HOME.resolve("bin")));
        copy(Program.HOME.resolve("application.properties"), HOME);
        copy(Program.HOME.resolve("log4j2.properties"), HOME);
        try (var old = Files.newDirectoryStream(routes)) {
            for (Path file : old) {
                Files.delete(file);
            }
        }
        Path lib = HOME.resolve("lib");
        Files.deleteIfExists(lib);
        Files.createSymbolicLink(lib, Program.HOME.resolve("lib").toAbsolutePath());
        try (var shipped = Files.newDirectoryStream(Program.HOME.resolve("routes"), "*.camel.yaml")) {
            for (Path file : shipped) {
                if (!REPLACED.contains(file.getFileName().toString())) {
                    Files.writeString(
                            routes.resolve(file.getFileName()),
                            Files.readString(file).replaceAll("uri: fx-pipeline:(main|reply)", "uri: direct:fx-reply"));
                }
            }
        }
        copy(Path.of("stock/pipeline.camel.yaml"), routes);
        return HOME;
    }

    private static void copy(Path file, Path folder) throws IOException {
        Files.copy(
                file,
                folder.resolve(file.getFileName()),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.COPY_ATTRIBUTES);
    }
}
