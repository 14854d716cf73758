package dev.everfold.server;

import dev.everfold.kurrent.Caller;
import dev.everfold.server.security.Permission;
import dev.everfold.server.security.Policies;
import dev.everfold.server.security.Policy;
import io.javalin.http.Context;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The policy by HTTP, for administrators: as a whole, and by the revision of the one that it replaces.
final class PolicyRoutes {

    private final Optional<Policies> policies;

    /// @param policies empty where the server has no users
    PolicyRoutes(Optional<Policies> policies) {
        this.policies = policies;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/policies", Permission.ADMIN, this::show),
                Route.post("/policies", Permission.ADMIN, this::set));
    }

    private void show(Context context) {
        Selection.require(context);
        Json.answer(context, policies().latest().toMembers());
    }

    private void set(Context context) {
        JsonBody body = JsonBody.of(context, "revision", "rules");
        JsonNode revision = body.fields().path("revision");
        if (!revision.isIntegralNumber() || !revision.canConvertToLong()) {
            throw new IllegalArgumentException(
                    "The body has no number \"revision\"; expected that of the policy, or -1 where there is none.");
        }
        Policy set = policies()
                .set(
                        Policy.parse(body.fields().path("rules")),
                        revision.longValue(),
                        Objects.requireNonNull(Caller.KEY.get()));
        Json.answer(context, Map.of("revision", set.revision()));
    }

    private Policies policies() {
        return policies.orElseThrow(() ->
                new IllegalArgumentException("The server has no users, and lets everybody in. Start it with --users."));
    }
}
