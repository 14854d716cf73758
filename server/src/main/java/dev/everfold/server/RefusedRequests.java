package dev.everfold.server;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Answers what Jetty refuses by itself, since it is no request that a route could see: as a problem, like all else.
final class RefusedRequests extends ErrorHandler {

    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        HttpFields.Mutable headers = response.getHeaders();
        ConsoleRoutes.PROTECTION.forEach(headers::put);
        headers.put(HttpHeader.CONTENT_TYPE, Problems.TYPE);
        response.write(
                true, ByteBuffer.wrap(Problems.of(code, HttpStatus.getMessage(code), detail(code, message))), callback);
    }

    private static String detail(int code, @Nullable String message) {
        return switch (code) {
            case HttpStatus.URI_TOO_LONG_414, HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431 ->
                "The request's first line and its headers are too long; expected at most "
                        + HttpConnector.HEADER_BYTES_MAX + " bytes. Select less at once, or send fewer headers.";
            default -> "The request is refused: " + message + "; expected HTTP/1.1 as RFC 9112 has it.";
        };
    }
}
