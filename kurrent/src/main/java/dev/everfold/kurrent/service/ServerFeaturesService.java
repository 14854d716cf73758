package dev.everfold.kurrent.service;

import dev.everfold.kurrent.stream.FirstUsers;
import dev.everfold.protocol.kurrent.ServerFeaturesGrpc;
import dev.everfold.protocol.kurrent.ServerFeaturesWire;
import dev.everfold.protocol.kurrent.Shared;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/// `event_store.client.server_features.ServerFeatures`: what a client may call here, made from what is registered.
public final class ServerFeaturesService extends ServerFeaturesGrpc.ServerFeaturesImplBase {

    /// The version of KurrentDB whose protocol this is; clients choose by it what they use.
    static final String VERSION = "26.1.0";

    private static final Map<String, List<String>> FEATURES = Map.of(
            "streams/read", List.of("position", "events"),
            "streams/batchappend", List.of("deadline_duration"),
            "persistentsubscriptions/create", List.of("stream", "all"),
            "persistentsubscriptions/update", List.of("stream", "all"),
            "persistentsubscriptions/delete", List.of("stream", "all"),
            "persistentsubscriptions/read", List.of("stream", "all"),
            "persistentsubscriptions/getinfo", List.of("stream", "all"),
            "persistentsubscriptions/replayparked", List.of("stream", "all"),
            "persistentsubscriptions/list", List.of("stream", "all"));

    private final FirstUsers firstUsers;
    private final Supplier<List<ServerServiceDefinition>> services;

    /// The service.
    ///
    /// @param firstUsers what every client finds, since it calls this first
    /// @param services all that is registered, this service among them
    public ServerFeaturesService(FirstUsers firstUsers, Supplier<List<ServerServiceDefinition>> services) {
        this.firstUsers = firstUsers;
        this.services = services;
    }

    @Override
    public void getSupportedMethods(Shared.Empty request, StreamObserver<ServerFeaturesWire.SupportedMethods> client) {
        firstUsers.ensure();
        ServerFeaturesWire.SupportedMethods.Builder answer =
                ServerFeaturesWire.SupportedMethods.newBuilder().setEventStoreServerVersion(VERSION);
        for (ServerServiceDefinition service : services.get()) {
            service.getMethods()
                    .forEach(method -> answer.addMethods(
                            method(String.valueOf(method.getMethodDescriptor().getFullMethodName()))));
        }
        client.onNext(answer.build());
        client.onCompleted();
    }

    private static ServerFeaturesWire.SupportedMethod method(String fullName) {
        String name = fullName.toLowerCase(Locale.ROOT);
        int slash = name.lastIndexOf('/');
        String shortName = name.substring(name.lastIndexOf('.', slash) + 1);
        return ServerFeaturesWire.SupportedMethod.newBuilder()
                .setServiceName(name.substring(0, slash))
                .setMethodName(name.substring(slash + 1))
                .addAllFeatures(FEATURES.getOrDefault(shortName, List.of()))
                .build();
    }
}
