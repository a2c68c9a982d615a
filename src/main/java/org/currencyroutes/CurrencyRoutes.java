package org.currencyroutes;

import org.apache.camel.main.Main;

/** Starts the routes. */
public final class CurrencyRoutes {

    private static final int WRONG_SETTING = 2;

    private CurrencyRoutes() {}

    /** Runs until the process is told to stop; ends with status 2 and one sentence where a setting is wrong. */
    public static void main(String[] args) throws Exception {
        Main main = new Main();
        main.addMainListener(new Settings());
        try {
            System.exit(main.run(args));
        } catch (Settings.Wrong e) {
            System.err.println(e.getMessage());
            System.exit(WRONG_SETTING);
        } catch (Exception e) {
            e.printStackTrace();
            System.exit(1);
        }
    }
}
