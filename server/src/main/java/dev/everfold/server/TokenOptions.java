package dev.everfold.server;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/// Whose tokens let somebody in, and what they say of him; immutable.
///
/// @param issuer of the tokens, as they name it (`iss`), to the letter
/// @param audience that tokens are made for this server (`aud`)
/// @param keys where those are found that the tokens are signed with
/// @param userClaim of a token, which says the user's name
/// @param groupsClaim of a token, which says the user's groups, as a list
/// @param adminGroup whose members are `$admins` here; without it, no token makes an administrator
/// @param operatorGroup whose members are `$ops` here; without it, no token makes an operator
public record TokenOptions(
        URI issuer,
        String audience,
        Keys keys,
        String userClaim,
        String groupsClaim,
        Optional<String> adminGroup,
        Optional<String> operatorGroup) {

    /// Which says the user's name, unless it is told otherwise.
    public static final String USER_CLAIM = "sub";

    /// Which says the user's groups, unless it is told otherwise.
    public static final String GROUPS_CLAIM = "groups";

    private static final Pattern URL = Pattern.compile("https?://.*");
    private static final Pattern THIS_MACHINE = Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]");

    /// Where the keys of a provider are.
    public sealed interface Keys {

        /// Where the provider's own description says, at `/.well-known/openid-configuration` below the issuer.
        record Discovered() implements Keys {}

        /// At a URL, as a JSON Web Key Set.
        record At(URI url) implements Keys {}

        /// In a file, as a JSON Web Key Set.
        record In(Path file) implements Keys {}

        /// At a URL, or else in a file.
        ///
        /// @throws IllegalArgumentException when it is no name of either
        static Keys parse(String text) {
            return URL.matcher(text).matches() ? new At(URI.create(text)) : new In(Path.of(text));
        }
    }

    /// The keys as the issuer says, the user of `sub`, groups of `groups`, neither administrators nor operators.
    public TokenOptions(URI issuer, String audience) {
        this(issuer, audience, new Keys.Discovered(), USER_CLAIM, GROUPS_CLAIM, Optional.empty(), Optional.empty());
    }

    /// Refuses what would let others in.
    ///
    /// @throws IllegalArgumentException when a name is empty, or others could forge the keys on their way
    public TokenOptions {
        if (audience.isBlank() || userClaim.isBlank() || groupsClaim.isBlank()) {
            throw new IllegalArgumentException("The audience or the name of a claim is empty; expected one each with"
                    + " --token-audience, --token-user-claim and --token-groups-claim.");
        }
        if (!issuer.isAbsolute()) {
            throw new IllegalArgumentException(
                    "The issuer \"" + issuer + "\" is no URL; expected what its tokens name as iss.");
        }
        switch (keys) {
            case Keys.Discovered() -> requireSafe(issuer);
            case Keys.At(URI url) -> requireSafe(url);
            case Keys.In(Path _) -> {}
        }
    }

    /// Refuses a URL of keys that others could give in its place.
    ///
    /// @throws IllegalArgumentException when others could change on its way what is fetched there
    public static void requireSafe(URI url) {
        boolean isHere = "http".equals(url.getScheme())
                && url.getHost() != null
                && THIS_MACHINE.matcher(url.getHost()).matches();
        if (!isHere && !("https".equals(url.getScheme()) && url.getHost() != null)) {
            throw new IllegalArgumentException("Keys of tokens are not fetched from \"" + url
                    + "\", since others could change them on their way; expected a URL with https, or of this"
                    + " machine.");
        }
    }

    /// The same options with keys from elsewhere.
    public TokenOptions withKeys(Keys other) {
        return new TokenOptions(issuer, audience, other, userClaim, groupsClaim, adminGroup, operatorGroup);
    }

    /// The same options with the user's name in another claim.
    public TokenOptions withUserClaim(String name) {
        return new TokenOptions(issuer, audience, keys, name, groupsClaim, adminGroup, operatorGroup);
    }

    /// The same options with the user's groups in another claim.
    public TokenOptions withGroupsClaim(String name) {
        return new TokenOptions(issuer, audience, keys, userClaim, name, adminGroup, operatorGroup);
    }

    /// The same options with a group of administrators.
    public TokenOptions withAdminGroup(String name) {
        return new TokenOptions(issuer, audience, keys, userClaim, groupsClaim, Optional.of(name), operatorGroup);
    }

    /// The same options with a group of operators.
    public TokenOptions withOperatorGroup(String name) {
        return new TokenOptions(issuer, audience, keys, userClaim, groupsClaim, adminGroup, Optional.of(name));
    }
}
