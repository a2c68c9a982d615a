package org.currencyroutes.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReplyWindowTest {

    private static final long TTL = Duration.ofSeconds(10).toNanos();

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - TTL / 2);
    private final ReplyWindow window = new ReplyWindow(Duration.ofNanos(TTL), now::get);

    @Test
    void connectionsAreNumberedFromOne() {
        window.opened();
        assertEquals(1, window.connection());
        window.dropped();
        window.opened();
        assertEquals(2, window.connection());
    }

    @Test
    void aRequestCanAlwaysBeAnsweredOnTheConnectionThatItCameOn() {
        window.opened();
        now.addAndGet(100 * TTL);
        assertFalse(window.isOverFor(1));
    }

    @Test
    void aRequestIsOverANanosecondAfterTheTimeToLiveOfTheDrop() {
        window.opened();
        window.dropped();
        now.addAndGet(TTL);
        assertFalse(window.isOverFor(1));
        now.incrementAndGet();
        assertTrue(window.isOverFor(1));
    }

    @Test
    void aRequestLivesOnWhenTheNextConnectionComesInTime() {
        window.opened();
        window.dropped();
        now.addAndGet(TTL);
        window.opened();
        now.addAndGet(TTL);
        assertFalse(window.isOverFor(1));
    }

    @Test
    void aRequestStaysOverWhenTheNextConnectionComesANanosecondTooLate() {
        window.opened();
        window.dropped();
        now.addAndGet(TTL + 1);
        window.opened();
        assertTrue(window.isOverFor(1));
        assertFalse(window.isOverFor(2));
    }

    @Test
    void aRequestOutlivesSeveralShortOutages() {
        window.opened();
        for (int outage = 0; outage < 5; outage++) {
            window.dropped();
            now.addAndGet(TTL);
            window.opened();
        }
        assertFalse(window.isOverFor(1));
    }

    @Test
    void aSecondDropWithoutAConnectionBetweenDoesNotProlongTheTime() {
        window.opened();
        window.dropped();
        now.addAndGet(TTL);
        window.dropped();
        now.incrementAndGet();
        assertTrue(window.isOverFor(1));
    }
}
