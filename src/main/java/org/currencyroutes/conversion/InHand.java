package org.currencyroutes.conversion;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.SynchronizationAdapter;

/** Counts the requests in hand, read and not yet answered; refuses one too many, and any while the application stops. */
public final class InHand implements Processor {

    private final int max;
    private final AtomicInteger count = new AtomicInteger();
    private final SynchronizationAdapter release = new SynchronizationAdapter() {
        @Override
        public void onDone(Exchange exchange) {
            count.decrementAndGet();
        }
    };

    /** Takes how many requests may be in hand. */
    public InHand(int max) {
        if (max < 1) {
            throw new IllegalArgumentException("fx.conversion.max-pending must be at least 1");
        }
        this.max = max;
    }

    @Override
    public void process(Exchange exchange) throws ConversionRefused {
        if (exchange.getContext().isStopping()) {
            throw new ConversionRefused("shutting down");
        }
        if (count.incrementAndGet() > max) {
            count.decrementAndGet();
            throw new ConversionRefused("overloaded, too many requests are waiting");
        }
        exchange.getExchangeExtension().addOnCompletion(release);
    }

    /** How many requests are in hand. */
    public int count() {
        return count.get();
    }
}
