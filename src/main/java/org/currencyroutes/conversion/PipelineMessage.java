package org.currencyroutes.conversion;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * One JSON object of the pipeline, read once from front to back: its type, and where in its text the fields stand that
 * a conversion reads. The text itself is kept as it came, so that an answer can give all of it back untouched.
 */
public final class PipelineMessage {

    /** What a message asks of us; the routes dispatch by it. */
    public enum Type {
        HEARTBEAT,
        MESSAGE,
        UNREADABLE;

        private final String word = name().toLowerCase(Locale.ROOT);

        /** The type as it stands in the message and in the routes. */
        public String word() {
            return word;
        }
    }

    // A frame is at most 1 MiB, which bounds depth, names and numbers already: none of them costs more than its text,
    // since we turn no text into a number before its length was looked at.
    private static final JsonFactory JSON = newFactory();

    // A factory remembers the names that it has seen, up to some thousands. They are the peer's to choose, so those of
    // longer frames are forgotten with their frame.
    private static final int REMEMBERED = 1 << 10;

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long NOT_ASCII = 0x8080808080808080L;

    private final byte[] text;
    private final Optional<InHand> inHand;
    private final Type type;
    private final int start;
    private final int end;
    private final Field typeField = new Field("type");
    private final Field id = new Field("id");
    private final Field payload = new Field("payload");
    private final Field stake = new Field("payload.stake");
    private final Field currency = new Field("payload.currency");
    private final Field date = new Field("payload.date");

    /** Reads one frame, text or binary, holding UTF-8 JSON; whatever it holds, a message comes of it. */
    public static PipelineMessage read(byte[] frame) {
        return read(frame, Optional.empty());
    }

    /** The same for a reader that knows what counts its requests in hand. */
    static PipelineMessage read(byte[] frame, Optional<InHand> inHand) {
        return new PipelineMessage(frame, inHand);
    }

    private PipelineMessage(byte[] frame, Optional<InHand> countedBy) {
        text = frame;
        inHand = countedBy;
        int first = 0;
        int last = 0;
        boolean object = false;
        if (isUtf8(frame)) {
            try (JsonParser parser = (frame.length > REMEMBERED ? newFactory() : JSON).createParser(frame)) {
                if (parser.nextToken() == JsonToken.START_OBJECT) {
                    first = start(parser);
                    readObject(parser);
                    last = end(parser);
                    object = parser.nextToken() == null;
                }
            } catch (IOException e) {
                object = false;
            }
        }
        start = first;
        end = last;
        type = object ? typeOf(typeField) : Type.UNREADABLE;
    }

    /** What this message is. */
    public Type type() {
        return type;
    }

    /** The {@code id} as the JSON that it came as, {@code null} in JSON if there was none. */
    public String id() {
        return id.present() ? json(id) : "null";
    }

    /** What counts it while it is in hand, if its reader has said so. */
    Optional<InHand> inHand() {
        return inHand;
    }

    /** How many bytes it came in. */
    int size() {
        return text.length;
    }

    Field typeField() {
        return typeField;
    }

    Field idField() {
        return id;
    }

    Field payload() {
        return payload;
    }

    Field stake() {
        return stake;
    }

    Field currency() {
        return currency;
    }

    Field date() {
        return date;
    }

    /** The JSON text of a field that is there. */
    String json(Field field) {
        return new String(text, field.start, field.end - field.start, StandardCharsets.UTF_8);
    }

