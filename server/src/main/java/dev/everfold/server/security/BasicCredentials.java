package dev.everfold.server.security;

import dev.everfold.server.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A login name and a password as they came.
///
/// @param login 1..256 characters, whichever
/// @param password 1..[Secret#BYTES_MAX] bytes
record BasicCredentials(String login, Secret password) {

    private static final int LOGIN_CHARACTERS_MAX = 256;
    private static final String SCHEME = "basic ";

    /// What a header `Authorization` holds, if it is of the scheme Basic and well formed.
    static Optional<BasicCredentials> parse(@Nullable String header) {
        if (header == null || !header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            return Optional.empty();
        }
        try {
            byte[] decoded =
                    Base64.getDecoder().decode(header.substring(SCHEME.length()).strip());
            String both = new String(decoded, StandardCharsets.UTF_8);
            int colon = both.indexOf(':');
            return colon < 0 ? Optional.empty() : of(both.substring(0, colon), both.substring(colon + 1));
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    /// A name and a password, if they can be those of a user.
    static Optional<BasicCredentials> of(String login, String password) {
        if (login.isEmpty() || login.length() > LOGIN_CHARACTERS_MAX || login.indexOf(':') >= 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(new BasicCredentials(login, Secret.of(password)));
        } catch (IllegalArgumentException unfit) {
            return Optional.empty();
        }
    }
}
