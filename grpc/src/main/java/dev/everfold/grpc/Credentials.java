package dev.everfold.grpc;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;

/// A user and the password, or a token, none of which any text of this shows; immutable.
public final class Credentials {

    /// What a header can carry (RFC 6750, 2.1).
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

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

    /// Of a program that has a token: of the server's provider, or one that a user has made.
    ///
    /// @throws IllegalArgumentException when it is none
    public static Credentials ofToken(char[] token) {
        String text = String.valueOf(token);
        if (!TOKEN.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "The token is not one; expected letters, digits and -._~+/ without blanks or line ends.");
        }
        return new Credentials("", "Bearer " + text);
    }

    /// Whether it is a token.
    public boolean isToken() {
        return user.isEmpty();
    }

    /// The login name; empty for a token, which says by itself whose it is.
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
        return isToken() ? "token ***" : user + ":***";
    }
}
