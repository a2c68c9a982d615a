package org.currencyroutes.connection;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.FaultyPipeline.POLITE;
import static org.currencyroutes.peer.RawConnection.text;
import static org.currencyroutes.peer.Requests.DAY;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.currencyroutes.RunningRoutes;
import org.currencyroutes.peer.FaultyPipeline;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.RawConnection;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** Hundreds of drops in a row leave nothing behind. */
@Timeout(120)
@Isolated
class StormTest {

    private static final int DROPS = 200;

    private final AtomicInteger lastId = new AtomicInteger();

    @Test
    void twoHundredDropsAtAnyMomentLeaveOneConnectionAndNothingElse() throws IOException {
        long seed = System.nanoTime();
        String said = "seed " + seed;
        Random random = new Random(seed);
        try (FaultyPipeline pipeline = new FaultyPipeline();
                RatesApi api = new RatesApi();
                RunningRoutes running = RunningRoutes.between(
                        pipeline,
                        api,
                        "fx.heartbeat.check-period=10ms",
                        "fx.reconnect.delay=5ms",
                        "fx.reconnect.max-delay=10ms",
                        "fx.socket.connect-timeout=300ms")) {
            IntSupplier inHand = running.bean("fxInHand", IntSupplier.class);
            pipeline.awaitConnectionAfter(0);
            // one storm to fill every pool, and one to measure
            storm(pipeline, random, DROPS / 4, said);
            Footprint before = Footprint.now();
            storm(pipeline, random, DROPS, said);
            Footprint after = Footprint.now();

            assertEquals(1, pipeline.mostOpen(), said);
            assertEquals(1, pipeline.open(), said);
            await(said).until(() -> inHand.getAsInt() == 0);
            pipeline.answers().forEach((id, times) -> assertEquals(1, times, () -> said + ", answers to " + id));
            assertTrue(after.files() <= before.files() + 20, () -> said + before + after);
            assertTrue(after.threads() <= before.threads() + 20, () -> said + before + after);
            assertTrue(after.heap() <= before.heap() + (20 << 20), () -> said + before + after);
        }
    }

    /** Drops so many connections, then has one that works. */
    private void storm(FaultyPipeline pipeline, Random random, int drops, String said) throws IOException {
        int before = pipeline.connections();
        pipeline.setScript(connection -> {
            if (connection.number() <= before + drops) {
                drop(connection, random);
            } else {
                POLITE.run(connection);
            }
        });
        pipeline.newest().cut();
        await(said).atMost(Duration.ofSeconds(60)).until(() -> pipeline.connections() > before + drops);
        RawConnection last = pipeline.awaitConnectionAfter(before + drops);
        last.send(request(Integer.toString(lastId.incrementAndGet()), "USD", DAY));
        assertTrue(pipeline.answer(lastId.get()).contains("\"stake\":207.52054,"), said);
    }

    private void drop(RawConnection connection, Random random) throws IOException {
        int moment = random.nextInt(8);
        int pause = random.nextInt(20);
        if (moment == 0) {
            connection.cut();
            return;
        }
        connection.readHandshake();
        if (moment == 1) {
            return;
        }
        connection.pause(pause);
        if (moment == 2) {
            connection.cut();
            return;
        }
        if (moment == 3 && random.nextInt(10) == 0) {
            connection.awaitEnd();
            return;
        }
        byte[] heartbeat = random.nextBoolean() ? text(TradingPipeline.HEARTBEAT) : new byte[0];
        connection.upgrade(heartbeat, text(request(Integer.toString(lastId.incrementAndGet()), "USD", DAY)));
        if (moment == 4) {
            connection.cut();
            return;
        }
        for (int i = random.nextInt(50); i > 0; i--) {
            connection.send(request(Integer.toString(lastId.incrementAndGet()), "USD", DAY));
        }
        connection.pause(random.nextInt(20));
        if (moment == 5) {
            connection.cut();
            return;
        }
        connection.sendClose(1000 + random.nextInt(4));
        if (moment == 6) {
            connection.answerNoClose();
        }
        if (moment != 7) {
            connection.read();
        }
    }

    private record Footprint(long files, int threads, long heap) {

        static Footprint now() {
            System.gc();
            long files = ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                    .getOpenFileDescriptorCount();
            return new Footprint(
                    files,
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
    }
}
