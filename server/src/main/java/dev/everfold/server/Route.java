package dev.everfold.server;

import dev.everfold.server.security.Permission;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;

/// What one kind of request is answered by.
///
/// @param method GET or POST
/// @param path without parameters
/// @param permission what it needs where the server has users
record Route(HandlerType method, String path, Permission permission, Handler handler) {

    static Route get(String path, Permission permission, Handler handler) {
        return new Route(HandlerType.GET, path, permission, handler);
    }

    static Route post(String path, Permission permission, Handler handler) {
        return new Route(HandlerType.POST, path, permission, handler);
    }
}
