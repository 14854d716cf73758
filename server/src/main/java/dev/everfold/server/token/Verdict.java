package dev.everfold.server.token;

import java.time.Instant;
import java.util.Set;

/// What a token is worth.
public sealed interface Verdict {

    /// The provider says that it is this user.
    ///
    /// @param user as the claim says, which may be any text
    /// @param until when the token counts no more
    record Good(String user, Set<String> groups, Instant until) implements Verdict {

        /// Copies the groups.
        public Good {
            groups = Set.copyOf(groups);
        }
    }

    /// Nothing.
    ///
    /// @param why in a sentence, which holds nothing of the token
    record Bad(String why) implements Verdict {}

    /// Nobody can tell now.
    ///
    /// @param why in a sentence, which holds nothing of the token
    record Unsure(String why) implements Verdict {}
}
