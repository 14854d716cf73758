package dev.everfold.grpc;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// A user and the password, which no text of this shows; immutable.
public final class Credentials {

    private final String user;
    private final String header;

    private Credentials(String user, String header) {
        this.user = user;
        this.header = header;
    }

    /// Of a user.
    ///
    /// @param user login name, without `:`
    /// @throws IllegalArgumentException when the name is empty or holds a colon, which nothing can carry
    public static Credentials of(String user, char[] password) {
        if (user.isEmpty() || user.indexOf(':') >= 0) {
            throw new IllegalArgumentException("\"" + user + "\" is not a user; expected a name without a colon.");
        }
        String both = user + ":" + String.valueOf(password);
        return new Credentials(
                user, "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8)));
    }

    /// The login name.
    public String user() {
        return user;
    }

    /// As the header `authorization` carries them.
    String header() {
        return header;
    }

    /// The user, and `***`.
    @Override
    public String toString() {
        return user + ":***";
    }
}
