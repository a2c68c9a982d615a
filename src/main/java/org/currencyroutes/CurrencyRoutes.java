package org.currencyroutes;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.EventNotifier;
import org.apache.camel.spi.ManagementStrategy;
import org.currencyroutes.demo.Demo;

/** Starts the routes. */
public final class CurrencyRoutes {

    private static final int WRONG_SETTING = 2;

    private CurrencyRoutes() {}

    /**
     * Runs until the process is told to stop, as the demo or for the editing of routes if the argument is {@code demo} or
     * {@code dev}; ends with status 2 and one sentence where a setting is wrong. The settings are read from the directory
     * {@code fx.home}, the current one if it is not set.
     */
    public static void main(String[] args) throws Exception {
        Path home = Path.of(System.getProperty("fx.home", ".")).toAbsolutePath();
        boolean demo = args.length == 1 && args[0].equals("demo");
        boolean dev = args.length == 1 && args[0].equals("dev");
        logAsSet(home, demo ? "log4j2-demo.properties" : "log4j2.properties");
        Main main = demo ? Demo.main() : dev ? Editing.main() : new Main();
        String settings = "file:" + home.resolve("application.properties");
        main.setDefaultPropertyPlaceholderLocation(
                demo || dev
                        ? "file:" + home.resolve("application-" + args[0] + ".properties") + "," + settings
                        : settings);
        main.addMainListener(new Settings());
        main.addMainListener(new SilentNotifiers());
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

    /** Log4j begins before Camel reads the settings. */
    private static void logAsSet(Path home, String configuration) throws IOException {
        Properties settings = new Properties();
        try (Reader file = Files.newBufferedReader(home.resolve("application.properties"))) {
            settings.load(file);
        }
        String format = System.getenv().getOrDefault("FX_LOG_FORMAT", settings.getProperty("fx.log.format", "plain"));
        String files = home.resolve(configuration).toUri().toString();
        if (format.equals("json")) {
            files += "," + home.resolve("log4j2-json.properties").toUri();
        }
        if (System.getProperty("log4j2.configurationFile") == null) {
            System.setProperty("log4j2.configurationFile", files);
        }
    }

    /** Camel asks each notifier at each step of each message, also those that never listen to messages. */
    private static final class SilentNotifiers extends MainListenerSupport {

        @Override
        public void afterStart(BaseMainSupport main) {
            ManagementStrategy management = main.getCamelContext().getManagementStrategy();
            List.copyOf(management.getEventNotifiers()).stream()
                    .filter(EventNotifier::isIgnoreExchangeEvents)
                    .forEach(management::removeEventNotifier);
        }
    }
}
