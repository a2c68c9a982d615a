package org.currencyroutes.connection;

import java.net.URI;
import java.net.URISyntaxException;

/** Reads the pipeline's address. */
public final class PipelineUrl {

    private PipelineUrl() {}

    /** The address as a URI; refuses, without repeating it, what is no {@code ws://} or {@code wss://} URL with a host, or has a port that there is not. */
    public static URI parse(String url) {
        try {
            URI uri = new URI(url);
            if (("ws".equals(uri.getScheme()) || "wss".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getPort() != 0
                    && uri.getPort() <= 65_535) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // its text may hold a token: the sentence below says enough
        }
        throw new IllegalArgumentException("fx.socket.url must be a ws:// or wss:// URL");
    }

    /** Path and query as written, no escape resolved. */
    static String resource(URI uri) {
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return uri.getRawQuery() == null ? path : path + '?' + uri.getRawQuery();
    }
}
