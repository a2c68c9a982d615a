package org.currencyroutes.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A program that is measured: what we call it, and the command that starts it; all of them heed {@code JAVA_OPTS}. */
record Program(String name, List<String> command) {

    static final Path HOME = Path.of("../target/currency-routes");

    private static final Path SCRIPT = HOME.resolve("bin/currency-routes");
    private static final Pattern JVM_OPTION = Pattern.compile("(?<=[\\s\"'=])-X[^\\s\"'$]+");

    static Program distribution() {
        return new Program("currency-routes", List.of(SCRIPT.toString()));
    }

    /** The hand-written loop with the collector and the memory that the distribution's script gives to its JVM. */
    static Program handWritten() {
        return handWritten("hand-written loop", jvmOptions());
    }

    /** The same as one would start it, on a JVM that is told nothing. */
    static Program handWrittenPlainly() {
        return handWritten("hand-written loop, plain java", List.of());
    }

    private static Program handWritten(String name, List<String> options) {
        return new Program(
                name,
                List.of(
                        "sh",
                        "-c",
                        "exec \"$0\" " + String.join(" ", options)
                                + " ${JAVA_OPTS:-} -cp 'target/classes:target/lib/*' "
                                + HandWrittenLoop.class.getName(),
                        Path.of(System.getProperty("java.home"), "bin/java").toString()));
    }

    /** The distribution's own script and libraries, with routes on Camel's stock component. */
    static Program stock() throws IOException {
        return new Program(
                "stock component",
                List.of(StockHome.make().resolve("bin/currency-routes").toString()));
    }

    /** What the distribution's script says to its JVM, but for what concerns a class archive or a log of its own. */
    static List<String> jvmOptions() {
        try (var lines = Files.lines(SCRIPT)) {
            return lines.filter(line -> !line.startsWith("#"))
                    .flatMap(line -> JVM_OPTION.matcher(line).results().map(MatchResult::group))
                    .filter(option -> !option.matches("-X(share|log|X:\\+?(SharedArchive|AutoCreateShared|AOT)).*"))
                    .distinct()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
