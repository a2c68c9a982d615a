package org.currencyroutes.rates;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.HostnameVerifier;
import org.apache.camel.Endpoint;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.support.jsse.KeyStoreParameters;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.jsse.TrustManagersParameters;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.socket.ConnectionSocketFactory;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.config.Registry;
import org.currencyroutes.Secret;

/**
 * Camel's HTTP component for the calls to providers: each is bounded as a whole, and keys enter a request only as it is
 * sent. A route writes {@code fx-secret:name} in a query or a header for the secret of that name, so that no message,
 * log, metric or dump of a route has more than the name.
 */
@SuppressWarnings("deprecation") // Camel 4.17 takes no other kind of sockets
public final class ProviderHttp extends HttpComponent {

    private static final Pattern SECRET = Pattern.compile("fx-secret:([A-Za-z0-9._-]+)");

    private Duration timeout = Duration.ofMillis(1_500);
    private String proxy = "";
    private String trustStore = "";
    private String trustStorePassword = "";
    private Registry<ConnectionSocketFactory> sockets;

    /** How long one call may take, from the wait for a connection to the last byte of the answer. */
    public void setTimeout(Duration timeout) {
        this.timeout = timeout;
    }

    /** The HTTP proxy to go through, {@code http://host:port}; empty for none. */
    public void setProxy(String proxy) {
        this.proxy = proxy;
    }

    /** The PKCS#12 or JKS file with the authorities to trust; empty for the JVM's. */
    public void setTrustStore(String trustStore) {
        this.trustStore = trustStore;
    }

    /** The password of the trust store. */
    public void setTrustStorePassword(String trustStorePassword) {
        this.trustStorePassword = trustStorePassword;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        setConnectTimeout(timeout.toMillis());
        setConnectionRequestTimeout(timeout.toMillis());
        setResponseTimeout(timeout.toMillis());
        setSoTimeout(timeout.toMillis());
        if (!proxy.isEmpty()) {
            URI uriOfProxy = URI.create(proxy);
            setProxyHost(uriOfProxy.getHost());
            setProxyPort(uriOfProxy.getPort());
            setProxyAuthScheme(uriOfProxy.getScheme());
        }
        if (!trustStore.isEmpty()) {
            setSslContextParameters(trusting(trustStore, trustStorePassword));
        }
        CallLimits limits = new CallLimits(
                timeout,
                getCamelContext()
                        .getExecutorServiceManager()
                        .newSingleThreadScheduledExecutor(this, "fx-rates-timeout"));
        setHttpClientConfigurer(client -> configure(client, limits));
        return super.createEndpoint(uri, remaining, parameters);
    }

    /** One for all providers: each would read the JVM's authorities anew, a tenth of the time to start. */
    @Override
    protected Registry<ConnectionSocketFactory> createConnectionRegistry(
            HostnameVerifier verifier, SSLContextParameters tls, boolean useSystemProperties)
            throws GeneralSecurityException, IOException {
        if (sockets == null) {
            sockets = super.createConnectionRegistry(verifier, tls, useSystemProperties);
        }
        return sockets;
    }

    /** Leaves redelivery to the routes: the client would repeat a call on 429 and 503 by itself. */
    private void configure(HttpClientBuilder client, CallLimits limits) {
        client.disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .addExecInterceptorFirst("fx-secrets", (request, scope, chain) -> {
                    insertSecrets(request);
                    return chain.proceed(request, scope);
                })
                .addExecInterceptorFirst("fx-call-limits", limits);
    }

    private void insertSecrets(HttpRequest request) {
        request.setPath(insertSecrets(request.getPath(), secret -> URLEncoder.encode(secret, StandardCharsets.UTF_8)));
        for (Header header : request.getHeaders()) {
            if (header.getValue() != null && header.getValue().contains("fx-secret:")) {
                request.setHeader(header.getName(), insertSecrets(header.getValue(), UnaryOperator.identity()));
            }
        }
    }

    private String insertSecrets(String text, UnaryOperator<String> form) {
        return SECRET.matcher(text)
                .replaceAll(
                        found -> Matcher.quoteReplacement(form.apply(Secret.of(getCamelContext(), found.group(1)))));
    }

    private static SSLContextParameters trusting(String path, String password) {
        KeyStoreParameters store = new KeyStoreParameters();
        store.setResource("file:" + path);
        store.setPassword(password);
        TrustManagersParameters trust = new TrustManagersParameters();
        trust.setKeyStore(store);
        SSLContextParameters parameters = new SSLContextParameters();
        parameters.setTrustManagers(trust);
        return parameters;
    }
}
