package org.currencyroutes.peer;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The pipeline's end of one TCP connection, and what RFC 6455 says of it, as rude as one likes. */
public final class RawConnection {

    public static final int TEXT = 1;
    public static final int BINARY = 2;
    public static final int CONTINUATION = 0;
    public static final int PING = 9;

    private static final int CLOSE = 8;
    private static final int PONG = 10;
    private static final Pattern KEY = Pattern.compile("(?i)sec-websocket-key: *(\\S+)");

    private final FaultyPipeline pipeline;
    private final int number;
    private final Socket socket;
    private final long since = System.nanoTime();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicInteger heartbeats = new AtomicInteger();
    private final AtomicInteger pongs = new AtomicInteger();
    private volatile CountDownLatch reading = new CountDownLatch(0);
    private volatile boolean answersClose = true;
    private volatile boolean beating;
    private volatile int closeCode;
    private volatile long endedAt;
    private volatile String handshake = "";

    RawConnection(FaultyPipeline pipeline, int number, Socket socket) {
        this.pipeline = pipeline;
        this.number = number;
        this.socket = socket;
    }

    void run(FaultyPipeline.Script script) {
        try (socket) {
            script.run(this);
        } catch (IOException e) {
            // that is how most of them end
        } finally {
            end();
        }
    }

    // ---- the handshake

    /** Reads the handshake's request. */
    public String readHandshake() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int octet = socket.getInputStream().read();
            if (octet < 0) {
                throw new IOException("ended within the handshake");
            }
            head.write(octet);
        }
        handshake = head.toString(StandardCharsets.ISO_8859_1);
        return handshake;
    }

    /** Ends the handshake, with these frames in the same packet. */
    public void upgrade(byte[]... frames) throws IOException {
        if (handshake.isEmpty()) {
            readHandshake();
        }
        Matcher key = KEY.matcher(handshake);
        if (!key.find()) {
            throw new IOException("no WebSocket handshake: " + handshake);
        }
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: " + accept(key.group(1)) + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        for (byte[] frame : frames) {
            packet.write(frame);
        }
        write(packet.toByteArray());
    }

    /** Answers the handshake with another status than 101. */
    public void reject(int status) throws IOException {
        readHandshake();
        write(("HTTP/1.1 " + status + " No\r\nContent-Length: 0\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    // ---- what is sent

    /** A frame as it goes over the wire. */
    public static byte[] frame(int type, boolean last, byte[] content) {
        ByteBuffer frame = ByteBuffer.allocate(content.length + 10);
        frame.put((byte) ((last ? 0x80 : 0) | type));
        if (content.length < 126) {
            frame.put((byte) content.length);
        } else if (content.length < 1 << 16) {
            frame.put((byte) 126).putShort((short) content.length);
        } else {
            frame.put((byte) 127).putLong(content.length);
        }
        frame.put(content).flip();
        byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        return bytes;
    }

    /** A text frame as it goes over the wire. */
    public static byte[] text(String content) {
        return frame(TEXT, true, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends a text frame; waits while the other side does not read. */
    public void send(String content) throws IOException {
        write(text(content));
    }

    /** Sends any bytes. */
    public void write(byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        synchronized (socket) {
            out.write(bytes);
            out.flush();
        }
    }

    /** Beats at once and then each second. */
    public void beat() {
        beatEvery(1_000, "{\"type\":\"heartbeat\"}");
    }

    /** Beats at once and then so often, in these words. */
    public void beatEvery(long millis, String heartbeat) {
        beating = true;
        pipeline.beats()
                .scheduleAtFixedRate(
                        () -> {
                            try {
                                if (beating) {
                                    send(heartbeat);
                                }
                            } catch (IOException e) {
                                throw new IllegalStateException("no more to beat to", e);
                            }
                        },
                        0,
                        millis,
                        TimeUnit.MILLISECONDS);
    }

    /** Beats no more. */
    public void stopBeating() {
        beating = false;
    }

    // ---- how it ends

    /** Sends a close frame with a code, or with none for 0, and goes on reading. */
    public void sendClose(int code) throws IOException {
        write(frame(CLOSE, true, code == 0 ? new byte[0] : new byte[] {(byte) (code >> 8), (byte) code}));
    }

    /** Leaves a close frame without an answer, TCP open. */
    public void answerNoClose() {
        answersClose = false;
    }

    /** Cuts the line with a TCP reset, without a word. */
    public void cut() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // cut already
        }
        end();
    }

    /** Waits for the other side's end, and makes nothing of what comes before it. */
    public void awaitEnd() throws IOException {
        socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    /** Does nothing for so long, unless the connection is cut from here. */
    public void pause(long millis) {
        awaited(ended, millis);
    }

    // ---- what is read

    /** Reads to the end, and answers close frames and pings. */
    public void read() throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
        while (true) {
            awaited(reading, Long.MAX_VALUE);
            int type = in.readUnsignedByte() & 0xF;
            int marked = in.readUnsignedByte() & 0x7F;
            long length = marked == 126 ? in.readUnsignedShort() : marked == 127 ? in.readLong() : marked;
            byte[] mask = in.readNBytes(4);
            byte[] content = in.readNBytes((int) length);
            if (content.length < length) {
                throw new IOException("ended within a frame");
            }
            for (int i = 0; i < content.length; i++) {
                content[i] ^= mask[i & 3];
            }
            if (type == TEXT) {
                received(new String(content, StandardCharsets.UTF_8));
            } else if (type == PONG) {
                pongs.incrementAndGet();
            } else if (type == CLOSE) {
                closeCode = content.length < 2 ? 1005 : ByteBuffer.wrap(content).getShort();
                if (answersClose) {
                    write(frame(CLOSE, true, content));
                    return;
                }
            }
        }
    }

    /** Reads nothing more until {@link #readAgain}. */
    public void stopReading() {
        reading = new CountDownLatch(1);
    }

    /** Reads on. */
    public void readAgain() {
        reading.countDown();
    }

    // ---- what is known of it

    /** Its number, counted from 1. */
    public int number() {
        return number;
    }

    /** The handshake's request, as far as it was read. */
    public String handshake() {
        return handshake;
    }

    /** How many heartbeats came on it. */
    public int heartbeats() {
        return heartbeats.get();
    }

    /** How many pongs came on it. */
    public int pongs() {
        return pongs.get();
    }

    /** The code of the close frame that came on it, 1005 for one without, 0 for no close frame. */
    public int closeCode() {
        return closeCode;
    }

    /** Whether it is known to have ended; one that is not read is not known to. */
    public boolean hasEnded() {
        return ended.getCount() == 0;
    }

    /** For how long there was TCP, in milliseconds. */
    public long lifeMillis() {
        return TimeUnit.NANOSECONDS.toMillis((hasEnded() ? endedAt : System.nanoTime()) - since);
    }

    private void received(String text) {
        pipeline.received(number, text);
        if (text.equals(TradingPipeline.HEARTBEAT)) {
            heartbeats.incrementAndGet();
        }
    }

    private void end() {
        beating = false;
        if (endedAt == 0) {
            endedAt = System.nanoTime();
        }
        ended.countDown();
        readAgain();
    }

    private static void awaited(CountDownLatch latch, long millis) {
        try {
            boolean over = latch.await(millis, TimeUnit.MILLISECONDS);
            assert over || millis < Long.MAX_VALUE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String accept(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1")
                    .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-1", e);
        }
    }
}
