package org.currencyroutes.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import org.currencyroutes.Today;
import org.currencyroutes.conversion.ConversionRefused;
import org.currencyroutes.conversion.ConversionRequest;
import org.currencyroutes.conversion.Converter;
import org.currencyroutes.conversion.PipelineMessage;
import org.currencyroutes.heartbeat.HeartbeatMonitor;
import org.currencyroutes.rates.EcbHistory;
import org.junit.jupiter.api.Test;

class DemoTraderTest {

    private static final EcbHistory HISTORY = new EcbHistory();

    private final Clock clock = Clock.systemUTC();
    private final Converter converter = new Converter("EUR", 5, RoundingMode.HALF_EVEN, "now", clock);
    private final HeartbeatMonitor monitor = new HeartbeatMonitor(
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofMillis(50),
            Duration.ofMillis(500),
            Duration.ofSeconds(5));
    private final DemoConsole console = new DemoConsole(HISTORY, new DemoRates(HISTORY), monitor, 9876);
    private long nanos;
    private final DemoTrader trader =
            new DemoTrader(HISTORY, "EUR", 5, RoundingMode.HALF_EVEN, console, new Random(1999), () -> nanos);

    @Test
    void agreesWithTheProductOnTwentyThousandRequests() {
        for (int i = 0; i < 20_000; i++) {
            trader.received(answer(trader.request()));
        }

        assertEquals(0, console.wrongs());
        assertEquals(20_000, console.rights());
    }

    @Test
    void findsEachAnswerWrongThatIsOneDigitOff() {
        for (int i = 0; i < 1_000; i++) {
            String request = trader.request();
            String answer = answer(request);
            trader.received(answer.replaceFirst("\"(odds|stake|message)\":.", "\"$1\":7"));
        }

        assertTrue(console.wrongs() > 850, "one odds in nine begins with a 7: " + console.wrongs());
        assertEquals(1_000, console.rights() + console.wrongs());
    }

    @Test
    void findsASecondAnswerToTheSameRequestWrong() {
        String answer = answer(trader.request());
        trader.received(answer);
        trader.received(answer);

        assertEquals(1, console.rights());
        assertEquals(1, console.wrongs());
    }

    @Test
    void missesAnAnswerThatDidNotComeWithinThirteenSeconds() {
        trader.request();

        nanos += Duration.ofSeconds(13).toNanos();
        trader.lookForMissing();
        assertEquals(0, console.missings());

        nanos++;
        trader.lookForMissing();
        trader.lookForMissing();
        assertEquals(1, console.missings());
    }

    @Test
    void asksNothingWhileNobodyIsConnected() {
        nanos += Duration.ofSeconds(1).toNanos();
        assertFalse(trader.isRequestDue());

        trader.opened();
        assertTrue(trader.isRequestDue());

        trader.closed();
        nanos += Duration.ofSeconds(1).toNanos();
        assertFalse(trader.isRequestDue());
    }

    /** What the product's classes make of a request. */
    private String answer(String frame) {
        PipelineMessage message = PipelineMessage.read(frame.getBytes(StandardCharsets.UTF_8));
        try {
            ConversionRequest request = ConversionRequest.of(message);
            if (!converter.needsRate(request)) {
                return text(converter.convert(request, converter.noRates()));
            }
            request.refuseUnlessRatesCanExist(Today.epochDay(clock));
            return text(converter.convert(request, HISTORY.on(request.day())));
        } catch (ConversionRefused e) {
            return "{\"type\":\"error\",\"id\":" + message.id() + ",\"message\":\"Unable to convert stake. Error: "
                    + e.getMessage() + "\"}";
        }
    }

    private static String text(byte[] answer) {
        return new String(answer, StandardCharsets.UTF_8);
    }
}
