package org.currencyroutes.rates;

import java.util.List;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Tells of each provider how it is. It is always up: there are other providers, and tables that are held. */
public final class RatesHealth extends AbstractHealthCheck {

    private final RatesLoader loader;
    private final Rates rates;

    /** Takes who knows the providers, and who holds their tables. */
    public RatesHealth(RatesLoader loader, Rates rates) {
        super("fx", "fx-rates");
        this.loader = loader;
        this.rates = rates;
    }

    /** A restart would make no provider well. */
    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        List<Map<String, Object>> providers = loader.providers();
        builder.detail("providers", providers);
        rates.latestAge().ifPresent(age -> builder.detail("latest-age-seconds", age.toMillis() / 1e3));
        String leftAlone = String.join(
                ", ",
                providers.stream()
                        .filter(provider -> provider.get("breaker").equals("open"))
                        .map(provider -> (String) provider.get("name"))
                        .toList());
        if (!leftAlone.isEmpty()) {
            builder.message("Left alone after five failures in a row: " + leftAlone);
        }
        builder.up();
    }
}
