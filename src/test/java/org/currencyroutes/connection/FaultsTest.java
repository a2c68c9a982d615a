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
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntSupplier;
import org.currencyroutes.RunningRoutes;
import org.currencyroutes.heartbeat.HeartbeatMonitor;
import org.currencyroutes.peer.FaultyPipeline;
import org.currencyroutes.peer.FaultyPipeline.Script;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.RawConnection;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each fault of the line and of the peer, met by one running application: it has one connection and answers once. */
@Timeout(60)
class FaultsTest {

    private static final int HANDSHAKE_MILLIS = 1_000;
    private static final int SILENCE_MILLIS = 2_000;
    // a loaded machine may be late, hardly ever by so much
    private static final int GRACE_MILLIS = 2_000;

    private static FaultyPipeline pipeline;
    private static RatesApi api;
    private static RunningRoutes routes;
    private static int lastId;

    private RawConnection connection;

    @BeforeAll
    static void start() {
        pipeline = new FaultyPipeline();
        api = new RatesApi();
        routes = RunningRoutes.between(
                pipeline,
                api,
                "fx.reconnect.delay=50ms",
                "fx.reconnect.max-delay=100ms",
                "fx.socket.connect-timeout=" + HANDSHAKE_MILLIS + "ms");
    }

    @AfterAll
    static void stop() {
        routes.close();
        api.close();
        pipeline.close();
    }

    @BeforeEach
    void haveAConnection() {
        pipeline.setScript(POLITE);
        connection = pipeline.awaitConnectionAfter(pipeline.connections() == 0 ? 0 : cut());
    }

    @AfterEach
    void neverTwoConnectionsAndNeverTwoAnswers() {
        assertEquals(1, pipeline.mostOpen());
        pipeline.answers().forEach((id, times) -> assertEquals(1, times, () -> "answers to " + id));
        // an answer may be read before its write is known to have ended
        await().pollDelay(Duration.ZERO)
                .until(() -> routes.bean("fxInHand", IntSupplier.class).getAsInt() == 0);
    }

    private static int cut() {
        int count = pipeline.connections();
        pipeline.newest().cut();
        return count;
    }

    private static void assertAnswered() throws IOException {
        int id = ++lastId;
        pipeline.newest().send(usd(id));
        assertConverted(id);
    }

    private static void assertConverted(int id) {
        assertTrue(pipeline.answer(id).contains("\"stake\":207.52054,"), () -> pipeline.answer(id));
    }

    private static String usd(int id) {
        return request(Integer.toString(id), "USD", DAY);
    }

    private static void assertWithin(long millis, long least, long most) {
        assertTrue(millis >= least && millis <= most, () -> millis + " ms is not within " + least + " to " + most);
    }

    private static double losses(String cause) {
        return routes.metric("fx.reconnects", "cause", cause);
    }

    private static String reason() {
        return routes.bean("fxHeartbeatMonitor", HeartbeatMonitor.class).reason();
    }

    // ---- the handshake

    @Test
    void aPipelineThatRefusesConnectionsIsTriedUntilItListens() throws IOException {
        int before = pipeline.connections();
        double losses = losses("refused");
        pipeline.refuse();
        connection.cut();
        await().until(() -> reason().contains("refused"));
        assertTrue(losses("refused") > losses);
        pipeline.listenAgain();
        pipeline.awaitConnectionAfter(before);
        assertAnswered();
    }

    @Test
    void aHandshakeThatNeverEndsIsGivenUpAndLeavesNoSocketBehind() throws IOException {
        double losses = losses("timeout");
        int before = pipeline.meet(RawConnection::awaitEnd, RawConnection::awaitEnd);
        RawConnection last = pipeline.awaitConnectionAfter(before);
        assertEquals(losses + 2, losses("timeout"));
        assertEquals(before + 3, last.number());
        assertEquals(1, pipeline.open());
        assertAnswered();
    }

    @Test
    void aHandshakeThatEndsAfterWeGaveItUpIsOfNoUse() throws IOException {
        CountDownLatch sent = new CountDownLatch(2);
        Script late = FaultyPipeline.late(
                HANDSHAKE_MILLIS + 500, sent::countDown, text(TradingPipeline.HEARTBEAT), text(usd(-1)));
        int before = pipeline.meet(late, late);
        RawConnection last = pipeline.awaitConnectionAfter(before);
        await().until(() -> sent.getCount() == 0);
        assertAnswered();
        assertEquals(before + 3, last.number());
        assertFalse(pipeline.answers().containsKey(-1));
        assertTrue(pipeline.frames().stream()
                .noneMatch(frame -> frame.connection() > before && frame.connection() < last.number()));
    }

