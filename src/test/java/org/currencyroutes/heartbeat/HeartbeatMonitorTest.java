package org.currencyroutes.heartbeat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.currencyroutes.heartbeat.HeartbeatMonitor.State;
import org.currencyroutes.heartbeat.Loss.Cause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeartbeatMonitorTest {

    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration CHECK_PERIOD = Duration.ofMillis(50);
    private static final Duration DELAY = Duration.ofMillis(500);
    private static final Duration MAX_DELAY = Duration.ofSeconds(5);
    private static final Duration TICK = Duration.ofNanos(1);

    // the monotonic clock may start anywhere and overflow: here it does so after a second
    private long now = Long.MAX_VALUE - INTERVAL.toNanos();
    private double jitter = 1;
    private final HeartbeatMonitor monitor =
            new HeartbeatMonitor(INTERVAL, TIMEOUT, CHECK_PERIOD, DELAY, MAX_DELAY, () -> now, () -> jitter);

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private static Loss loss(String words) {
        return new Loss(Loss.Cause.CLOSED, words);
    }

    private void connect() {
        monitor.attemptStarting();
        monitor.connectionOpened();
    }

    /** Loses the connection or fails the attempt, then restarts the route as the watchdog does; gives the delay. */
    private Duration loseAndRestart() {
        monitor.connectionLost(loss("closed"));
        assertTrue(monitor.isReconnectDue());
        monitor.stopped();
        return monitor.attemptStarting();
    }

    // ---- our heartbeats

    @Test
    void noHeartbeatIsDueWhileNotConnected() {
        assertFalse(monitor.isHeartbeatDue());
        monitor.attemptStarting();
        pass(Duration.ofMinutes(1));
        assertFalse(monitor.isHeartbeatDue());
        monitor.connectionOpened();
        monitor.connectionLost(loss("closed"));
        assertFalse(monitor.isHeartbeatDue());
    }

    @Test
    void aHeartbeatIsDueAtOnceAfterConnecting() {
        connect();
        assertTrue(monitor.isHeartbeatDue());
    }

    @Test
    void theNextHeartbeatIsDueOneCheckPeriodBeforeTheIntervalIsOver() {
        connect();
        monitor.heartbeatSending();
        assertFalse(monitor.isHeartbeatDue());
        pass(INTERVAL.minus(CHECK_PERIOD).minus(TICK));
        assertFalse(monitor.isHeartbeatDue());
        pass(TICK);
        assertTrue(monitor.isHeartbeatDue());
    }

    @Test
    void aHeartbeatIsDueAtOnceOnTheNextConnectionHoweverLatelyOneWasSent() {
        connect();
        monitor.heartbeatSending();
        loseAndRestart();
        monitor.connectionOpened();
        assertTrue(monitor.isHeartbeatDue());
    }

    // ---- the peer's heartbeats

    @Test
    void aConnectionIsLostWhenThePeerWasSilentForTheTimeout() {
        connect();
        monitor.heartbeatReceived();
        pass(TIMEOUT.minus(TICK));
        assertFalse(monitor.isReconnectDue());
        assertTrue(monitor.isConnected());
        pass(TICK);
        assertTrue(monitor.isReconnectDue());
        assertFalse(monitor.isConnected());
        assertEquals("no heartbeat for 2.0 s", monitor.reason());
    }

    @Test
    void silenceIsCountedFromTheConnectingIfNoHeartbeatEverCame() {
        monitor.attemptStarting();
        pass(Duration.ofMinutes(1));
        monitor.connectionOpened();
        pass(TIMEOUT.minus(TICK));
        assertFalse(monitor.isReconnectDue());
        pass(TICK);
        assertTrue(monitor.isReconnectDue());
        assertEquals("never a heartbeat in 2.0 s", monitor.reason());
    }

    @Test
    void eachHeartbeatIsWaitedForAnew() {
        connect();
        for (int beat = 0; beat < 10; beat++) {
            pass(TIMEOUT.minus(TICK));
            assertFalse(monitor.isReconnectDue());
            monitor.heartbeatReceived();
        }
        assertTrue(monitor.isConnected());
    }

    @Test
    void completedWritesAreNoSignOfLifeWhileWeRead() {
        connect();
        pass(TIMEOUT.minus(TICK));
        monitor.writeCompleted();
        pass(TICK);
        assertTrue(monitor.isReconnectDue());
    }

    // ---- while we have paused reading

    @Test
    void silenceIsNotCountedWhileReadingIsPausedAsLongAsWritesComplete() {
        connect();
        monitor.heartbeatReceived();
        monitor.readingPaused();
        for (int write = 0; write < 10; write++) {
            pass(TIMEOUT.minus(TICK));
            assertFalse(monitor.isReconnectDue());
            monitor.writeCompleted();
        }
        assertTrue(monitor.isConnected());
    }

    @Test
    void noWriteCompletingForTheTimeoutIsALossWhileReadingIsPaused() {
        connect();
        monitor.heartbeatReceived();
        pass(Duration.ofSeconds(1));
        monitor.readingPaused();
        pass(TIMEOUT.minus(TICK));
        assertFalse(monitor.isReconnectDue());
        pass(TICK);
        assertTrue(monitor.isReconnectDue());
        assertEquals("no write completed for 2.0 s", monitor.reason());
    }

    @Test
    void silenceIsCountedAfreshWhenReadingIsResumed() {
        connect();
        monitor.heartbeatReceived();
        monitor.readingPaused();
        pass(TIMEOUT.minus(TICK));
        monitor.readingResumed();
        pass(TIMEOUT.minus(TICK));
        assertFalse(monitor.isReconnectDue());
        pass(TICK);
        assertTrue(monitor.isReconnectDue());
        assertEquals("no heartbeat for 2.0 s", monitor.reason());
    }

    @Test
    void aNewConnectionIsRead() {
        connect();
        monitor.readingPaused();
        loseAndRestart();
        monitor.connectionOpened();
        pass(TIMEOUT.minus(TICK));
        monitor.writeCompleted();
        pass(TICK);
        assertTrue(monitor.isReconnectDue());
    }

    // ---- attempts

    @Test
    void theFirstAttemptIsMadeAtOnce() {
        assertEquals(Duration.ZERO, monitor.attemptStarting());
    }

    @Test
    void noReconnectIsDueWhileAnAttemptIsUnderWay() {
        monitor.attemptStarting();
        pass(Duration.ofMinutes(1));
        assertFalse(monitor.isReconnectDue());
    }

    @Test
    void theDelaysDoubleUpToTheLongest() {
        monitor.attemptStarting();
        List<Duration> delays = List.of(
                loseAndRestart(),
                loseAndRestart(),
                loseAndRestart(),
                loseAndRestart(),
                loseAndRestart(),
                loseAndRestart());
        assertEquals(
                List.of(
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5)),
                delays);
    }

    @Test
    void theDelaysStayTheLongestForEver() {
        monitor.attemptStarting();
        for (int attempt = 0; attempt < 1_000; attempt++) {
            loseAndRestart();
        }
        assertEquals(MAX_DELAY, loseAndRestart());
    }

    @ParameterizedTest
    @CsvSource({"0.8, 400, 4000", "1.2, 600, 6000"})
    void theDelaysAreSpreadByTheJitter(double factor, long first, long last) {
        jitter = factor;
        monitor.attemptStarting();
        assertEquals(Duration.ofMillis(first), loseAndRestart());
        for (int attempt = 0; attempt < 10; attempt++) {
            loseAndRestart();
        }
        assertEquals(Duration.ofMillis(last), loseAndRestart());
    }

    @Test
    void theJitterSpreadsByAFifthEitherWay() {
        Duration hour = Duration.ofHours(1);
        LongSummaryStatistics minutes = new LongSummaryStatistics();
        for (int i = 0; i < 1_000; i++) {
            HeartbeatMonitor real = new HeartbeatMonitor(INTERVAL, TIMEOUT, CHECK_PERIOD, hour, hour);
            real.attemptStarting();
            real.connectionLost(loss("refused"));
            minutes.accept(real.attemptStarting().toMinutes());
        }
        // 48 to 72, less what passed on the real clock meanwhile; a thousand throws come near both ends
        assertTrue(minutes.getMin() >= 47 && minutes.getMin() <= 52, minutes::toString);
        assertTrue(minutes.getMax() >= 68 && minutes.getMax() <= 72, minutes::toString);
    }

    @Test
    void theTimeThatPassedSinceTheLossIsNotWaitedForAgain() {
        monitor.attemptStarting();
        monitor.connectionLost(loss("refused"));
        pass(Duration.ofMillis(200));
        assertEquals(Duration.ofMillis(300), monitor.attemptStarting());
        monitor.connectionLost(loss("refused"));
        pass(Duration.ofMinutes(1));
        assertEquals(Duration.ZERO, monitor.attemptStarting());
    }

    @Test
    void theNextAttemptIsMadeAtOnceIfTheLostConnectionHadBeaten() {
        connect();
        monitor.heartbeatReceived();
        assertEquals(Duration.ZERO, loseAndRestart());
    }

    @Test
    void theNextAttemptIsDelayedIfTheLostConnectionHadNeverBeaten() {
        connect();
        assertEquals(Duration.ofMillis(500), loseAndRestart());
        monitor.connectionOpened();
        assertEquals(Duration.ofSeconds(1), loseAndRestart());
    }

    @Test
    void whatTheConnectionBeforeHadBeatenSaysNothingOfThisOne() {
        connect();
        monitor.heartbeatReceived();
        loseAndRestart();
        monitor.connectionOpened();
        pass(TIMEOUT);
        assertTrue(monitor.isReconnectDue());
        assertEquals("never a heartbeat in 2.0 s", monitor.reason());
        assertEquals(Duration.ofMillis(500), loseAndRestart());
    }

    @Test
    void theDelaysStartAfreshAfterAHeartbeat() {
        monitor.attemptStarting();
        loseAndRestart();
        loseAndRestart();
        monitor.connectionOpened();
        monitor.heartbeatReceived();
        assertEquals(Duration.ZERO, loseAndRestart());
        assertEquals(Duration.ofMillis(500), loseAndRestart());
        assertEquals(Duration.ofSeconds(1), loseAndRestart());
    }

    // ---- stopped

    @Test
    void nothingIsDueWhenAnOperatorStoppedTheRoute() {
        connect();
        monitor.heartbeatReceived();
        monitor.stopped();
        monitor.connectionLost(loss("closed"));
        pass(Duration.ofMinutes(1));
        assertFalse(monitor.isReconnectDue());
        assertFalse(monitor.isHeartbeatDue());
        assertEquals("stopped", monitor.status());
    }

    @Test
    void nothingIsDueWhenALostConnectionIsStopped() {
        connect();
        monitor.connectionLost(loss("closed"));
        monitor.stopped();
        pass(Duration.ofMinutes(1));
        assertFalse(monitor.isReconnectDue());
    }

    @Test
    void aRouteThatAnOperatorStartsAgainConnects() {
        connect();
        monitor.heartbeatReceived();
        monitor.stopped();
        pass(Duration.ofMinutes(1));
        assertEquals(Duration.ZERO, monitor.attemptStarting());
    }

    // ---- in words

    @Test
    void theStatusTellsTheLifeOfAConnection() {
        assertEquals("stopped", monitor.status());
        monitor.attemptStarting();
        assertEquals("connecting", monitor.status());
        monitor.connectionOpened();
        pass(Duration.ofMillis(1_500));
        assertEquals("connected for 1.5 s", monitor.status());
        monitor.connectionLost(loss("closed by the pipeline with code 1001"));
        assertEquals("lost: closed by the pipeline with code 1001", monitor.status());
        assertEquals("closed by the pipeline with code 1001", monitor.reason());
    }

    @Test
    void theFirstConnectionIsGreetedOnce() {
        assertFalse(monitor.isGreetingDue());
        monitor.attemptStarting();
        assertFalse(monitor.isGreetingDue());
        monitor.connectionOpened();
        assertTrue(monitor.isGreetingDue());
        assertEquals("Connected to the pipeline", monitor.greeting());
        assertFalse(monitor.isGreetingDue());
    }

    @Test
    void theGreetingTellsHowLongThereWasNoConnectionAndHowManyAttemptsItTook() {
        monitor.attemptStarting();
        loseAndRestart();
        pass(Duration.ofMillis(700));
        monitor.connectionOpened();
        assertEquals("Connected to the pipeline, after 0.7 s and 2 attempts", monitor.greeting());
        pass(Duration.ofHours(3));
        monitor.heartbeatReceived();
        loseAndRestart();
        assertEquals("Lost the connection to the pipeline after 3 h: closed", monitor.parting());
        pass(Duration.ofMillis(250));
        monitor.connectionOpened();
        assertEquals("Connected to the pipeline again, after 0.3 s and 1 attempt", monitor.greeting());
    }

    @Test
    void thePartingTellsHowManyAttemptsHaveFailed() {
        monitor.attemptStarting();
        loseAndRestart();
        assertEquals("Not connected to the pipeline, 1 attempt so far: closed", monitor.parting());
        loseAndRestart();
        assertEquals("Not connected to the pipeline, 2 attempts so far: closed", monitor.parting());
    }

    @Test
    void aConnectionThatIsGoneBeforeItWasGreetedIsNotGreeted() {
        connect();
        monitor.connectionLost(loss("closed"));
        assertFalse(monitor.isGreetingDue());
    }

    // ---- for health and metrics

    @Test
    void theHeartbeatIsFreshFromTheFirstOneOnUntilTheTimeoutIsOver() {
        connect();
        assertFalse(monitor.snapshot().fresh());
        pass(Duration.ofMillis(300));
        assertEquals(Optional.of(Duration.ofMillis(300)), monitor.snapshot().heartbeatAge());
        monitor.heartbeatReceived();
        assertEquals(Optional.of(Duration.ZERO), monitor.snapshot().heartbeatAge());
        pass(TIMEOUT.minus(TICK));
        assertTrue(monitor.snapshot().fresh());
        pass(TICK);
        assertFalse(monitor.snapshot().fresh());
    }

    @Test
    void aHeartbeatOfAnEarlierConnectionIsNotFresh() {
        connect();
        monitor.heartbeatReceived();
        loseAndRestart();
        assertFalse(monitor.snapshot().fresh());
        assertEquals(Optional.empty(), monitor.snapshot().heartbeatAge());
        monitor.connectionOpened();
        assertFalse(monitor.snapshot().fresh());
    }

    @Test
    void whileReadingIsPausedTheHeartbeatAgesAllTheSame() {
        connect();
        monitor.heartbeatReceived();
        monitor.readingPaused();
        pass(TIMEOUT);
        monitor.writeCompleted();
        assertFalse(monitor.isReconnectDue());
        assertFalse(monitor.snapshot().fresh());
    }

    @Test
    void theSnapshotTellsTheStateAndSinceWhenAndTheLastLoss() {
        assertEquals(State.STOPPED, monitor.snapshot().state());
        assertEquals(Optional.empty(), monitor.snapshot().lastLoss());
        connect();
        pass(Duration.ofSeconds(1));
        assertEquals(State.CONNECTED, monitor.snapshot().state());
        assertEquals(Duration.ofSeconds(1), monitor.snapshot().since());
        assertEquals(0, monitor.snapshot().attempts());
        loseAndRestart();
        pass(Duration.ofSeconds(3));
        assertEquals(State.CONNECTING, monitor.snapshot().state());
        assertEquals(Duration.ofSeconds(3), monitor.snapshot().since());
        assertEquals(1, monitor.snapshot().attempts());
        assertEquals(Optional.of(loss("closed")), monitor.snapshot().lastLoss());
        assertEquals(Duration.ofSeconds(3), monitor.snapshot().sinceLastLoss());
    }

    @Test
    void lossesAndFailedAttemptsAreCountedByTheirCause() {
        connect();
        pass(TIMEOUT);
        monitor.isReconnectDue();
        monitor.stopped();
        monitor.attemptStarting();
        monitor.connectionLost(new Loss(Cause.REFUSED, "refused"));
        monitor.connectionLost(new Loss(Cause.OTHER, "too late"));
        connect();
        monitor.readingPaused();
        pass(TIMEOUT);
        monitor.isReconnectDue();
        assertEquals(
                Map.of(Cause.SILENT, 1L, Cause.REFUSED, 1L, Cause.STALLED, 1L),
                Arrays.stream(Cause.values())
                        .filter(cause -> monitor.losses(cause) > 0)
                        .collect(Collectors.toMap(Function.identity(), monitor::losses)));
    }

    @Test
    void anOperatorsStopIsNoLoss() {
        connect();
        monitor.stopped();
        assertEquals(0, Arrays.stream(Cause.values()).mapToLong(monitor::losses).sum());
        assertEquals("stopped", monitor.reason());
    }

    @Test
    void aLossHoldsNoControlCharacterAndNoLongText() {
        assertEquals("no?way ?[31mred?", loss("no\nway \u001b[31mred\u2028").words());
        assertEquals(200, loss("x".repeat(1_000)).words().length());
    }

    // ---- its settings

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void aDurationThatIsNotPositiveIsRefused(int which) {
        Duration[] settings = {INTERVAL, TIMEOUT, CHECK_PERIOD, DELAY, MAX_DELAY};
        for (Duration wrong : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
            settings[which] = wrong;
            IllegalArgumentException refusal = assertThrows(
                    IllegalArgumentException.class,
                    () -> new HeartbeatMonitor(settings[0], settings[1], settings[2], settings[3], settings[4]));
            assertTrue(refusal.getMessage().startsWith("fx."), refusal::getMessage);
        }
    }

    @Test
    void aCheckPeriodAsLongAsWhatItChecksIsRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new HeartbeatMonitor(INTERVAL, TIMEOUT, INTERVAL, DELAY, MAX_DELAY));
        assertThrows(
                IllegalArgumentException.class,
                () -> new HeartbeatMonitor(TIMEOUT, INTERVAL, INTERVAL, DELAY, MAX_DELAY));
    }

    // ---- behind with reading

    @Test
    void theTimeThatWeAreBehindWithReadingIsNoSilence() {
        connect();
        monitor.heartbeatReceived();
        pass(Duration.ofSeconds(1));
        monitor.read(true);
        monitor.handled();
        pass(Duration.ofMillis(400));
        monitor.read(false);
        monitor.handled();
        pass(Duration.ofSeconds(1).minus(TICK));
        assertFalse(monitor.isReconnectDue());
        pass(TICK);
        assertTrue(monitor.isReconnectDue());
    }

    @Test
    void aLastReadThatFilledItsBufferHidesTheEndOfAPeerForHalfASecondAtTheMost() {
        connect();
        monitor.heartbeatReceived();
        pass(TIMEOUT.minusMillis(1));
        monitor.read(true);
        monitor.handled();
        pass(Duration.ofMillis(500).minus(TICK));
        assertFalse(monitor.isReconnectDue());
        pass(TICK);
        assertTrue(monitor.isReconnectDue());
    }

    @Test
    void howeverLongWeHandleWhatFilledTheBufferThatIsNoSilence() {
        connect();
        monitor.heartbeatReceived();
        pass(Duration.ofSeconds(1));
        monitor.read(true);
        pass(Duration.ofSeconds(3));
        assertFalse(monitor.isReconnectDue());
        monitor.handled();
        pass(Duration.ofMillis(500).minus(TICK));
        assertFalse(monitor.isReconnectDue());
        monitor.read(false);
        pass(Duration.ofMillis(500));
        assertFalse(monitor.isReconnectDue());
        pass(Duration.ofMillis(500).plus(TICK));
        assertTrue(monitor.isReconnectDue());
    }

    @Test
    void aPeerThatNeverStopsSendingAndNeverBeatsIsLostAfterFiveSeconds() {
        connect();
        monitor.heartbeatReceived();
        for (int i = 0; i < 49; i++) {
            monitor.read(true);
            pass(Duration.ofMillis(100));
            assertFalse(monitor.isReconnectDue());
        }
        monitor.read(true);
        pass(Duration.ofMillis(100));
        assertTrue(monitor.isReconnectDue());
    }
}
