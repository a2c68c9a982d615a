package org.currencyroutes.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One of the programs that are compared, as a process of its own, with what the operating system says of it. */
final class Subject implements AutoCloseable {

    private static final double TICKS_A_SECOND = 100;

    private final Process process;

    Subject(List<String> command, Peers peers) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("FX_SOCKET_URL", peers.socketUrl());
        builder.environment().put("FX_RATES_FRANKFURTER_URL", peers.ratesUrl());
        File log = File.createTempFile("subject", ".log", new File("target"));
        process = builder.redirectErrorStream(true).redirectOutput(log).start();
    }

    /** Waits for something that this program does, half a minute at the most. */
    void await(BooleanSupplier done) throws InterruptedException {
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30); !done.getAsBoolean(); Thread.sleep(10)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IllegalStateException("the subject does not answer, see target/subject*.log");
            }
        }
    }

    /** Processor time so far, user and system, in seconds. */
    double processorSeconds() throws IOException {
        String[] fields = afterName().split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_A_SECOND;
    }

    /** The most resident memory so far, in MiB. */
    long peakMebibytes() throws IOException {
        return kibibytes("VmHWM:") >> 10;
    }

    /** The resident memory now, in MiB. */
    long residentMebibytes() throws IOException {
        return kibibytes("VmRSS:") >> 10;
    }

    private String afterName() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2);
    }

    private long kibibytes(String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith(field))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(12, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
        }
    }
}
