package org.currencyroutes.rates;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.apache.camel.CamelContext;

/** The circuit breakers of running routes. */
public final class Breakers {

    private Breakers() {}

    /** Forgets all failures. */
    public static void reset(CamelContext context) {
        context.getCamelContextExtension()
                .getContextPlugin(CircuitBreakerRegistry.class)
                .getAllCircuitBreakers()
                .forEach(CircuitBreaker::reset);
    }
}
