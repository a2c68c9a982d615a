package org.currencyroutes.peer;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The built distribution as a process of its own, its output in a file. */
public final class Distribution implements AutoCloseable {

    /** The start script, as a person would call it. */
    public static final String SCRIPT = "target/currency-routes/bin/currency-routes";

    private final Process process;
    private final Path output;

    /** Starts the script with these environment variables, from another folder than its own. */
    public Distribution(Map<String, String> environment, String... arguments) {
        this(Path.of(SCRIPT).toAbsolutePath(), environment, arguments);
    }

    /** Starts a script of another place. */
    public Distribution(Path script, Map<String, String> environment, String... arguments) {
        try {
            output = Files.createTempFile(Path.of("target"), "distribution", ".log");
            ProcessBuilder builder = new ProcessBuilder(script.toString());
            builder.command().addAll(List.of(arguments));
            builder.environment().putAll(environment);
            process = builder.directory(new File("src"))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that it has written so far. */
    public String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends it a signal by its name, such as {@code KILL} or {@code STOP}. */
    public void signal(String name) {
        try {
            new ProcessBuilder("kill", "-s", name, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Asks it to leave. */
    public void terminate() {
        process.destroy();
    }

    /** Its exit status, when it has left by itself. */
    public int exitStatus() {
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                throw new AssertionError("it has not left:\n" + output());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for its end", e);
        }
    }

    /** Ends it, whatever it does. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
