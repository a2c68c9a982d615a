package org.currencyroutes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The figures of the connection that the pipeline's operators rely on, as they are shipped. */
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
        "camel.main.shutdown-timeout, 8"
    })
    void aFigureIsTheOneThatWasAgreed(String property, String agreed) throws IOException {
        Properties shipped = new Properties();
        try (Reader file = Files.newBufferedReader(Path.of("application.properties"))) {
            shipped.load(file);
        }
        assertEquals(agreed, shipped.getProperty(property));
    }
}
