package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Where a server may listen, and what is refused at the door.
class ServerOptionsTest {

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
                .hasMessage("The server does not listen at \"" + host + "\": without TLS and users, which this version"
                        + " does not have, whoever reaches it could read and append everything."
                        + " Expected localhost; let a proxy that authenticates lead there.");
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
                .hasMessage("The grace PT0S is too short; expected more than 0.");
    }
}
