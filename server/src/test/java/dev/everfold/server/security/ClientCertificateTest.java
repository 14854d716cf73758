package dev.everfold.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientCertificateTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"CN=alice|alice", "O=The shop, CN=alice|alice", "CN=\"a,b\"|a,b", "CN=Ä|Ä"})
    void the_common_name_is_the_login_name_as_it_is_written(String subject, String login) {
        assertThat(ClientCertificate.login(new X500Principal(subject))).contains(login);
    }

    @ParameterizedTest
    @ValueSource(strings = {"O=The shop", "CN=alice, CN=admin"})
    void without_a_single_common_name_it_is_nobody(String subject) {
        assertThat(ClientCertificate.login(new X500Principal(subject))).isEmpty();
    }

    @Test
    void a_connection_without_tls_shows_nothing() {
        assertThat(ClientCertificate.login((javax.net.ssl.SSLSession) null)).isEmpty();
    }
}
