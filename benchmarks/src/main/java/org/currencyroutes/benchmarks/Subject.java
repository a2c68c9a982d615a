package org.currencyroutes.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A program that is measured, as a process of its own, with what the operating system says of it. */
final class Subject implements AutoCloseable {

    // USER_HZ, which is what /proc counts in whatever the kernel's own clock
    private static final double TICKS_A_SECOND = 100;

    private final Process process;

    Subject(Program program, Peers peers) throws IOException {
        this(program, peers, "");
    }

    /** Starts a program with an option more for its JVM, or an empty text for none. */
    Subject(Program program, Peers peers, String jvmOption) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(program.command());
        builder.environment().put("FX_SOCKET_URL", peers.socketUrl());
        builder.environment().put("FX_STOCK_PEER", peers.socketAddress());
        builder.environment().put("FX_RATES_FRANKFURTER_URL", peers.ratesUrl());
        // any free port, so that a subject has its health and metrics even if another process has the usual one
        builder.environment().put("CAMEL_MANAGEMENT_PORT", "0");
        builder.environment().put("JAVA_OPTS", jvmOption);
        File log = File.createTempFile("subject", ".log", new File("target"));
        process = builder.redirectErrorStream(true).redirectOutput(log).start();
    }

    /** Waits for something that this program does, half a minute at the most. */
    void await(BooleanSupplier done) throws InterruptedException {
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30); !done.getAsBoolean(); Thread.sleep(10)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IllegalStateException("the subject does not answer, see the newest target/subject*.log");
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
        return status("VmHWM:") >> 10;
    }

    /** The resident memory now, in MiB. */
    long residentMebibytes() throws IOException {
        return status("VmRSS:") >> 10;
    }

    /** How many threads it has. */
    long threads() throws IOException {
        return status("Threads:");
    }

    /** How many file descriptors it has open. */
    long descriptors() throws IOException {
        try (var open = Files.list(proc("fd"))) {
            return open.count();
        }
    }

    private String afterName() throws IOException {
        String stat = Files.readString(proc("stat"));
        return stat.substring(stat.lastIndexOf(')') + 2);
    }

    private long status(String field) throws IOException {
        return Files.readAllLines(proc("status")).stream()
                .filter(line -> line.startsWith(field))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    private Path proc(String file) {
        return Path.of("/proc", Long.toString(process.pid()), file);
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
