package dev.everfold.server.security;

import dev.everfold.eventstore.StoreUnavailableException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// The authorities that vouch for clients, read again when their file changes.
///
/// A certificate that a client shows is taken when it leads to one of them, has not expired, and is not for servers
/// alone (RFC 5280). What cannot be read is logged, and the authorities before it go on. Safe for use by many threads.
final class ClientAuthorities {

    private static final System.Logger LOGGER = System.getLogger(ClientAuthorities.class.getName());

    private final Path file;
    private volatile X509ExtendedTrustManager current;
    private volatile String read;

    /// @throws StoreUnavailableException when the file cannot be used
    ClientAuthorities(Path file) {
        this.file = file;
        this.read = ServerIdentity.state(file);
        this.current = read(file);
    }

    private static X509ExtendedTrustManager read(Path file) {
        try {
            List<X509Certificate> authorities = Identity.certificates(file);
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < authorities.size(); i++) {
                store.setCertificateEntry(Integer.toString(i), authorities.get(i));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
        } catch (IOException | GeneralSecurityException unusable) {
            throw new StoreUnavailableException(
                    "The authorities \"" + file + "\" of clients cannot be read: "
                            + Identity.reason(unusable, file.toString()) + ". Expected their certificates in PEM.",
                    false,
                    unusable);
        }
    }

    /// Reads the file again if it is another one than before.
    synchronized void look() {
        String now = ServerIdentity.state(file);
        if (now.equals(read)) {
            return;
        }
        try {
            current = read(file);
            LOGGER.log(
                    Level.INFO,
                    "authorities of clients read file={0} number={1}",
                    file,
                    current.getAcceptedIssuers().length);
        } catch (StoreUnavailableException unusable) {
            LOGGER.log(
                    Level.WARNING, "authorities of clients not read, those before go on: {0}", unusable.getMessage());
        }
        read = now;
    }

    /// What checks certificates of clients.
    ///
    /// @param areNamed whether the server tells a client who they are, so that it need not ask its user for
    ///     a certificate that would not do; not where it would tell those of its beginning for ever
    X509ExtendedTrustManager trust(boolean areNamed) {
        return new Trust(areNamed);
    }

    private final class Trust extends X509ExtendedTrustManager {

        private final boolean areNamed;

        Trust(boolean areNamed) {
            this.areNamed = areNamed;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            current.checkClientTrusted(chain, authType, engine);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            current.checkClientTrusted(chain, authType, socket);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            current.checkClientTrusted(chain, authType);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            throw noServer();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            throw noServer();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw noServer();
        }

        private CertificateException noServer() {
            return new CertificateException("These authorities vouch for clients only.");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return areNamed ? current.getAcceptedIssuers() : new X509Certificate[0];
        }
    }
}