    /** The bytes of the object, nothing before or after it. */
    byte[] text() {
        return text;
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    /** The frame as a line that a log can hold: at most 200 characters, controls escaped. */
    public String excerpt() {
        String head = new String(text, 0, Math.min(text.length, 200), StandardCharsets.UTF_8);
        StringBuilder line = new StringBuilder(head.length() + 16);
        head.codePoints().forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT || c == 0x2028 || c == 0x2029) {
                line.append(String.format("\\u%04x", c));
            } else {
                line.appendCodePoint(c);
            }
        });
        return text.length > 200
                ? line.append("… (").append(text.length).append(" bytes)").toString()
                : line.toString();
    }

    @Override
    public String toString() {
        return type + " " + excerpt();
    }

    private static Type typeOf(Field field) {
        if (field.token != JsonToken.VALUE_STRING) {
            return Type.UNREADABLE;
        }
        return switch (field.value) {
            case "heartbeat" -> Type.HEARTBEAT;
            case "message" -> Type.MESSAGE;
            default -> Type.UNREADABLE;
        };
    }

    private void readObject(JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            switch (name) {
                case "type" -> readType(parser, token);
                case "id" -> id.read(parser, token);
                case "payload" -> {
                    if (token == JsonToken.START_OBJECT) {
                        payload.found(token);
                        readPayload(parser);
                    } else {
                        payload.read(parser, token);
                    }
                }
                default -> parser.skipChildren();
            }
        }
    }

    /** A message whose type is given twice is a message if either says so: it can then be answered. */
    private void readType(JsonParser parser, JsonToken token) throws IOException {
        boolean wasMessage = typeOf(typeField) == Type.MESSAGE;
        String before = typeField.value;
        typeField.read(parser, token);
        if (wasMessage) {
            typeField.token = JsonToken.VALUE_STRING;
            typeField.value = before;
        }
    }

    private void readPayload(JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            switch (name) {
                case "stake" -> stake.read(parser, token);
                case "currency" -> currency.read(parser, token);
                case "date" -> date.read(parser, token);
                default -> parser.skipChildren();
            }
        }
    }

    /** Netty does not look into a client's text frames, and an answer in broken UTF-8 would cost us the connection. */
    private static boolean isUtf8(byte[] frame) {
        if (isAscii(frame)) {
            return true;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(frame));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static boolean isAscii(byte[] frame) {
        int i = 0;
        for (; i <= frame.length - Long.BYTES; i += Long.BYTES) {
            if (((long) EIGHT_BYTES.get(frame, i) & NOT_ASCII) != 0) {
                return false;
            }
        }
        for (; i < frame.length; i++) {
            if (frame[i] < 0) {
                return false;
            }
        }
        return true;
    }

    private static JsonFactory newFactory() {
        return JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(Integer.MAX_VALUE)
                        .maxNumberLength(Integer.MAX_VALUE)
                        .maxStringLength(Integer.MAX_VALUE)
                        .maxNameLength(Integer.MAX_VALUE)
                        .build())
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.CHARSET_DETECTION)
                .build();
    }

    private static int start(JsonParser parser) {
        return (int) parser.currentTokenLocation().getByteOffset();
    }

    private static int end(JsonParser parser) {
        return (int) parser.currentLocation().getByteOffset();
    }

    /** A field that we read: what stands in it, and from where to where. */
    static final class Field {

        private final String name;
        private JsonToken token;
        private String value = "";
        private boolean twice;
        private int start;
        private int end;

        private Field(String name) {
            this.name = name;
        }

        private void found(JsonToken found) {
            twice = token != null;
            token = found;
        }

        private void read(JsonParser parser, JsonToken found) throws IOException {
            found(found);
            start = PipelineMessage.start(parser);
            if (found == JsonToken.VALUE_STRING) {
                value = parser.getText();
            } else {
                value = "";
                parser.skipChildren();
            }
            end = PipelineMessage.end(parser);
        }

        String name() {
            return name;
        }

        boolean present() {
            return token != null;
        }

        boolean isTwice() {
            return twice;
        }

        boolean isObject() {
            return token == JsonToken.START_OBJECT;
        }

        boolean isNumber() {
            return token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT;
        }

        /** The text of a string, its escapes resolved; empty if the field holds no string. */
        Optional<String> string() {
            return token == JsonToken.VALUE_STRING ? Optional.of(value) : Optional.empty();
        }

        int start() {
            return start;
        }

        int end() {
            return end;
        }
    }
}
