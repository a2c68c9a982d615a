package org.currencyroutes.connection;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.FaultyPipeline.POLITE;
import static org.currencyroutes.peer.RawConnection.BINARY;
import static org.currencyroutes.peer.RawConnection.CONTINUATION;
import static org.currencyroutes.peer.RawConnection.PING;
import static org.currencyroutes.peer.RawConnection.TEXT;
import static org.currencyroutes.peer.RawConnection.frame;
import static org.currencyroutes.peer.RawConnection.text;
import static org.currencyroutes.peer.Requests.DAY;
import static org.currencyroutes.peer.Requests.error;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.currencyroutes.peer.Distribution;
import org.currencyroutes.peer.FaultyPipeline;
import org.currencyroutes.peer.FaultyPipeline.Script;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.RawConnection;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One life of the built distribution, as it is shipped, in a process of its own: one fault of the peer after the other. */
@Timeout(120)
class FaultsIT {

    private static final LocalDate NOT_LOADED = LocalDate.of(2024, 1, 1);
    private static final int HANDSHAKE_MILLIS = 3_000;
    private static final int LONG = 16 << 10;
    private static final int MORE_THAN_THE_SOCKETS_HOLD = 4_000;

    private final FaultyPipeline pipeline = new FaultyPipeline();
    private final RatesApi rates = new RatesApi();
    private final Set<Integer> asked = new HashSet<>();
    private int lastId;
    private LocalDate day = NOT_LOADED;
    private Distribution application;

    @BeforeEach
    void startWhileThePipelineIsDown() {
        pipeline.refuse();
        application = new Distribution(Map.of(
                "FX_SOCKET_URL", pipeline.url(),
                "FX_RATES_FRANKFURTER_URL", rates.url(),
                "FX_RATES_TIMEOUT", "20s",
                "FX_RATES_DEADLINE", "20s",
                "CAMEL_MANAGEMENT_PORT", "0"));
        await().atMost(Duration.ofSeconds(30)).until(() -> application.output().contains("refused"));
    }

    @AfterEach
    void stop() {
        application.close();
        rates.close();
        pipeline.close();
    }

    @Test
    void passesEachFaultWithOneConnectionAndOneAnswerToEachRequest() throws IOException {
        pipeline.listenAgain();
        pipeline.awaitConnectionAfter(0);
        assertAnswered();

        itsHandshakeNeverEnds();
        itsHandshakeEndsTooLate();
        itRejectsTheHandshakeOrCutsTheLineInIt();
        itSendsARequestInThePacketThatEndsTheHandshake();
        itFallsSilentAndAnswersNoClose();
        itBeatsLateAndInOtherWords();
        itSendsFragmentsPingsBinaryAndLongFrames();
        itSendsWhatIsNoMessage();
        itClosesOrCutsTheLine();
        itFloods();
        itReadsNoMore();
        itCutsTheLineWithAHundredInHand();
        itCutsTheLineWhileTheApplicationStops();

        assertEquals(1, pipeline.mostOpen());
        pipeline.answers().forEach((id, times) -> assertEquals(1, times, () -> "answers to " + id));
        assertTrue(pipeline.answers().keySet().containsAll(asked));
        assertFalse(application.output().contains("ERROR"), application::output);
    }

    private void itsHandshakeNeverEnds() throws IOException {
        meet(RawConnection::awaitEnd);
    }

    private void itsHandshakeEndsTooLate() throws IOException {
        int before = pipeline.connections();
        CountDownLatch sent = new CountDownLatch(1);
        meet(FaultyPipeline.late(
                HANDSHAKE_MILLIS + 500, sent::countDown, text(TradingPipeline.HEARTBEAT), text(usd(-1))));
        await().until(() -> sent.getCount() == 0);
        assertAnswered();
        assertFalse(pipeline.answers().containsKey(-1));
        assertTrue(pipeline.frames().stream().noneMatch(frame -> frame.connection() == before + 1));
    }

    private void itRejectsTheHandshakeOrCutsTheLineInIt() throws IOException {
        meet(connection -> connection.reject(403), connection -> {
            connection.readHandshake();
            connection.cut();
        });
        assertTrue(application.output().contains("the pipeline answered 403 to the handshake"), application::output);
    }

    private void itSendsARequestInThePacketThatEndsTheHandshake() throws IOException {
        int id = ask();
        int before = pipeline.meet(connection -> {
            connection.upgrade(text(usd(id)), text(TradingPipeline.HEARTBEAT));
            connection.beat();
            connection.read();
        });
        assertConverted(id);
        assertEquals(before + 1, pipeline.awaitConnectionAfter(before).number());
    }

    private void itFallsSilentAndAnswersNoClose() throws IOException {
        int before = pipeline.meet(connection -> {
            connection.upgrade(text(TradingPipeline.HEARTBEAT));
            connection.answerNoClose();
            connection.read();
        });
        RawConnection silent = pipeline.awaitConnectionAfter(before);
        pipeline.awaitConnectionAfter(before + 1);
        assertEquals(1000, silent.closeCode());
        assertAnswered();
    }

    private void itBeatsLateAndInOtherWords() throws IOException {
        int before = pipeline.meet(connection -> {
            connection.upgrade();
            connection.beatEvery(1_500, "{\"at\":\"now\",\"type\":\"heartbeat\",\"load\":[1,{\"x\":null}]}");
            connection.read();
        });
        RawConnection late = pipeline.awaitConnectionAfter(before);
        await().until(() -> late.heartbeats() >= 4);
        assertEquals(before + 1, pipeline.connections());
        assertTrue(late.heartbeats() <= 2 + late.lifeMillis() / 900, () -> late.heartbeats() + " heartbeats");
        assertAnswered();
    }