    @Test
    void aHandshakeThatEndsAboutWhenWeGiveItUpMakesOneConnectionOrNone() throws IOException {
        for (int early = -15; early <= 15; early += 10) {
            int pause = HANDSHAKE_MILLIS - early;
            int before = pipeline.meet(connection -> {
                connection.readHandshake();
                connection.pause(pause);
                connection.upgrade();
                connection.beat();
                connection.read();
            });
            pipeline.awaitConnectionAfter(before);
            assertAnswered();
        }
    }

    @Test
    void aSlowHandshakeIsWaitedForAndIsTheOnlyOne() throws IOException {
        int before = pipeline.meet(connection -> {
            connection.readHandshake();
            connection.pause(HANDSHAKE_MILLIS * 3 / 10);
            POLITE.run(connection);
        });
        assertEquals(before + 1, pipeline.awaitConnectionAfter(before).number());
        assertAnswered();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 302, 401, 403, 404, 503})
    void aRejectedHandshakeIsTriedAgainAndItsStatusSaid(int status) throws IOException {
        double losses = losses("rejected");
        int before = pipeline.meet(connection -> connection.reject(status), connection -> connection.reject(status));
        assertEquals(before + 3, pipeline.awaitConnectionAfter(before).number());
        assertEquals("the pipeline answered " + status + " to the handshake", reason());
        assertEquals(losses + 2, losses("rejected"));
        assertAnswered();
    }

    @Test
    void aRejectedHandshakeWhoseConnectionThePeerKeepsIsClosedByUs() throws IOException {
        Script keeping = connection -> {
            connection.reject(401);
            connection.awaitEnd();
        };
        int before = pipeline.meet(keeping, keeping, keeping);
        assertEquals(before + 4, pipeline.awaitConnectionAfter(before).number());
        assertEquals(1, pipeline.open());
        assertAnswered();
    }

    @Test
    void aHandshakeAnsweredWithNoiseOrCutIsTriedAgain() throws IOException {
        int before = pipeline.meet(
                connection -> connection.write("SSH-2.0-nothing here\r\n\r\n".getBytes(StandardCharsets.US_ASCII)),
                RawConnection::cut,
                RawConnection::readHandshake,
                connection -> {
                    connection.readHandshake();
                    connection.cut();
                });
        pipeline.awaitConnectionAfter(before);
        assertAnswered();
    }

    @Test
    void aRequestInThePacketThatEndsTheHandshakeIsAnsweredOnce() {
        int id = ++lastId;
        pipeline.meet(connection -> {
            connection.upgrade(text(usd(id)), text(TradingPipeline.HEARTBEAT));
            connection.beat();
            connection.read();
        });
        assertConverted(id);
        await().until(() -> pipeline.newest().heartbeats() > 0);
    }

    // ---- the end

    @ParameterizedTest
    @ValueSource(ints = {0, 1000, 1001, 1002, 1008, 1011, 1012, 3000, 4999})
    void aCloseOfWhateverCodeIsAnsweredAndTheConnectionMadeAnew(int code) throws IOException {
        int before = pipeline.connections();
        double losses = losses("closed");
        connection.sendClose(code);
        pipeline.awaitConnectionAfter(before);
        assertEquals(losses + 1, losses("closed"));
        assertEquals(code == 0 ? 1000 : code, connection.closeCode());
        assertEquals(before + 1, pipeline.connections());
        assertAnswered();
    }

    @Test
    void aCutLineIsMadeAnewAtOnce() throws IOException {
        assertEquals(
                pipeline.connections() + 1, pipeline.awaitConnectionAfter(cut()).number());
        assertAnswered();
    }

    @Test
    void aPeerThatFallsSilentIsLeftTCPAndAllEvenIfItAnswersNoClose() throws IOException {
        double losses = losses("silent");
        int before = pipeline.meet(connection -> {
            connection.upgrade(text(TradingPipeline.HEARTBEAT));
            connection.answerNoClose();
            connection.read();
        });
        pipeline.awaitConnectionAfter(before);
        RawConnection silent = pipeline.newest();
        assertEquals(before + 2, pipeline.awaitConnectionAfter(before + 1).number());
        assertWithin(silent.lifeMillis(), SILENCE_MILLIS, SILENCE_MILLIS + 1_000 + GRACE_MILLIS);
        assertEquals(1000, silent.closeCode());
        assertTrue(reason().startsWith("no heartbeat for"), FaultsTest::reason);
        assertEquals(losses + 1, losses("silent"));
        assertAnswered();
    }

    @Test
    void aPeerThatNeverBeatsIsLeftHoweverManyRequestsItSends() throws IOException {
        int before = pipeline.meet(connection -> {
            connection.upgrade();
            connection.send(usd(++lastId));
            connection.read();
        });
        pipeline.awaitConnectionAfter(before);
        RawConnection dumb = pipeline.newest();
        pipeline.awaitConnectionAfter(before + 1);
        assertWithin(dumb.lifeMillis(), SILENCE_MILLIS, SILENCE_MILLIS + 1_000 + GRACE_MILLIS);
        assertTrue(reason().startsWith("never a heartbeat in"), FaultsTest::reason);
        assertAnswered();
    }

    // ---- heartbeats

    @Test
    void heartbeatsThatAreLateButNotTooLateAndHoldMoreThanTheirTypeKeepTheConnection() throws IOException {
        int before = pipeline.meet(connection -> {
            connection.upgrade();
            connection.beatEvery(1_500, "{\"at\":\"now\",\"type\":\"heartbeat\",\"load\":[1,{\"x\":null}]}");
            connection.read();
        });
        RawConnection late = pipeline.awaitConnectionAfter(before);
        await().until(() -> late.heartbeats() >= 5);
        assertEquals(before + 1, pipeline.connections());
        assertTrue(pipeline.longestSilenceMillis(late) < 2_000);
        // nor do we beat each time that we look at the clock
        assertTrue(late.heartbeats() <= 2 + late.lifeMillis() / 900, () -> late.heartbeats() + " heartbeats");
        assertAnswered();
    }

    // ---- frames

    @Test
    void fragmentsBinaryFramesAndPingsInBetweenAreWhatTheProtocolSays() throws IOException {
        byte[] whole = usd(++lastId).getBytes(StandardCharsets.UTF_8);
        connection.write(frame(TEXT, false, Arrays.copyOf(whole, 20)));
        connection.write(frame(PING, true, "there?".getBytes(StandardCharsets.UTF_8)));
        connection.write(frame(CONTINUATION, false, new byte[0]));
        connection.write(frame(CONTINUATION, false, Arrays.copyOfRange(whole, 20, 21)));
        connection.write(frame(CONTINUATION, true, Arrays.copyOfRange(whole, 21, whole.length)));
        assertConverted(lastId);
        connection.write(frame(BINARY, true, usd(++lastId).getBytes(StandardCharsets.UTF_8)));
        assertConverted(lastId);
        assertEquals(1, connection.pongs());
        assertFalse(connection.hasEnded());
    }

    @Test
    void framesThatComeByteByByteAreReadAsOne() throws IOException {
        for (byte octet : text(usd(++lastId))) {
            connection.write(new byte[] {octet});
        }
        assertConverted(lastId);
    }

    @Test
    void whatIsNoMessageEndsNothing() throws IOException {
        for (String noise :
                new String[] {"", " ", "null", "[]", "{", "{\"type\":null}", "{\"type\":\"x\"}", "\u0000"}) {
            connection.send(noise);
        }
        connection.write(frame(BINARY, true, new byte[] {(byte) 0xFF, (byte) 0xFE, 0}));
        assertAnswered();
        assertFalse(connection.hasEnded());
    }

    @Test
    void aFrameOfOneMebibyteIsAnsweredAndOneOfTenEndsTheConnectionAtTheMost() throws IOException {
        String head = "{\"type\":\"message\",\"id\":" + ++lastId + ",\"payload\":{\"x\":\"";
        String tail = "\",\"stake\":253.67,\"currency\":\"USD\",\"date\":\"" + DAY + "\"}}";
        connection.send(head + "a".repeat((1 << 20) - head.length() - tail.length()) + tail);
        assertConverted(lastId);
        assertFalse(connection.hasEnded());

        int before = pipeline.connections();
        assertThrows(IOException.class, () -> connection.write(frame(TEXT, true, new byte[10 << 20])));
        pipeline.awaitConnectionAfter(before);
        assertAnswered();
    }

    @Test
    void aFrameAgainstTheProtocolEndsTheConnectionAtTheMost() throws IOException {
        for (byte[] broken : new byte[][] {
            {(byte) 0x83, 0}, {(byte) 0xF1, 0}, {(byte) 0x80, 0}, {0x09, 0}, {(byte) 0x89, 126, 0, (byte) 200}
        }) {
            int before = pipeline.connections();
            RawConnection met = pipeline.newest();
            met.write(broken);
            met.cut();
            pipeline.awaitConnectionAfter(before);
            assertAnswered();
        }
    }

    // ---- reconnect timing

    @Test
    void aPipelineThatAcceptsAndClosesIsNotTriedInATightLoop() {
        int before = pipeline.connections();
        pipeline.setScript(connection -> {
            connection.upgrade();
            connection.sendClose(1013);
            connection.read();
        });
        connection.cut();
        await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
        // one at once, then one each 80 ms at the least
        assertWithin(pipeline.connections() - before, 5, 1 + 2_000 / 80 + 5);
    }
}
