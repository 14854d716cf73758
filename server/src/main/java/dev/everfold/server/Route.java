package dev.everfold.server;

import io.javalin.http.Handler;
import io.javalin.http.HandlerType;

/// What one kind of request is answered by.
///
/// @param method GET or POST
/// @param path without parameters
record Route(HandlerType method, String path, Handler handler) {

    static Route get(String path, Handler handler) {
        return new Route(HandlerType.GET, path, handler);
    }

    static Route post(String path, Handler handler) {
        return new Route(HandlerType.POST, path, handler);
    }
}
