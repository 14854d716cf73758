package dev.everfold.server;

import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A client that believes one certificate.
final class TlsClient {

    private TlsClient() {}

    static HttpClient of(Path certificate) throws Exception {
        return HttpClient.newBuilder().sslContext(believing(certificate)).build();
    }

    /// One that shows a certificate of its own.
    static HttpClient showing(Path certificate, TestCertificates.Client own) throws Exception {
        return HttpClient.newBuilder()
                .sslContext(context(certificate, own.keyManagers()))
                .build();
    }

    static SSLContext believing(Path certificate) throws Exception {
        return context(certificate, new KeyManager[0]);
    }

    private static SSLContext context(Path certificate, KeyManager[] own) throws Exception {
        KeyStore believed = KeyStore.getInstance(KeyStore.getDefaultType());
        believed.load(null, null);
        try (InputStream input = Files.newInputStream(certificate)) {
            believed.setCertificateEntry(
                    "server", CertificateFactory.getInstance("X.509").generateCertificate(input));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(believed);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own, trust.getTrustManagers(), null);
        return context;
    }
}
