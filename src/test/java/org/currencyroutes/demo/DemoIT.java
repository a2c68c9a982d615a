package org.currencyroutes.demo;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The demo as a person starts it, in a process of its own. */
class DemoIT {

    private static final Path OUTPUT = Path.of("target", "demo-it.log");
    private static final Pattern CONVERSION =
            Pattern.compile("(?m)^[0-9.]+ [A-Z]{3} → [0-9.]+ EUR {2}\\(.+\\) {2}.+ ms$");
    private static final Pattern SUMMARY =
            Pattern.compile("(?m)^--- \\d+ s: [1-9]\\d* converted, \\d+ refused, 0 wrong, 0 missing$");
    private static final Pattern FETCHED = Pattern.compile("(?m)^ +[1-9]\\d* rates fetched over HTTP, .+ % of the ");
    private static final Pattern TROUBLE = Pattern.compile("WARN|ERROR|FATAL|Exception|\\tat ");

    private Process demo;

    @BeforeEach
    void startsWithAnotherPipelineInTheEnvironment() throws Exception {
        ProcessBuilder builder = new ProcessBuilder("target/currency-routes/bin/currency-routes", "demo");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("FX_SOCKET_URL", "no pipeline of the demo's");
        builder.environment().put("FX_RATES_FRANKFURTER_URL", "no service of the demo's");
        // a machine may be busy, and a time-out is trouble
        builder.environment().put("FX_RATES_TIMEOUT", "10s");
        builder.environment().put("FX_RATES_DEADLINE", "20s");
        demo = builder.redirectErrorStream(true).redirectOutput(OUTPUT.toFile()).start();
    }

    @AfterEach
    void leavesNothingBehind() {
        demo.destroyForcibly();
    }

    @Test
    void showsConversionsAndSummariesUntilItIsToldToStop() throws Exception {
        await("the demo at work").atMost(Duration.ofSeconds(60)).until(() -> {
            String output = Files.readString(OUTPUT);
            return output.contains("This is the demo")
                    && output.contains("FX_SOCKET_URL=wss://")
                    && CONVERSION.matcher(output).find()
                    && SUMMARY.matcher(output).find()
                    && FETCHED.matcher(output).find();
        });

        demo.destroy();
        await("the end").atMost(Duration.ofSeconds(10)).until(() -> !demo.isAlive());

        String output = Files.readString(OUTPUT);
        assertTrue(demo.exitValue() == 143 || demo.exitValue() == 0, () -> "exit status " + demo.exitValue());
        assertTrue(output.contains("The demo has ended."), output);
        assertTrue(!TROUBLE.matcher(output).find(), output);
    }
}
