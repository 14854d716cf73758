package dev.everfold.server.security;

import java.util.Map;
import java.util.Optional;

/// What each method of gRPC needs. A method that is not here is denied to everybody.
public final class GrpcPermissions {

    private static final String EVERFOLD = "everfold.v1.EventStore/";
    private static final String KURRENT = "event_store.client.";
    private static final String PERSISTENT = KURRENT + "persistent_subscriptions.PersistentSubscriptions/";
    private static final String USERS = KURRENT + "users.Users/";
    private static final String V2_STREAMS = "kurrentdb.protocol.v2.streams.StreamsService/";

    /// Of single methods.
    private static final Map<String, Permission> METHODS = Map.ofEntries(
            Map.entry(EVERFOLD + "Describe", Permission.USER),
            Map.entry(EVERFOLD + "Append", Permission.APPEND),
            Map.entry(EVERFOLD + "AppendMany", Permission.APPEND),
            Map.entry(EVERFOLD + "Read", Permission.READ),
            Map.entry(EVERFOLD + "Await", Permission.LOG),
            Map.entry(EVERFOLD + "TrackedPosition", Permission.LOG),
            Map.entry(EVERFOLD + "Stats", Permission.OBSERVE),
            Map.entry(KURRENT + "server_features.ServerFeatures/GetSupportedMethods", Permission.OPEN),
            Map.entry(KURRENT + "gossip.Gossip/Read", Permission.OPEN),
            Map.entry(KURRENT + "streams.Streams/Read", Permission.USER),
            Map.entry(KURRENT + "streams.Streams/Append", Permission.USER),
            Map.entry(KURRENT + "streams.Streams/Delete", Permission.USER),
            Map.entry(KURRENT + "streams.Streams/Tombstone", Permission.USER),
            Map.entry(KURRENT + "streams.Streams/BatchAppend", Permission.USER),
            Map.entry(V2_STREAMS + "AppendSession", Permission.USER),
            Map.entry(V2_STREAMS + "AppendRecords", Permission.USER),
            Map.entry(PERSISTENT + "Create", Permission.OPERATE),
            Map.entry(PERSISTENT + "Update", Permission.OPERATE),
            Map.entry(PERSISTENT + "Delete", Permission.OPERATE),
            Map.entry(PERSISTENT + "Read", Permission.USER),
            Map.entry(PERSISTENT + "GetInfo", Permission.USER),
            Map.entry(PERSISTENT + "List", Permission.USER),
            Map.entry(PERSISTENT + "ReplayParked", Permission.OPERATE),
            Map.entry(PERSISTENT + "TruncateParked", Permission.OPERATE),
            Map.entry(PERSISTENT + "RestartSubsystem", Permission.OPERATE),
            Map.entry(USERS + "Create", Permission.ADMIN),
            Map.entry(USERS + "Update", Permission.ADMIN),
            Map.entry(USERS + "Delete", Permission.ADMIN),
            Map.entry(USERS + "Disable", Permission.ADMIN),
            Map.entry(USERS + "Enable", Permission.ADMIN),
            Map.entry(USERS + "ResetPassword", Permission.ADMIN),
            Map.entry(USERS + "Details", Permission.USER),
            Map.entry(USERS + "ChangePassword", Permission.USER));

    /// Of all methods of a service.
    private static final Map<String, Permission> SERVICES = Map.of(
            KURRENT + "operations.Operations", Permission.OPERATE,
            KURRENT + "monitoring.Monitoring", Permission.OPERATE,
            KURRENT + "projections.Projections", Permission.OPERATE);

    private GrpcPermissions() {}

    /// What a method needs, if it is known.
    ///
    /// @param method service and method, for example `everfold.v1.EventStore/Read`
    public static Optional<Permission> of(String method) {
        Permission ofMethod = METHODS.get(method);
        return ofMethod != null
                ? Optional.of(ofMethod)
                : Optional.ofNullable(SERVICES.get(method.substring(0, Math.max(0, method.indexOf('/')))));
    }
}