    private void itSendsFragmentsPingsBinaryAndLongFrames() throws IOException {
        RawConnection connection = harmless();
        byte[] whole = usd(ask()).getBytes(StandardCharsets.UTF_8);
        connection.write(frame(TEXT, false, Arrays.copyOf(whole, 20)));
        connection.write(frame(PING, true, "there?".getBytes(StandardCharsets.UTF_8)));
        connection.write(frame(CONTINUATION, true, Arrays.copyOfRange(whole, 20, whole.length)));
        assertConverted(lastId);
        assertEquals(1, connection.pongs());
        connection.write(frame(BINARY, true, usd(ask()).getBytes(StandardCharsets.UTF_8)));
        assertConverted(lastId);
        String padded = padded(ask(), 0);
        connection.send(padded(lastId, (1 << 20) - padded.length()));
        assertConverted(lastId);
        assertFalse(connection.hasEnded());

        int before = pipeline.connections();
        assertThrows(IOException.class, () -> connection.write(frame(TEXT, true, new byte[10 << 20])));
        pipeline.awaitConnectionAfter(before);
        assertAnswered();
    }

    private void itSendsWhatIsNoMessage() throws IOException {
        RawConnection connection = harmless();
        for (String noise : new String[] {"", "null", "[]", "{", "{\"type\":null}", "\u0000"}) {
            connection.send(noise);
        }
        assertAnswered();
        assertFalse(connection.hasEnded());
    }

    private void itClosesOrCutsTheLine() throws IOException {
        for (int code : new int[] {0, 1001, 1011, 4999}) {
            int before = pipeline.connections();
            pipeline.newest().sendClose(code);
            pipeline.awaitConnectionAfter(before);
            assertAnswered();
        }
        meet();
    }

    private void itFloods() throws IOException {
        RawConnection connection = harmless();
        for (int flood = 0; flood < 5; flood++) {
            ByteArrayOutputStream requests = new ByteArrayOutputStream();
            for (int i = 0; i < 1_000; i++) {
                requests.write(text(usd(ask())));
            }
            connection.write(requests.toByteArray());
            await().until(() -> pipeline.answers().keySet().containsAll(asked));
        }
        assertFalse(connection.hasEnded());
    }

    /** What was written to a peer that never read it counts as answered, so not all of these are in {@link #asked}. */
    private void itReadsNoMore() throws IOException {
        RawConnection connection = harmless();
        connection.stopReading();
        assertThrows(IOException.class, () -> {
            for (int i = 0; i < MORE_THAN_THE_SOCKETS_HOLD; i++) {
                connection.send(padded(++lastId, LONG));
            }
        });
        pipeline.awaitConnectionAfter(connection.number());
        assertAnswered();
    }

    private void itCutsTheLineWithAHundredInHand() {
        rates.hold();
        int before = haveAHundredInHand();
        pipeline.newest().cut();
        pipeline.awaitConnectionAfter(before);
        rates.release();
        await().until(() -> pipeline.answers().keySet().containsAll(asked));
        assertConverted(lastId);
    }

    private void itCutsTheLineWhileTheApplicationStops() throws IOException {
        rates.hold();
        int before = haveAHundredInHand();
        int inHand = lastId;
        application.terminate();
        await().until(() -> {
            int id = ask();
            pipeline.newest().send(request(Integer.toString(id), "EUR", DAY));
            return pipeline.answer(id).equals(error(Integer.toString(id), "shutting down"));
        });
        pipeline.newest().cut();
        RawConnection last = pipeline.awaitConnectionAfter(before);
        rates.release();
        assertEquals(143, application.exitStatus());
        await().until(last::hasEnded);
        assertEquals(1001, last.closeCode());
        assertEquals(before + 1, pipeline.connections());
        assertConverted(inHand);
    }

    // ---- requests

    private int ask() {
        asked.add(++lastId);
        return lastId;
    }

    private static String usd(int id) {
        return request(Integer.toString(id), "USD", DAY);
    }

    private static String padded(int id, int length) {
        return usd(id).replace("\"payload\":{", "\"payload\":{\"x\":\"" + "a".repeat(length) + "\",");
    }

    private void assertConverted(int id) {
        assertTrue(pipeline.answer(id).contains("\"stake\":207.52054,"), () -> pipeline.answer(id));
    }

    private void assertAnswered() throws IOException {
        pipeline.newest().send(usd(ask()));
        assertConverted(lastId);
    }

    /** Does this to the next connections; the one after them works. */
    private void meet(Script... scripts) throws IOException {
        int before = pipeline.meet(scripts);
        assertEquals(
                before + scripts.length + 1,
                pipeline.awaitConnectionAfter(before).number());
        assertAnswered();
    }

    /** The present connection, with nothing planned for the next ones. */
    private RawConnection harmless() {
        pipeline.setScript(POLITE);
        return pipeline.newest();
    }

    /** Sends requests for a day that is not loaded and a last one for the next day: once that is asked for, all are in hand. */
    private int haveAHundredInHand() {
        LocalDate first = day;
        LocalDate last = first.plusDays(1);
        day = last.plusDays(1);
        try {
            for (int i = 0; i < 100; i++) {
                pipeline.newest().send(request(Integer.toString(ask()), "USD", (i < 99 ? first : last).toString()));
            }
        } catch (IOException e) {
            throw new AssertionError("the line is cut", e);
        }
        await().until(() -> rates.calls(last) == 1);
        return pipeline.connections();
    }
}
