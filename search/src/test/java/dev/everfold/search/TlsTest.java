package dev.everfold.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TlsTest {

    private static final String PASSWORD = "of-this-test";

    @TempDir
    Path folder;

    @Test
    void a_server_is_trusted_by_the_context_that_was_given_and_not_without() throws Exception {
        SSLContext context = context();
        try (StubServer server = StubServer.secured(context)) {
            try (SearchClient client = SearchClient.open(server.options().withTls(context))) {
                assertThat(client.server().versions()).containsExactly("3.8.0");
            }

            assertThatThrownBy(() -> SearchClient.open(server.options()))
                    .isInstanceOfSatisfying(
                            SearchFailedException.class,
                            failed -> assertThat(failed.retryable()).isFalse())
                    .hasMessageContaining("SSLHandshakeException")
                    .hasMessageEndingWith("Nothing was changed; look at the certificates of the server, "
                            + "and at SearchOptions.withTls.");
        }
    }

    /// Of a key made for this test, trusted by itself.
    private SSLContext context() throws Exception {
        Path file = folder.resolve("key.p12");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "server",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-validity",
                        "1",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.txt").toFile())
                .start();
        assertThat(keytool.waitFor())
                .as(Files.readString(folder.resolve("keytool.txt")))
                .isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream content = Files.newInputStream(file)) {
            store.load(content, PASSWORD.toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
