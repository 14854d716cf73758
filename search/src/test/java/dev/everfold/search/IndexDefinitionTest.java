package dev.everfold.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IndexDefinitionTest {

    private static final String READ_BACK = "documents are read back when they are changed";
    private static final String BY_ID = "documents are found by their ids alone";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"index.translog.durability\": \"async\"}",
                "{\"translog.durability\": \"ASYNC\"}",
                "{\"index\": {\"translog\": {\"durability\": \"async\"}}}",
                "{\"index.translog\": {\"durability\": \"async\"}}",
            })
    void acknowledged_changes_that_a_crash_may_take_are_refused(String settings) {
        assertThatThrownBy(() -> IndexDefinition.parse("{\"settings\": " + settings + "}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(
                        "An index definition has \"index.translog.durability\": \"(?i:async)\"; expected none, "
                                + "since the checkpoint may outlive a crash that takes the documents before it. "
                                + "Leave it out.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"_source\":{\"enabled\":false}} | _source | {\"enabled\":false} | " + READ_BACK,
                "{\"_source\":{\"mode\":\"synthetic\"}} | _source | {\"mode\":\"synthetic\"} | " + READ_BACK,
                "{\"_source\":{\"excludes\":[\"a\"]}} | _source | {\"excludes\":[\"a\"]} | " + READ_BACK,
                "{\"_routing\":{\"required\":true}} | _routing | {\"required\":true} | " + BY_ID,
            })
    void documents_that_would_not_be_read_back_as_they_were_stored_are_refused(
            String mappings, String field, String found, String why) {
        assertThatThrownBy(() -> IndexDefinition.parse("{\"mappings\": " + mappings + "}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("An index definition has \"mappings." + field + "\": " + found + "; expected none, since "
                        + why + ". Leave it out.");
    }

    @Test
    void the_server_is_told_to_make_changes_durable_whatever_its_templates_say() {
        assertThat(IndexDefinition.parse("{}").body().path("settings").toString())
                .isEqualTo("{\"index.gc_deletes\":\"12h\",\"index.translog.durability\":\"request\"}");
    }

    @Test
    void settings_of_the_application_are_sent_once_and_as_they_are() {
        assertThatCode(() -> IndexDefinition.parse("{\"settings\": {\"translog.durability\": \"request\"}}"))
                .doesNotThrowAnyException();
        assertThat(IndexDefinition.parse("{\"settings\": {\"index\": {\"gc_deletes\": \"5m\"}}}")
                        .body()
                        .path("settings")
                        .toString())
                .isEqualTo("{\"index\":{\"gc_deletes\":\"5m\"},\"index.translog.durability\":\"request\"}");
    }
}
