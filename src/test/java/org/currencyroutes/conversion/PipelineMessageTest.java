package org.currencyroutes.conversion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.currencyroutes.conversion.PipelineMessage.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated
class PipelineMessageTest {

    static PipelineMessage read(String json) {
        return PipelineMessage.read(json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"heartbeat\"}",
                " \r\n\t{ \"type\" : \"heartbeat\" }\n",
                "{\"type\":\"heartbeat\",\"id\":1,\"payload\":{\"stake\":1,\"stake\":2}}",
                "{\"payload\":[[[]]],\"x\":{\"type\":\"message\"},\"type\":\"heartbeat\"}",
                "{\"t\\u0079pe\":\"he\\u0061rtbeat\"}"
            })
    void anObjectWhoseTypeIsHeartbeatIsAHeartbeatWhateverElseItHolds(String json) {
        assertEquals(Type.HEARTBEAT, read(json).type());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"message\"}",
                "{\"id\":{\"type\":\"heartbeat\"},\"type\":\"message\"}",
                "{\"type\":\"m\\u0065ssage\"}",
                // a type given twice can be answered if either is a message
                "{\"type\":\"message\",\"type\":\"heartbeat\"}",
                "{\"type\":\"heartbeat\",\"type\":\"message\"}",
                "{\"type\":\"message\",\"type\":1}"
            })
    void anObjectWhoseTypeIsMessageIsAMessage(String json) {
        assertEquals(Type.MESSAGE, read(json).type());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "1",
                "\"heartbeat\"",
                "[]",
                "[{\"type\":\"heartbeat\"}]",
                "{}",
                "{\"type\":null}",
                "{\"type\":1}",
                "{\"type\":[\"heartbeat\"]}",
                "{\"type\":{\"heartbeat\":1}}",
                "{\"type\":\"Heartbeat\"}",
                "{\"type\":\"heartbeat \"}",
                "{\"type\":\"\"}",
                "{\"Type\":\"heartbeat\"}",
                "{\"payload\":{\"type\":\"heartbeat\"}}",
                "{\"type\":\"heartbeat\"",
                "{\"type\":\"heartbeat\"}}",
                "{\"type\":\"heartbeat\"} {\"type\":\"heartbeat\"}",
                "{\"type\":\"heartbeat\"} x",
                "{\"type\":\"heartbeat\",}",
                "{type:\"heartbeat\"}",
                "{'type':'heartbeat'}",
                "{\"type\":\"heartbeat\" /* a comment */}",
                "{\"type\":\"heart\nbeat\"}",
                "{\"type\":\"heartbeat\",\"x\":01}",
                "{\"type\":\"heartbeat\",\"x\":NaN}",
                "{\"type\":\"heartbeat\",\"x\":\"\\ud8\"}",
                "\u0000"
            })
    void whatIsNoJsonObjectOrOfNoKnownTypeIsUnreadable(String json) {
        assertEquals(Type.UNREADABLE, read(json).type());
    }

    @Test
    void everyTruncationOfAMessageIsUnreadable() {
        byte[] whole = "{\"type\":\"message\",\"id\":\"é\",\"payload\":{\"stake\":1.5e1,\"x\":[true,null]}}"
                .getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length < whole.length; length++) {
            assertEquals(
                    Type.UNREADABLE,
                    PipelineMessage.read(Arrays.copyOf(whole, length)).type());
        }
        assertEquals(Type.MESSAGE, PipelineMessage.read(whole).type());
    }

    @ParameterizedTest
    @ValueSource(ints = {0x80, 0xc3, 0xed, 0xf8, 0xff})
    void invalidUtf8IsUnreadableWhereverItStands(int wrong) {
        byte[] message = "{\"type\":\"message\",\"x\":\"?\"}".getBytes(StandardCharsets.UTF_8);
        message[message.length - 3] = (byte) wrong;
        assertEquals(Type.UNREADABLE, PipelineMessage.read(message).type());
    }

    @Test
    void halfOfASurrogatePairIsUnreadableWhereverItStands() {
        for (int before = 0; before <= Long.BYTES; before++) {
            for (int after = 0; after <= Long.BYTES; after++) {
                String text = " ".repeat(before) + "í\u00a0\u0080" + " ".repeat(after);
                byte[] message =
                        ("{\"type\":\"message\",\"x\":\"" + text + "\"}").getBytes(StandardCharsets.ISO_8859_1);
                assertEquals(Type.UNREADABLE, PipelineMessage.read(message).type());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32"})
    void anyOtherEncodingThanUtf8IsUnreadable(String encoding) throws Exception {
        assertEquals(
                Type.UNREADABLE,
                PipelineMessage.read("{\"type\":\"heartbeat\"}".getBytes(encoding))
                        .type());
    }

    @Test
    void deepNestingIsSkipped() {
        String deep = "[".repeat(500_000) + "]".repeat(500_000);
        assertEquals(
                Type.HEARTBEAT,
                read("{\"x\":" + deep + ",\"type\":\"heartbeat\"}").type());
        assertEquals(Type.UNREADABLE, read("[".repeat(1 << 20)).type());
        assertEquals(Type.UNREADABLE, read("{\"a\":".repeat(200_000)).type());
    }

    @Test
    void longNumbersStringsAndNamesAreSkipped() {
        for (String json : new String[] {
            "\"x\":" + "9".repeat(1_000_000),
            "\"x\":1e" + "9".repeat(1_000_000),
            "\"x\":\"" + "x".repeat(1_000_000) + '"',
            '"' + "x".repeat(1_000_000) + "\":1"
        }) {
            assertEquals(
                    Type.HEARTBEAT,
                    read("{" + json + ",\"type\":\"heartbeat\"}").type());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "456",
                "-1.50e3",
                "12345678901234567890123456789012345678901234567890",
                "\"a\\u0000\\ud800\\\"é\"",
                "\"\"",
                "null",
                "true",
                "[1, {\"id\" : 2}]",
                "{\"id\":  1}",
                "[]"
            })
    void theIdIsTheJsonThatItCameAs(String id) {
        assertEquals(id, read("{\"type\":\"message\",\"id\": " + id + " }").id());
        assertEquals(id, read("{\"id\":" + id + ",\"type\":\"message\"}").id());
    }

    @Test
    void aMissingIdIsNull() {
        assertEquals(
                "null", read("{\"type\":\"message\",\"payload\":{\"id\":1}}").id());
    }

    @Test
    void theFieldsThatWeReadAreFoundWhereTheyStand() {
        PipelineMessage message = read(
                "{\"é\":\"é\",\"type\":\"message\",\"payload\":{\"date\" :\t\"2021\" ,\"x\":{\"stake\":9},\"stake\":-1.50E+2,"
                        + "\"currency\":\"\\u0055SD\"}}");
        assertEquals("\"2021\"", message.json(message.date()));
        assertEquals("-1.50E+2", message.json(message.stake()));
        assertTrue(message.stake().isNumber());
        assertEquals("\"\\u0055SD\"", message.json(message.currency()));
        assertEquals("USD", message.currency().string().orElseThrow());
        assertFalse(message.idField().present());
    }

    @Test
    void aFieldGivenTwiceIsNoticedAlsoWhenItsNameIsEscaped() {
        assertTrue(
                read("{\"type\":\"message\",\"id\":1,\"\\u0069d\":1}").idField().isTwice());
        assertTrue(read("{\"payload\":{},\"payload\":1}").payload().isTwice());
        assertTrue(
                read("{\"payload\":{\"stake\":1,\"st\\u0061ke\":null}}").stake().isTwice());
        assertTrue(read("{\"payload\":{\"stake\":1},\"payload\":{\"stake\":1}}")
                .stake()
                .isTwice());
        assertFalse(read("{\"x\":1,\"x\":2,\"payload\":{\"y\":1,\"y\":1}}")
                .payload()
                .isTwice());
    }

    @Test
    void theExcerptIsOneLineThatALogCanHold() {
        assertEquals(
                "a\\u000a\\u001b[31m\\u202eb é\\u2028",
                read("a\n\u001b[31m\u202eb é\u2028").excerpt());
    }

    @Test
    void theExcerptOfALongFrameTellsItsLength() {
        String excerpt = read("x".repeat(1 << 20)).excerpt();
        assertEquals("x".repeat(200) + "… (1048576 bytes)", excerpt);
    }

    @Test
    void theExcerptOfAFrameThatIsNoTextIsText() {
        assertEquals(
                "\ufffd\ufffd",
                PipelineMessage.read(new byte[] {(byte) 0xff, (byte) 0xfe}).excerpt());
    }

    @Test
    void theTextIsKeptAsItCame() {
        byte[] frame = " {\"type\" : \"message\"} ".getBytes(StandardCharsets.UTF_8);
        assertArrayEquals(frame.clone(), PipelineMessage.read(frame).text());
    }

    @Test
    void theNamesOfLongFramesAreForgottenWithTheirFrame() {
        long before = usedMemory();
        for (int i = 0; i < 100; i++) {
            String name = i + "x".repeat(500_000);
            byte[] frame = ("{\"type\":\"heartbeat\",\"" + name + "\":1}").getBytes(StandardCharsets.UTF_8);
            assertEquals(
                    PipelineMessage.Type.HEARTBEAT, PipelineMessage.read(frame).type());
        }
        assertTrue(usedMemory() - before < 20 << 20);
    }

    private static long usedMemory() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
