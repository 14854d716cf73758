package dev.everfold.server.security;

import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.server.SecurityOptions.Tls;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyManagementException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// What a server shows of itself to clients, read again when its files change.
///
/// New connections see the new certificate; those that are open go on with theirs. What cannot be used is logged, and
/// the certificate before it goes on. Safe for use by many threads.
public final class ServerIdentity extends X509ExtendedKeyManager implements AutoCloseable {

    /// How often the files are looked at.
    public static final Duration LOOK = Duration.ofSeconds(5);

    private static final System.Logger LOGGER = System.getLogger(ServerIdentity.class.getName());

    private final Tls files;
    private final Optional<ClientAuthorities> clients;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Named current;
    private volatile Named before;
    private volatile String read;

    /// A handshake asks for chain and key one after the other, and both must be of the same identity.
    private record Named(String alias, Identity identity) {}

    private ServerIdentity(Tls files) {
        this.files = files;
        this.clients = files.clientAuthorities().map(ClientAuthorities::new);
        this.read = state();
        this.current = new Named("0", Identity.read(files));
        this.before = current;
    }

    /// Reads the files, and looks at them again from time to time until this is closed.
    ///
    /// @throws StoreUnavailableException when they cannot be used
    public static ServerIdentity open(Tls files) {
        ServerIdentity identity = new ServerIdentity(files);
        Thread.ofVirtual().name("everfold-certificate").start(identity::watch);
        return identity;
    }

    private void watch() {
        try {
            while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Reads the files again if they are others than before.
    public void look() {
        lookAtOwn();
        clients.ifPresent(ClientAuthorities::look);
    }

    /// Whether clients may show certificates.
    public boolean asksClients() {
        return clients.isPresent();
    }

    /// Who vouches for clients, for servers that take a trust manager; empty when certificates of clients count for
    /// nothing.
    public Optional<X509ExtendedTrustManager> clients() {
        return clients.map(authorities -> authorities.trust(false));
    }

    private synchronized void lookAtOwn() {
        String now = state();
        if (now.equals(read)) {
            return;
        }
        try {
            Identity next = Identity.read(files);
            before = current;
            current = new Named(Long.toString(Long.parseLong(current.alias()) + 1), next);
            LOGGER.log(Level.INFO, "certificate read file={0} expires={1}", files.certificate(), next.expires());
        } catch (StoreUnavailableException unusable) {
            LOGGER.log(Level.WARNING, "certificate not read, the one before goes on: {0}", unusable.getMessage());
        }
        read = now;
    }

    /// By which a change is seen.
    private String state() {
        return state(files.certificate()) + " " + state(files.key());
    }

    static String state(Path file) {
        try {
            return Files.getLastModifiedTime(file) + " " + Files.size(file);
        } catch (IOException missing) {
            return "missing";
        }
    }

    /// For servers that take no key manager.
    public SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            TrustManager[] trust = clients.map(authorities -> new TrustManager[] {authorities.trust(true)})
                    .orElse(null);
            context.init(new KeyManager[] {this}, trust, null);
            return context;
        } catch (KeyManagementException refused) {
            throw new IllegalStateException("The JDK refuses the certificate.", refused);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("The JDK has no TLS.", missing);
        }
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return alias(keyType);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return alias(keyType);
    }

    /// Asked for each kind of key that a client takes; an answer for another one would end the handshake.
    private @Nullable String alias(String keyType) {
        String algorithm = current.identity().key().getAlgorithm();
        boolean isOurs = switch (algorithm) {
            case "RSA" -> keyType.startsWith("RSA") || keyType.endsWith("_RSA");
            case "EC" -> keyType.equals("EC") || keyType.endsWith("_EC");
            default -> keyType.equals("EdDSA") || keyType.equals(algorithm);
        };
        return isOurs ? current.alias() : null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return of(alias).chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return of(alias).key();
    }

    private Identity of(String alias) {
        return alias.equals(current.alias()) ? current.identity() : before.identity();
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return alias(keyType) == null ? new String[0] : new String[] {current.alias()};
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    /// Looks at the files no more.
    @Override
    public void close() {
        closed.countDown();
    }
}
