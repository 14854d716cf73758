package dev.everfold.eventstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreUriTest {

    @ParameterizedTest
    @CsvSource({
        "postgresql://alice:se:cret@db/shop, postgresql://alice:***@db/shop",
        "postgresql://:secret@db/shop, postgresql://:***@db/shop",
        "postgresql://alice:se/cr@t@db/shop?mode=read, postgresql://alice:***@db/shop?mode=read",
        "everfold://alice:sec/ret@db:2113, everfold://alice:***@db:2113",
        "everfold://db:2113?tlsCa=a@b.pem, everfold://db:2113?tlsCa=a@b.pem",
        "postgresql://db/shop?mode=read&password=secret&user=a, postgresql://db/shop?mode=read&password=***&user=a",
        "postgresql://alice@db:5432/shop, postgresql://alice@db:5432/shop",
        "log:data/a:b@c, log:data/a:b@c"
    })
    void messages_hold_no_password(String uri, String shown) {
        assertThat(StoreUri.parse(uri).forMessages()).isEqualTo(shown);
    }

    @Test
    void refusals_hold_no_password() {
        assertThatThrownBy(() -> StoreUri.parse("postgresql://alice:secret@db/shop?mode"))
                .hasMessage("\"mode\" in store URI \"postgresql://alice:***@db/shop?mode\" is not a parameter;"
                        + " expected NAME=VALUE.");
        assertThatThrownBy(() -> EventStores.open("nothing://alice:secret@db/shop"))
                .hasMessageStartingWith("No engine for store URI \"nothing://alice:***@db/shop\"; expected one of");
    }
}
