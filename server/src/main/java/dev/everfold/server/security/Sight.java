package dev.everfold.server.security;

import dev.everfold.kurrent.Caller;
import dev.everfold.kurrent.StreamRights;
import org.jspecify.annotations.Nullable;

/// What one who comes by `everfold.v1` or by HTTP sees of the log; immutable. Equal for all who see the same.
///
/// @param isWhole whether nothing is hidden, not even the system's streams
/// @param rights what the policy leaves
public record Sight(boolean isWhole, StreamRights rights) {

    /// Of administrators, and where the server has no users.
    public static final Sight WHOLE = new Sight(true, StreamRights.ALL);

    static Sight of(@Nullable Caller caller, Policy policy) {
        return caller == null || caller.isAdmin() ? WHOLE : new Sight(false, policy.of(caller));
    }

    /// Whether events of the stream, and its name, are seen.
    boolean shows(String stream) {
        return isWhole || (!StreamGuard.isSystem(stream) && rights.mayRead(stream));
    }
}
