package org.currencyroutes.acme;

import org.apache.camel.builder.RouteBuilder;
import org.currencyroutes.rates.RateTable;

/** A provider of rates that somebody adds in Java; the same as the file in {@code src/test/resources/providers}. */
public final class AcmeRates extends RouteBuilder {

    @Override
    public void configure() {
        from("direct:fx-rates-acme")
                .routeId("fx-rates-acme")
                .routeConfigurationId("fx-provider")
                .setHeader("CamelHttpUri")
                .simple("{{fx.rates.acme.url}}/rates/${variable.day}?key=fx-secret:fx.rates.acme.key")
                .circuitBreaker()
                .configuration("fxBreaker")
                .to("direct:fx-provider-call")
                .end()
                .to("direct:fx-provider-read")
                .bean(RateTable.class, "of('EUR', ${body[day]}, ${body[table]})");
    }
}
