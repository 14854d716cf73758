package dev.everfold.eventstore;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/// Any text is a store URI that reads the same again, or is refused in our words.
class StoreUriFuzzTest {

    @FuzzTest(maxDuration = "60s")
    void any_text_is_a_uri_that_reads_the_same_again_or_is_refused(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        StoreUri uri;
        try {
            uri = StoreUri.parse(text);
        } catch (IllegalArgumentException refused) {
            assertThat(refused.getMessage()).contains("store URI").contains("; expected ");
            return;
        }

        assertThat(StoreUri.parse(uri.toString())).isEqualTo(uri);
    }
}
