package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Where a server may listen, and what is refused at the door.
class ServerOptionsTest {

    private static final SecurityOptions USERS = SecurityOptions.NONE.withUsers(true);
    private static final SecurityOptions.Tls TLS =
            new SecurityOptions.Tls(Path.of("server.crt"), Path.of("server.key"));

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "127.1.2.3", "::1"})
    void the_loopback_interface_may_be_listened_at(String host) {
        assertThat(ServerOptions.DEFAULTS.withHost(host).address().isLoopbackAddress())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", "2001:db8::1"})
    void what_strangers_could_reach_is_refused(String host) {
        assertThatThrownBy(() -> ServerOptions.DEFAULTS.withHost(host))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The server does not listen at \"" + host + "\" without TLS and users, since whoever"
                        + " reaches it could read and append everything. Expected localhost, or --users with"
                        + " --tls-certificate and --tls-key, or, where the network is trusted,"
                        + " --i-accept-insecure-network.");
    }

    @Test
    void a_host_that_clients_could_not_name_is_refused() {
        assertThatThrownBy(() -> ServerOptions.DEFAULTS.withHost(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The host \"\" is not known here; expected localhost.");
    }

    @Test
    void strangers_may_reach_a_server_with_users_and_tls_or_one_that_was_told_to_accept_it() {
        ServerOptions anywhere =
                ServerOptions.DEFAULTS.withSecurity(USERS.withTls(TLS)).withHost("0.0.0.0");
        ServerOptions accepted = ServerOptions.DEFAULTS
                .withSecurity(SecurityOptions.NONE.withInsecureNetwork(true))
                .withHost("0.0.0.0");

        assertThat(anywhere.isLoopback()).isFalse();
        assertThat(accepted.isLoopback()).isFalse();
    }

    @Test
    void one_of_users_and_tls_is_not_enough_and_the_missing_one_is_named() {
        assertThatThrownBy(() -> ServerOptions.DEFAULTS.withSecurity(USERS).withHost("0.0.0.0"))
                .hasMessageStartingWith(
                        "The server does not listen at \"0.0.0.0\" without TLS, since whoever reaches it"
                                + " could listen in.");
        assertThatThrownBy(() -> ServerOptions.DEFAULTS
                        .withSecurity(SecurityOptions.NONE.withTls(TLS))
                        .withHost("0.0.0.0"))
                .hasMessageStartingWith("The server does not listen at \"0.0.0.0\" without users, since whoever reaches"
                        + " it could read and append everything.");
    }

    @Test
    void passwords_that_everybody_knows_are_for_this_machine_alone() {
        SecurityOptions wellKnown = USERS.withKurrentDefaultPasswords(true);

        assertThat(ServerOptions.DEFAULTS.withSecurity(wellKnown).isLoopback()).isTrue();
        assertThatThrownBy(() -> ServerOptions.DEFAULTS
                        .withSecurity(wellKnown.withTls(TLS).withInsecureNetwork(true))
                        .withHost("0.0.0.0"))
                .hasMessage("The server does not listen at \"0.0.0.0\" with passwords that everybody knows."
                        + " Expected localhost, or no --kurrent-default-passwords.");
        assertThatThrownBy(() -> SecurityOptions.NONE.withKurrentDefaultPasswords(true))
                .hasMessage("KurrentDB's first users need users; expected --users with --kurrent-default-passwords.");
    }

    @Test
    void no_text_of_the_options_shows_a_password() {
        assertThat(ServerOptions.DEFAULTS.withSecurity(USERS.withAdminPassword(Secret.of("correct horse"))))
                .asString()
                .contains("***")
                .doesNotContain("horse");
    }

    @Test
    void ports_and_grace_have_their_ranges() {
        assertThatThrownBy(() -> ServerOptions.DEFAULTS.withPorts(65_536, 0))
                .hasMessage("The port 65536 for gRPC is not one; expected 0..65535.");
        assertThatThrownBy(() -> ServerOptions.DEFAULTS.withPorts(0, -1))
                .hasMessage("The port -1 for HTTP is not one; expected 0..65535.");
        assertThatThrownBy(() -> ServerOptions.DEFAULTS.withPorts(7, 7))
                .hasMessage("gRPC and HTTP both have port 7; expected two different ones.");
        assertThatThrownBy(() -> ServerOptions.DEFAULTS.withGrace(Duration.ZERO))
                .hasMessage("The grace of 0 s is too short; expected more than 0.");
    }
}
