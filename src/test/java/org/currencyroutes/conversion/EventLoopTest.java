package org.currencyroutes.conversion;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import org.currencyroutes.RunningRoutes;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The event loop waits for nothing, as the JVM's own recorder sees it. */
@Isolated
class EventLoopTest {

    // what a thread does that waits for another, for a time to pass, or for the disk
    private static final Set<String> WAITS =
            Set.of("jdk.ThreadPark", "jdk.ThreadSleep", "jdk.JavaMonitorWait", "jdk.FileForce");

    @Test
    void conversionsWithAndWithoutRatesLeaveTheEventLoopFree(@TempDir Path directory) throws IOException {
        List<String> waits;
        try (Recording recording = new Recording()) {
            WAITS.forEach(event -> recording.enable(event).withThreshold(Duration.ZERO));
            recording.start();
            try (TradingPipeline pipeline = new TradingPipeline();
                    RatesApi api = new RatesApi();
                    RunningRoutes routes = RunningRoutes.between(pipeline, api)) {
                await().until(() -> pipeline.connections() == 1);
                for (int id = 0; id < 200; id++) {
                    String day = LocalDate.of(2021, 1, 4).plusDays(id % 40).toString();
                    pipeline.send(request(Integer.toString(id), id % 5 == 0 ? "none" : "USD", day));
                }
                await().until(() -> pipeline.answersWaiting() == 200
                        && routes.bean("fxInHand", InHand.class).getAsInt() == 0);
                // where Vert.x ends, its event loops wait for its other threads
                recording.stop();
            }
            Path file = directory.resolve("waits.jfr");
            recording.dump(file);
            waits = RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getThread() != null
                            && event.getThread().getJavaName() != null
                            && event.getThread().getJavaName().startsWith("vert.x-eventloop-thread"))
                    .map(EventLoopTest::inWords)
                    .toList();
        }
        assertEquals(List.of(), waits);
    }

    // an event's own text has no more than the first frames, which are the JVM's
    private static String inWords(RecordedEvent wait) {
        return wait.getStackTrace().getFrames().stream()
                .map(RecordedFrame::getMethod)
                .map(method -> "\n  at " + method.getType().getName() + "." + method.getName())
                .collect(Collectors.joining("", wait.getEventType().getName(), "\n"));
    }
}
