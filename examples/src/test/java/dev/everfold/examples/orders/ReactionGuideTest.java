package dev.everfold.examples.orders;

import dev.everfold.testkit.DocumentedCode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The guide about reactions: what it shows is that of the shop, whose test runs it.
final class ReactionGuideTest {

    @Test
    void the_guide_shows_code_that_is_compiled() {
        DocumentedCode.of(Path.of("../docs/how-to/react-to-events.md"))
                .assertThatBlocksAreIn(Path.of("src/main/java/dev/everfold/examples/orders/Fulfilment.java"));
    }
}
