package org.currencyroutes.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/** Runs the system's commands. */
final class Commands {

    private Commands() {}

    /** Runs a command that must succeed. */
    static void run(String... command) {
        if (!attempt(command)) {
            throw new IllegalStateException("failed: " + String.join(" ", command));
        }
    }

    /** Runs a command, its output dropped, and says whether it succeeded. */
    static boolean attempt(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return false;
            }
            return process.exitValue() == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
