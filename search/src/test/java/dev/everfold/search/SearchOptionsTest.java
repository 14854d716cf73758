package dev.everfold.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SearchOptionsTest {

    private static final SearchOptions OPTIONS = SearchOptions.at(URI.create("https://search:9200"));

    @ParameterizedTest
    @ValueSource(strings = {"search:9200", "ftp://search", "https:/search", "/search"})
    void an_address_that_is_not_of_http_is_refused(String address) {
        assertThatThrownBy(() -> SearchOptions.at(URI.create(address)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Address \"" + address + "\" is not usable; expected one like https://search:9200.");
    }

    @Test
    void a_user_in_the_address_is_refused_and_not_shown() {
        assertThatThrownBy(() -> SearchOptions.at(URI.create("https://alice:secret@search:9200")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Address \"https://search:9200\" has a user in it; expected none, since addresses are "
                        + "logged. Use withBasicAuth.");
    }

    @Test
    void secrets_are_not_shown() {
        SearchOptions secret = OPTIONS.withBasicAuth("alice", "secret");

        assertThat(secret)
                .hasToString("SearchOptions[server=https://search:9200, connectTimeout=PT5S, requestTimeout=PT30S, "
                        + "bulkBytesMax=5242880]");
    }

    @Test
    void limits_out_of_range_are_refused() {
        assertThatThrownBy(() -> OPTIONS.withBulkBytesMax(1_023))
                .hasMessage("bulkBytesMax is 1023; expected at least 1024 bytes.");
        assertThatThrownBy(() -> OPTIONS.withTimeouts(Duration.ZERO, Duration.ofSeconds(1)))
                .hasMessage("connectTimeout is PT0S; expected more than nothing.");
        assertThatThrownBy(() -> OPTIONS.withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(-1)))
                .hasMessage("requestTimeout is PT-1S; expected more than nothing.");
    }

    @Test
    void a_user_that_cannot_be_sent_is_refused() {
        assertThatThrownBy(() -> OPTIONS.withBasicAuth("a:b", "secret"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("User \"a:b\" contains a colon;");
    }
}
