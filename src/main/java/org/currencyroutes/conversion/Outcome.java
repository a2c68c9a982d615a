package org.currencyroutes.conversion;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/** What can become of a request, as the metric {@code fx_conversions_total} counts it. */
enum Outcome {
    CONVERTED,
    REFUSED,
    UNAVAILABLE,
    OVERLOADED,
    STOPPING,
    FAILED;

    /** What stands for the currency of requests that were not converted: theirs may be anything. */
    static final String NO_CURRENCY = "other";

    /** The counter of this outcome; the currency must be one of a bounded number. */
    Counter counter(String currency, MeterRegistry metrics) {
        return Counter.builder("fx.conversions")
                .description("Requests by what became of them")
                .tag("outcome", name().toLowerCase(Locale.ROOT))
                .tag("currency", currency)
                .register(metrics);
    }
}
