package org.currencyroutes;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.apache.camel.CamelContext;
import org.apache.camel.component.micrometer.MicrometerConstants;

/** Finds where meters go. */
public final class Meters {

    private static final String PIPELINE = "pipeline";

    private Meters() {}

    /** The label of what is one pipeline's; while there is but one there is no label. */
    public static Tags ofPipeline(String name) {
        return Tags.of(PIPELINE, name);
    }

    /** Removes all that is one pipeline's. */
    static void removeOfPipeline(CamelContext context, String name) {
        MeterRegistry metrics = of(context);
        metrics.getMeters().stream()
                .filter(meter -> name.equals(meter.getId().getTag(PIPELINE)))
                .forEach(metrics::remove);
    }

    /** The context's registry; where there is none yet, one that Camel's metrics then use as well. */
    public static MeterRegistry of(CamelContext context) {
        MeterRegistry registry = context.getRegistry().findSingleByType(MeterRegistry.class);
        if (registry == null) {
            registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            context.getRegistry().bind(MicrometerConstants.METRICS_REGISTRY_NAME, registry);
        }
        return registry;
    }
}
