package dev.everfold.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.search.BulkItem.Delete;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IndexNameTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "Orders", "orders*", "a,b", "<orders-{now/d}>", "_all", "-orders", "..", "ä", "a/b"})
    void what_is_no_plain_name_is_refused(String name) {
        assertThatThrownBy(() -> new IndexName(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Index name \"" + name + "\" is not usable; expected 1 to 200 of a-z, 0-9, \"_\", \".\" and "
                                + "\"-\", the first a letter or digit.");
    }

    @Test
    void the_alias_can_be_no_index() {
        String alias = new IndexName("orders-1").writeAlias();

        assertThatThrownBy(() -> new IndexName(alias)).isInstanceOf(IllegalArgumentException.class);
        assertThat(alias).startsWith("orders-1");
    }

    @Test
    void ids_and_versions_that_no_server_takes_are_refused() {
        assertThatThrownBy(() -> new Delete("", 1)).hasMessage("Document id \"\" has 0 bytes; expected 1 to 512.");
        assertThatThrownBy(() -> new Delete("ä".repeat(257), 1))
                .hasMessageEndingWith("has 514 bytes; expected 1 to 512.");
        assertThatThrownBy(() -> new Delete("order-\uD83D", 1))
                .hasMessageEndingWith(
                        "has half of a surrogate pair in it; expected Unicode. Two ids could become one.");
        assertThatThrownBy(() -> new Delete("order-17", -1))
                .hasMessage("Version of document \"order-17\" is -1; expected at least 0.");
    }
}
