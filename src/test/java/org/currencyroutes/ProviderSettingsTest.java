package org.currencyroutes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.main.Main;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of the providers' settings ends the start, and with which sentence. */
class ProviderSettingsTest {

    private static Main main(String... settings) {
        Main main = new Main();
        main.addMainListener(new Settings());
        main.setDefaultPropertyPlaceholderLocation("file:application.properties");
        main.addOverrideProperty("fx.home", ".");
        main.addOverrideProperty("camel.management.port", "0");
        main.addOverrideProperty("fx.socket.url", "ws://127.0.0.1:" + TradingPipeline.freePort());
        for (String setting : settings) {
            String[] parts = setting.split("=", 2);
            main.addOverrideProperty(parts[0], parts[1]);
        }
        return main;
    }

    private static String sentence(String... settings) {
        Main main = main(settings);
        try {
            Throwable failure = assertThrows(Exception.class, main::start);
            while (!(failure instanceof Settings.Wrong) && failure.getCause() != null) {
                failure = failure.getCause();
            }
            return failure.getMessage();
        } finally {
            main.stop();
        }
    }

    @Test
    void aProviderThatNeedsAKeyIsNotStartedWithoutOne() {
        assertEquals(
                "fx.rates.openexchangerates.key (environment variable FX_RATES_OPENEXCHANGERATES_KEY) is not set, and the"
                        + " provider needs a key: set it, or fx.rates.openexchangerates.key-file",
                sentence("fx.rates.providers=frankfurter,openexchangerates"));
    }

    @ParameterizedTest
    @CsvSource({
        "fx.rates.providers=frankfurter;nobody, names the unknown provider 'nobody'",
        "fx.rates.frankfurter.url=, must be a provider's address",
        "fx.rates.frankfurter.url=ftp://example.org, must be a provider's address",
        "fx.rates.proxy=nowhere, must be a proxy's address",
        "fx.rates.trust-store=/nowhere, names a key store that cannot be read",
        "fx.rates.timeout=fast, must be a duration",
        "fx.rates.cache.size=0, must be a whole number",
        "camel.management.port=high, must be a whole number"
    })
    void aSettingThatCannotBeMeantIsNamed(String setting, String why) {
        String sentence = sentence(setting.replace(';', ','));
        assertTrue(sentence.startsWith(setting.substring(0, setting.indexOf('='))), sentence);
        assertTrue(sentence.contains(why), sentence);
    }

    @Test
    void aManagementPortThatIsTakenDoesNotKeepUsFromStarting() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Main main = main("camel.management.port=" + taken.getLocalPort());
            try {
                main.start();
                assertTrue(main.isStarted());
            } finally {
                main.stop();
            }
        }
    }

    @Test
    void aKeyMayComeFromAFile(@TempDir Path home) throws IOException {
        Path key = Files.writeString(home.resolve("key"), "k\n");
        Main main = main("fx.rates.providers=openexchangerates", "fx.rates.openexchangerates.key-file=" + key);
        try {
            main.start();
            assertTrue(main.isStarted());
        } finally {
            main.stop();
        }
    }
}
