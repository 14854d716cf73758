package dev.everfold.cli;

import dev.everfold.server.TokenOptions;
import dev.everfold.server.TokenOptions.Keys;
import java.net.URI;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Options of `serve` about tokens of an OpenID provider.
final class TokenArguments {

    @Option(
            names = "--token-issuer",
            paramLabel = "URL",
            description = "Let in who has a token (JWT) of this OpenID provider; as its tokens name it in iss.")
    @Nullable
    URI issuer;

    @Option(names = "--token-audience", paramLabel = "NAME", description = "Which has to be in aud of such a token.")
    @Nullable
    String audience;

    @Option(
            names = "--token-keys",
            paramLabel = "URL|FILE",
            description = "The provider's keys (JWKS). Default: where the issuer says that they are.")
    @Nullable
    String keys;

    @Option(names = "--token-user-claim", paramLabel = "CLAIM", description = "Has the user's name. Default: sub.")
    @Nullable
    String userClaim;

    @Option(
            names = "--token-groups-claim",
            paramLabel = "CLAIM",
            description = "Has the list of the user's groups. Default: groups.")
    @Nullable
    String groupsClaim;

    @Option(
            names = "--token-admin-group",
            paramLabel = "GROUP",
            description = "Of the provider, whose members are $$admins. Default: nobody is by a token.")
    @Nullable
    String adminGroup;

    @Option(
            names = "--token-ops-group",
            paramLabel = "GROUP",
            description = "Of the provider, whose members are $$ops. Default: nobody is by a token.")
    @Nullable
    String operatorGroup;

    /// What these say; empty when they say nothing.
    ///
    /// @throws CommandException when issuer or audience is missing
    /// @throws IllegalArgumentException when they do not fit together
    Optional<TokenOptions> options() {
        URI of = issuer;
        String madeFor = audience;
        boolean isOther = Stream.of(keys, userClaim, groupsClaim, adminGroup, operatorGroup)
                .anyMatch(given -> given != null);
        if (of == null && madeFor == null && !isOther) {
            return Optional.empty();
        }
        if (of == null || madeFor == null) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "Tokens are taken of one issuer, and for one audience; expected --token-issuer with"
                            + " --token-audience.");
        }
        return Optional.of(new TokenOptions(
                of,
                madeFor,
                keys == null ? new Keys.Discovered() : Keys.parse(keys),
                userClaim == null ? TokenOptions.USER_CLAIM : userClaim,
                groupsClaim == null ? TokenOptions.GROUPS_CLAIM : groupsClaim,
                Optional.ofNullable(adminGroup),
                Optional.ofNullable(operatorGroup)));
    }
}
