package org.currencyroutes.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The stops of a JVM as its own log has them: garbage collections and everything else for which all its threads stand
 * still, with the time that it took to make them stand. No collection pauses for longer than the longest of them.
 */
final class Safepoints {

    private static final Pattern STOP = Pattern.compile("Safepoint \"(\\w+)\".*Total: +(\\d+) ns");

    private final Path log;
    private long mark;

    /** Takes the file that the JVM will write. */
    Safepoints(Path log) throws IOException {
        this.log = log;
        Files.deleteIfExists(log);
    }

    /** What the JVM has to be told. */
    String option() {
        return "-Xlog:safepoint:file=" + log.toAbsolutePath();
    }

    /** Forgets what was before. */
    void mark() throws IOException {
        mark = Files.size(log);
    }

    /** The longest stop since the mark with its cause, in milliseconds, and how many there were. */
    String longest() throws IOException {
        byte[] written = Files.readAllBytes(log);
        Matcher stop = STOP.matcher(new String(written, (int) mark, (int) (written.length - mark)));
        long longest = 0;
        int stops = 0;
        String cause = "";
        while (stop.find()) {
            stops++;
            long nanos = Long.parseLong(stop.group(2));
            if (nanos > longest) {
                longest = nanos;
                cause = stop.group(1);
            }
        }
        return stops == 0 ? "none" : String.format("%.1f ms (%s, of %d)", longest / 1e6, cause, stops);
    }
}
