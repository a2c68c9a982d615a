package org.currencyroutes;

import org.apache.camel.main.Main;
import org.currencyroutes.demo.Demo;

/** Starts the routes. */
public final class CurrencyRoutes {

    private static final int WRONG_SETTING = 2;

    private CurrencyRoutes() {}

    /**
     * Runs until the process is told to stop, as the demo or for the editing of routes if the argument is {@code demo} or
     * {@code dev}; ends with status 2 and one sentence where a setting is wrong.
     */
    public static void main(String[] args) throws Exception {
        boolean demo = args.length == 1 && args[0].equals("demo");
        boolean dev = args.length == 1 && args[0].equals("dev");
        Main main = demo ? Demo.main() : dev ? Editing.main() : new Main();
        main.addMainListener(new Settings());
        try {
            System.exit(main.run(demo || dev ? new String[0] : args));
        } catch (Settings.Wrong e) {
            System.err.println(e.getMessage());
            System.exit(WRONG_SETTING);
        } catch (Exception e) {
            e.printStackTrace();
            System.exit(1);
        }
    }
}
