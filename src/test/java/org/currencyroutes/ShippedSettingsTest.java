package org.currencyroutes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the pipeline's operators, and the beans, rely on, as it is shipped. */
class ShippedSettingsTest {

    @ParameterizedTest
    @CsvSource({
        "fx.socket.connect-timeout, 3s",
        "fx.heartbeat.interval, 1s",
        "fx.heartbeat.timeout, 2s",
        "fx.heartbeat.check-period, 50ms",
        "fx.reconnect.delay, 500ms",
        "fx.reconnect.max-delay, 5s",
        "fx.conversion.max-pending, 10000",
        "fx.reply.ttl, 10s",
        "camel.main.shutdown-timeout, 8",
        // the beans before the routes: Camel takes the files of one pattern in no order, and would make beans twice
        "camel.main.routes-include-pattern, 'file:{{fx.home:.}}/routes/beans.camel.yaml,file:{{fx.home:.}}/routes/*.camel.yaml,file:{{fx.home:.}}/routes/*.java'"
    })
    void aFigureIsTheOneThatWasAgreed(String property, String agreed) throws IOException {
        Properties shipped = new Properties();
        try (Reader file = Files.newBufferedReader(Path.of("application.properties"))) {
            shipped.load(file);
        }
        assertEquals(agreed, shipped.getProperty(property));
    }
}
