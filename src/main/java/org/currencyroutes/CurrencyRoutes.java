package org.currencyroutes;

import org.apache.camel.main.Main;
import org.currencyroutes.demo.Demo;

/** Starts the routes. */
public final class CurrencyRoutes {

    private static final int WRONG_SETTING = 2;

    private CurrencyRoutes() {}

    /**
     * Runs until the process is told to stop, as the demo if that is the argument; ends with status 2 and one sentence
     * where a setting is wrong.
     */
    public static void main(String[] args) throws Exception {
        boolean demo = args.length == 1 && args[0].equals("demo");
        Main main = demo ? Demo.main() : new Main();
        main.addMainListener(new Settings());
        try {
            System.exit(main.run(demo ? new String[0] : args));
        } catch (Settings.Wrong e) {
            System.err.println(e.getMessage());
            System.exit(WRONG_SETTING);
        } catch (Exception e) {
            e.printStackTrace();
            System.exit(1);
        }
    }
}
