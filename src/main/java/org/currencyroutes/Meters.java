package org.currencyroutes;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.camel.CamelContext;

/** Finds where meters go. */
public final class Meters {

    private Meters() {}

    /** The registry of Camel's metrics; one that nobody reads where they are switched off. */
    public static MeterRegistry of(CamelContext context) {
        MeterRegistry registry = context.getRegistry().findSingleByType(MeterRegistry.class);
        return registry == null ? new SimpleMeterRegistry() : registry;
    }
}
