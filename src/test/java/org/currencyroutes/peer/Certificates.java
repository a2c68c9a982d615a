package org.currencyroutes.peer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** A private certificate authority, made by the JDK's {@code keytool} in a folder, and what it certifies. */
public final class Certificates {

    /** The password of every store here. */
    public static final String PASSWORD = "changeit";

    private final Path folder;
    private final Path authority;
    private final Path trustStore;

    /** Makes the authority. */
    public Certificates(Path folder) {
        this.folder = folder;
        this.authority = folder.resolve("authority.p12");
        keytool(authority, "-genkeypair", "-keyalg", "EC", "-dname", "CN=Private Authority", "-ext", "bc:c");
        trustStore = written("trust.p12", store -> store.setCertificateEntry("authority", certificate()));
    }

    /** A trust store with the authority's certificate alone. */
    public Path trustStore() {
        return trustStore;
    }

    /** A key store for a name that is certified with this extension and from this day, for ten days. */
    public Path keyStore(String name, String extension, String from) {
        Path keys = folder.resolve(name + "-key.p12");
        Path request = folder.resolve(name + ".csr");
        Path signed = folder.resolve(name + ".crt");
        keytool(keys, "-genkeypair", "-keyalg", "EC", "-dname", "CN=" + name);
        keytool(keys, "-certreq", "-file", request.toString());
        keytool(
                authority,
                "-gencert",
                "-infile",
                request.toString(),
                "-outfile",
                signed.toString(),
                "-ext",
                extension,
                "-startdate",
                from,
                "-validity",
                "10");
        return written(name + ".p12", store -> {
            Key key = load(keys).getKey("mykey", PASSWORD.toCharArray());
            try (InputStream file = Files.newInputStream(signed)) {
                Certificate own = CertificateFactory.getInstance("X.509").generateCertificate(file);
                store.setKeyEntry("mykey", key, PASSWORD.toCharArray(), new Certificate[] {own, certificate()});
            }
        });
    }

    /** Server sockets that show this key store's certificate and, if asked to, want one of the authority in turn. */
    public ServerSocketFactory sockets(Path keyStore, boolean mutual) {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(load(keyStore), PASSWORD.toCharArray());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(load(trustStore));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return mutual ? new Mutual(context.getServerSocketFactory()) : context.getServerSocketFactory();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Certificate certificate() throws GeneralSecurityException, IOException {
        return load(authority).getCertificate("mykey");
    }

    private static KeyStore load(Path path) throws GeneralSecurityException, IOException {
        return KeyStore.getInstance(path.toFile(), PASSWORD.toCharArray());
    }

    private interface Filling {

        void fill(KeyStore store) throws GeneralSecurityException, IOException;
    }

    private Path written(String name, Filling filling) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            filling.fill(store);
            Path path = folder.resolve(name);
            try (OutputStream file = Files.newOutputStream(path)) {
                store.store(file, PASSWORD.toCharArray());
            }
            return path;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void keytool(Path store, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("keytool failed: " + command);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Sockets that are of use only to who shows a certificate. */
    private static final class Mutual extends ServerSocketFactory {

        private final SSLServerSocketFactory factory;

        private Mutual(SSLServerSocketFactory factory) {
            this.factory = factory;
        }

        @Override
        public ServerSocket createServerSocket() throws IOException {
            SSLServerSocket socket = (SSLServerSocket) factory.createServerSocket();
            socket.setNeedClientAuth(true);
            return socket;
        }

        @Override
        public ServerSocket createServerSocket(int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ServerSocket createServerSocket(int port, int backlog) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ServerSocket createServerSocket(int port, int backlog, InetAddress address) {
            throw new UnsupportedOperationException();
        }
    }
}
