package dev.everfold.server;

import dev.everfold.cloudevents.CloudEventException;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendIdReusedException;
import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.LimitExceededException;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.PositionAheadException;
import dev.everfold.eventstore.StorageFullException;
import dev.everfold.server.security.AccessDeniedException;
import dev.everfold.server.security.PolicyConflictException;
import dev.everfold.server.security.UserException;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;

/// Errors as RFC 9457 has them: `status`, `title`, `detail`; of the store's also `stored` and `retryable`.
final class Problems {

    /// Attribute of a request: what is said with 404.
    static final String NOT_FOUND_DETAIL = "detail of what is not there";

    private static final System.Logger LOGGER = System.getLogger(Problems.class.getName());

    /// Content type of a problem.
    static final String TYPE = "application/problem+json";

    private Problems() {}

    /// Answers what handlers throw.
    static void register(RoutesConfig routes) {
        routes.exception(EventStoreException.class, (refusal, context) -> answer(context, refusal));
        routes.exception(
                CloudEventException.class,
                (malformed, context) ->
                        answer(context, HttpStatus.BAD_REQUEST, String.valueOf(malformed.getMessage())));
        routes.exception(
                IllegalArgumentException.class,
                (wrong, context) -> answer(context, HttpStatus.BAD_REQUEST, String.valueOf(wrong.getMessage())));
        routes.exception(UserException.class, (refused, context) -> {
            context.attribute(NOT_FOUND_DETAIL, refused.getMessage());
            answer(context, status(refused), String.valueOf(refused.getMessage()));
        });
        routes.exception(
                PolicyConflictException.class,
                (conflict, context) -> answer(context, HttpStatus.CONFLICT, String.valueOf(conflict.getMessage())));
        routes.exception(
                HttpResponseException.class,
                (refusal, context) -> answer(
                        context, HttpStatus.forStatus(refusal.getStatus()), String.valueOf(refusal.getMessage())));
        // The message outlives the general one for what is not there; see HttpDoor.
        routes.exception(NothingThereException.class, (missing, context) -> {
            context.attribute(NOT_FOUND_DETAIL, missing.getMessage());
            context.status(HttpStatus.NOT_FOUND);
        });
        // Whoever asked is gone.
        routes.exception(IOException.class, (gone, context) -> breakOff(context, gone));
        routes.exception(Exception.class, (defect, context) -> {
            LOGGER.log(Level.ERROR, "a request failed for a reason that nobody expects", defect);
            answer(context, HttpStatus.INTERNAL_SERVER_ERROR, "The server failed; its log says more.");
        });
    }

    static void answer(Context context, HttpStatus status, String detail) {
        answer(context, status, detail, Map.of());
    }

    private static void answer(Context context, EventStoreException refusal) {
        String stored = refusal.stored().name().toLowerCase(Locale.ROOT);
        answer(
                context,
                status(refusal),
                refusal.getMessage(),
                Map.of("stored", stored, "retryable", refusal.retryable()));
    }

    /// Ends an answer so that its reader sees that it is not whole. One that is aborted instead looks to Javalin
    /// like an asynchronous one, and it logs that it fails to complete that.
    private static void breakOff(Context context, Exception because) {
        ServletContextRequest.getServletContextRequest(context.req())
                .getConnectionMetaData()
                .getConnection()
                .getEndPoint()
                .close(because);
    }

    private static void answer(Context context, HttpStatus status, String detail, Map<String, Object> more) {
        if (context.res().isCommitted()) {
            breakOff(context, new IOException(detail));
            return;
        }
        // What is written of another answer goes nowhere.
        context.res().resetBuffer();
        Map<String, Object> problem = members(status.getCode(), status.getMessage(), detail);
        more.keySet().stream().sorted().forEach(name -> problem.put(name, more.get(name)));
        context.status(status).contentType(TYPE).result(Json.bytes(problem));
    }

    /// The bytes of a problem that no route has.
    static byte[] of(int status, String title, String detail) {
        return Json.bytes(members(status, title, detail));
    }

    private static Map<String, Object> members(int status, String title, String detail) {
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("status", status);
        problem.put("title", title);
        problem.put("detail", detail);
        return problem;
    }

    private static HttpStatus status(UserException refused) {
        return switch (refused.reason()) {
            case NOT_FOUND -> HttpStatus.NOT_FOUND;
            case CONFLICT -> HttpStatus.CONFLICT;
            case WRONG_PASSWORD -> HttpStatus.FORBIDDEN;
        };
    }

    private static HttpStatus status(EventStoreException refusal) {
        return switch (refusal) {
            case AppendConflictException _, AppendIdReusedException _ -> HttpStatus.CONFLICT;
            case PositionAheadException _ -> HttpStatus.RANGE_NOT_SATISFIABLE;
            case LimitExceededException _ -> HttpStatus.CONTENT_TOO_LARGE;
            case AccessDeniedException _ -> HttpStatus.FORBIDDEN;
            case StorageFullException _ -> HttpStatus.INSUFFICIENT_STORAGE;
            case OutcomeUnknownException _, CorruptStoreException _ -> HttpStatus.INTERNAL_SERVER_ERROR;
            default -> HttpStatus.SERVICE_UNAVAILABLE;
        };
    }
}
