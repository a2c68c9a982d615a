package org.currencyroutes.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One member: the built distribution in a network namespace of its own, started again and again. */
final class SoakMember {

    private static final Pattern MEMBERS = Pattern.compile("The cluster has (\\S+) member");

    private final int number;
    private final String namespace;
    private final Map<String, String> environment;
    private final Path folder;
    private Process process;
    private Path output;
    private int starts;
    private volatile boolean paused;
    private volatile long woken;

    SoakMember(int number, String namespace, Map<String, String> environment, Path folder) {
        this.number = number;
        this.namespace = namespace;
        this.environment = environment;
        this.folder = folder;
    }

    /** Starts a new process, its output in a new file. */
    void start() {
        try {
            output = folder.resolve("member-%d-%d.log".formatted(number, ++starts));
            ProcessBuilder builder = new ProcessBuilder(
                    "ip",
                    "netns",
                    "exec",
                    namespace,
                    Path.of("target/currency-routes/bin/currency-routes")
                            .toAbsolutePath()
                            .toString());
            builder.environment().putAll(environment);
            process = builder.redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a signal, by its name without SIG. */
    void signal(String name) {
        if (name.equals("STOP")) {
            paused = true;
        }
        // each of what starts it is replaced by what it starts: the process is the JVM itself
        Commands.run("kill", "-" + name, Long.toString(process.pid()));
        if (name.equals("CONT")) {
            woken = System.nanoTime();
            paused = false;
        }
    }

    /** Whether it cannot close anything, or has been able to for less than a second. */
    boolean isPaused() {
        return paused || woken != 0 && System.nanoTime() - woken < 1_000_000_000;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** How many members it last said that the cluster has. */
    int members() {
        try {
            Matcher matcher = MEMBERS.matcher(Files.readString(output));
            String last = "0";
            while (matcher.find()) {
                last = matcher.group(1);
            }
            return last.equals("one") ? 1 : Integer.parseInt(last);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void end() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
