package org.currencyroutes.conversion;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.currencyroutes.Meters;

/**
 * Counts the requests in hand, read and not yet answered, and times them; refuses one too many, and any while the
 * application stops. A long request counts once for each 4 KiB begun, so that the number bounds the memory as well.
 */
public final class InHand implements IntSupplier, CamelContextAware {

    private static final int UNIT = 4 << 10;

    private static final Duration[] BUCKETS = IntStream.of(
                    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final int max;
    private final AtomicInteger units = new AtomicInteger();
    private CamelContext camelContext;
    private Tags tags;
    private Gauge gauge;
    private volatile Timer timer;

    /** Takes how many requests may be in hand. */
    public InHand(int max) {
        this(max, Tags.empty());
    }

    /** The same for one of several pipelines, whose name is on its metrics. */
    public InHand(int max, String pipeline) {
        this(max, Meters.ofPipeline(pipeline));
    }

    private InHand(int max, Tags tags) {
        if (max < 1) {
            throw new IllegalArgumentException("fx.conversion.max-pending must be at least 1");
        }
        this.max = max;
        this.tags = tags;
    }

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    /** Also shows the number and the times among the context's metrics. */
    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
        show(Meters.of(camelContext));
    }

    /** Puts a pipeline's name on the metrics, which had none while there was no other pipeline. */
    public void showAs(String pipeline) {
        tags = Meters.ofPipeline(pipeline);
        show(Meters.of(camelContext));
    }

    private void show(MeterRegistry metrics) {
        if (timer != null) {
            metrics.remove(gauge);
            metrics.remove(timer);
        }
        gauge = Gauge.builder("fx.requests.in.hand", this, InHand::getAsInt)
                .description("Requests read and not yet answered, long ones counted by their length")
                .tags(tags)
                .register(metrics);
        timer = Timer.builder("fx.conversion")
                .description("From the reading of a request to the completed write of its answer")
                .serviceLevelObjectives(BUCKETS)
                .tags(tags)
                .register(metrics);
    }

    /** Counts a message until its exchange, or the one that takes its answer over, is done. */
    void take(PipelineMessage message, Exchange exchange) throws ConversionRefused {
        if (exchange.getContext().isStopping()) {
            throw ConversionRefused.stopping();
        }
        int weight = 1 + message.size() / UNIT;
        int sum = units.addAndGet(weight);
        // one alone is taken whatever its length
        if (sum > max && sum > weight) {
            units.addAndGet(-weight);
            throw ConversionRefused.overloaded();
        }
        exchange.getExchangeExtension().addOnCompletion(new Taken(weight));
    }

    /** How many requests are in hand, long ones counted by their length. */
    @Override
    public int getAsInt() {
        return units.get();
    }

    private final class Taken extends SynchronizationAdapter {

        private final int weight;
        private final long since = System.nanoTime();

        private Taken(int weight) {
            this.weight = weight;
        }

        @Override
        public void onDone(Exchange done) {
            units.addAndGet(-weight);
            timer.record(System.nanoTime() - since, TimeUnit.NANOSECONDS);
        }
    }
}
