package org.currencyroutes.conversion;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.SynchronizationAdapter;

/**
 * Counts the requests in hand, read and not yet answered; refuses one too many, and any while the application stops. A
 * long request counts once for each 4 KiB begun, so that the number bounds the memory as well.
 */
public final class InHand implements Processor, IntSupplier {

    private static final int UNIT = 4 << 10;

    private final int max;
    private final AtomicInteger units = new AtomicInteger();

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
        int weight = 1 + ((PipelineMessage) exchange.getMessage().getBody()).size() / UNIT;
        int sum = units.addAndGet(weight);
        // one alone is taken whatever its length
        if (sum > max && sum > weight) {
            units.addAndGet(-weight);
            throw new ConversionRefused("overloaded, too many requests are waiting");
        }
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                units.addAndGet(-weight);
            }
        });
    }

    /** How many requests are in hand, long ones counted by their length. */
    @Override
    public int getAsInt() {
        return units.get();
    }
}
