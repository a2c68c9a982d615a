package org.currencyroutes;

import org.apache.camel.main.Main;

/** Starts the routes. */
public final class CurrencyRoutes {

    private CurrencyRoutes() {}

    /** Runs until the process is told to stop. */
    public static void main(String[] args) throws Exception {
        Main main = new Main(CurrencyRoutes.class);
        System.exit(main.run(args));
    }
}
