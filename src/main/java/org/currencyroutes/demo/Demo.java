package org.currencyroutes.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;

/** Starts the same routes against a pipeline and a rates service of their own, both on free loopback ports. */
public final class Demo {

    private Demo() {}

    /** A Camel Main under the profile {@code demo}. */
    public static Main main() {
        System.setProperty("camel.main.profile", "demo");
        chooseFreePorts(List.of("fx.demo.pipeline-port", "fx.demo.rates-port", "fx.demo.management-port"));
        Main main = new Main();
        main.addMainListener(new OwnSettingsOnly());
        return main;
    }

    /** All at once, so that no two are the same. */
    private static void chooseFreePorts(List<String> properties) {
        if (properties.isEmpty()) {
            return;
        }
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            System.setProperty(properties.get(0), String.valueOf(socket.getLocalPort()));
            chooseFreePorts(properties.subList(1, properties.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An {@code FX_SOCKET_URL} in the environment would win, and the demo would trade with a real pipeline. */
    private static final class OwnSettingsOnly extends MainListenerSupport {

        @Override
        public void beforeInitialize(BaseMainSupport main) {
            PropertiesComponent properties =
                    (PropertiesComponent) main.getCamelContext().getPropertiesComponent();
            properties.setEnvironmentVariableMode(PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_NEVER);
        }
    }
}
