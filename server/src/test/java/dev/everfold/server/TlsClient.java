package dev.everfold.server;

import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

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

    /// One that shows it also where the server names other authorities.
    static HttpClient insisting(Path certificate, TestCertificates.Client own) throws Exception {
        X509ExtendedKeyManager keys = (X509ExtendedKeyManager) own.keyManagers()[0];
        return HttpClient.newBuilder()
                .sslContext(context(certificate, new KeyManager[] {new Insisting(keys)}))
                .build();
    }

    private static final class Insisting extends X509ExtendedKeyManager {

        private final X509ExtendedKeyManager keys;

        Insisting(X509ExtendedKeyManager keys) {
            this.keys = keys;
        }

        @Override
        public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
            return keys.chooseEngineClientAlias(keyTypes, null, engine);
        }

        @Override
        public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
            return keys.chooseClientAlias(keyTypes, null, socket);
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return keys.getClientAliases(keyType, null);
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return keys.getServerAliases(keyType, issuers);
        }

        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            return keys.chooseServerAlias(keyType, issuers, socket);
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return keys.getCertificateChain(alias);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return keys.getPrivateKey(alias);
        }
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
