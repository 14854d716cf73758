package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.server.SecurityOptions.Tls;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Both doors with TLS: what they show, what they speak, and what becomes of a new certificate.
@Timeout(60)
class TlsTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC"})
    void a_client_that_trusts_the_certificate_appends_over_tls(String algorithm) throws Exception {
        Tls files = TestCertificates.write(folder, algorithm);
        try (EverfoldServer server = serve(files);
                EventStore store = EventStores.open(
                        "everfold://localhost:" + server.grpcPort() + "?tlsCa=" + files.certificate())) {
            long position = store.append(Append.of(NewEvent.of("order-17", "order.placed", "{}")))
                    .fromPosition();

            assertThat(position).isZero();
        }
    }

    @Test
    void who_does_not_trust_it_or_speaks_in_the_clear_is_not_served() throws Exception {
        try (EverfoldServer server = serve(TestCertificates.write(folder, "EC"))) {
            String address = "everfold://localhost:" + server.grpcPort();

            assertThatThrownBy(() -> EventStores.open(address + "?tls=true"))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining(
                            "unable to find valid certification path to requested target. Name the file of"
                                    + " the authorities that its certificate is of with tlsCa=FILE.")
                    .hasMessageNotContaining("\n");
            assertThatThrownBy(() -> EventStores.open(address)).isInstanceOf(StoreUnavailableException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TLSv1.3, TLS_AES_128_GCM_SHA256, true",
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, true",
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, false",
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, false"
    })
    void only_what_encrypts_and_authenticates_in_one_is_spoken(String protocol, String suite, boolean isSpoken)
            throws Exception {
        Tls files = TestCertificates.write(folder, "EC");
        try (EverfoldServer server = serve(files)) {
            for (int port : new int[] {server.grpcPort(), server.httpPort()}) {
                if (isSpoken) {
                    assertThat(shown(files, port, protocol, suite)).isNotNull();
                } else {
                    assertThatThrownBy(() -> shown(files, port, protocol, suite))
                            .isInstanceOf(SSLException.class);
                }
            }
        }
    }

    @Test
    void a_new_certificate_is_shown_without_a_restart_and_an_unusable_one_is_not() throws Exception {
        Tls files = TestCertificates.write(folder, "EC");
        byte[] first = Files.readAllBytes(files.certificate());
        try (EverfoldServer server = serve(files)) {
            Files.writeString(files.certificate(), "nonsense");
            server.lookAtCertificate();
            Files.write(files.certificate(), first);
            Certificate before = shown(files, server.httpPort(), "TLSv1.3", "TLS_AES_128_GCM_SHA256");

            TestCertificates.write(folder, "RSA");
            server.lookAtCertificate();

            Certificate after = certificate(files);
            assertThat(after).isNotEqualTo(before);
            assertThat(shown(files, server.httpPort(), "TLSv1.3", "TLS_AES_128_GCM_SHA256"))
                    .isEqualTo(after);
            assertThat(shown(files, server.grpcPort(), "TLSv1.3", "TLS_AES_128_GCM_SHA256"))
                    .isEqualTo(after);
        }
    }

    @Test
    void a_key_of_another_certificate_is_refused_at_the_start() throws Exception {
        Tls files = TestCertificates.write(folder, "EC");
        Path other = Files.createDirectory(folder.resolve("other"));
        Tls mixed = new Tls(
                files.certificate(), TestCertificates.writeOther(other, "EC").key());

        assertThatThrownBy(() -> serve(mixed))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessage("The certificate \"" + mixed.certificate() + "\" with the key \"" + mixed.key()
                        + "\" cannot be used: the key is not that of the certificate. Expected both in PEM, the key as"
                        + " PKCS #8 without a password.");
    }

    @Test
    void a_client_that_goes_about_tls_the_wrong_way_is_told_the_right_one() throws Exception {
        Tls files = TestCertificates.write(folder, "EC");
        try (EverfoldServer encrypted = serve(files);
                EverfoldServer plain =
                        EverfoldServer.start(new InMemoryEventStore(), ServerOptions.DEFAULTS.withPorts(0, 0))) {
            String address = "localhost:" + encrypted.grpcPort();
            String other = "localhost:" + plain.grpcPort();

            assertThatThrownBy(() -> EventStores.open("everfold://" + address))
                    .hasMessageStartingWith("The server at " + address + " cannot be reached: ")
                    .hasMessageEndingWith(
                            ". See that it runs there, with tls=true if it has a certificate, and try again.");
            assertThatThrownBy(() -> EventStores.open("everfold://" + address + "?tls=true"))
                    .hasMessage("The server at " + address + " cannot be reached: unable to find valid certification"
                            + " path to requested target. Name the file of the authorities that its certificate is of"
                            + " with tlsCa=FILE.");
            assertThatThrownBy(() -> EventStores.open("everfold://" + other + "?tls=true"))
                    .hasMessageStartingWith("The server at " + other + " cannot be reached: not an SSL/TLS record: ")
                    .hasMessageEndingWith(
                            ". It does not speak TLS: leave that out of the URI, or give the server a certificate.");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SAN=dns:elsewhere.example, -1d, No subject alternative DNS name matching localhost found",
        "SAN=dns:localhost, -40d, NotAfter: "
    })
    void a_client_is_told_what_to_do_about_a_certificate_of_another_name_or_time(
            String name, String begin, String reason) throws Exception {
        TestCertificates.Client files =
                TestCertificates.writeClient(folder, "Authority", "CN=server", "-ext", name, "-startdate", begin);
        try (EverfoldServer server = serve(new Tls(files.certificate(), files.key()))) {
            String address = "localhost:" + server.grpcPort();

            assertThatThrownBy(() -> EventStores.open("everfold://" + address + "?tlsCa=" + files.authority()))
                    .hasMessageStartingWith("The server at " + address + " cannot be reached: " + reason)
                    .hasMessageEndingWith(". Name the server as its certificate does, or give it one that holds for"
                            + " this name and today.");
        }
    }

    private static EverfoldServer serve(Tls files) {
        return EverfoldServer.start(
                new InMemoryEventStore(),
                ServerOptions.DEFAULTS.withPorts(0, 0).withSecurity(SecurityOptions.NONE.withTls(files)));
    }

    /// The certificate that a port shows to a client that believes it.
    private static Certificate shown(Tls files, int port, String protocol, String suite) throws Exception {
        SSLContext context = TlsClient.believing(files.certificate());
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getByName("localhost"), port)) {
            socket.setEnabledProtocols(new String[] {protocol});
            socket.setEnabledCipherSuites(new String[] {suite});
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    private static X509Certificate certificate(Tls files) throws Exception {
        try (InputStream input = Files.newInputStream(files.certificate())) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(input);
        }
    }
}
