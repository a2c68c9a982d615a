package org.currencyroutes.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PipelineUrlTest {

    @ParameterizedTest
    @CsvSource({
        "ws://127.0.0.1:8080/pipeline, 127.0.0.1",
        "wss://pipeline.example/a/b?c=d, pipeline.example",
        "wss://[::1]:8443, [::1]"
    })
    void anAddressOfAPipelineIsRead(String url, String host) {
        assertEquals(host, PipelineUrl.parse(url).getHost());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "pipeline.example",
                "http://pipeline.example",
                "ws:/pipeline",
                "ws://",
                "wss://pipe line?token=secret",
                "secret://pipeline"
            })
    void anyOtherTextIsRefusedWithoutRepeatingIt(String url) {
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> PipelineUrl.parse(url));
        assertEquals("fx.socket.url must be a ws:// or wss:// URL", refusal.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "ws://host, /",
        "ws://host?token=a, /?token=a",
        "ws://host/a%2Fb?c=d%20e%26f, /a%2Fb?c=d%20e%26f",
        "wss://host/a/b/, /a/b/"
    })
    void pathAndQueryAreAskedForAsWritten(String url, String resource) {
        assertEquals(resource, PipelineUrl.resource(PipelineUrl.parse(url)));
    }

    @Test
    void noFragmentIsAskedFor() {
        assertEquals("/a?b=c", PipelineUrl.resource(PipelineUrl.parse("ws://host/a?b=c#d")));
    }
}
