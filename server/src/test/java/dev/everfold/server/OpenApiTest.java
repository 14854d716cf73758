package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.server.security.HttpGuard;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The document says what the routes do.
class OpenApiTest {

    private final JsonNode document = new JsonMapper().readTree(HttpDoor.openApi());

    @Test
    void each_route_is_in_the_document_and_nothing_else_is() {
        Set<String> documented = new TreeSet<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(method ->
                                documented.add(method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey())));
        Set<String> answered = new TreeSet<>();
        HttpDoor.routes(TestServed.empty(), new HttpGuard(Optional.empty()))
                .forEach(route -> answered.add(route.method() + " " + route.path()));

        assertThat(documented).isEqualTo(answered);
    }

    @Test
    void the_parameters_of_a_selection_are_those_that_are_understood() {
        Map.of(
                        "get /events", Selection.NAMES,
                        "get /events/live", Selection.LIVE_NAMES,
                        "post /events", Selection.CONDITION_NAMES)
                .forEach((operation, names) -> {
                    String[] methodAndPath = operation.split(" ", 2);
                    Set<String> documented = new TreeSet<>();
                    for (JsonNode parameter : document.path("paths")
                            .path(methodAndPath[1])
                            .path(methodAndPath[0])
                            .path("parameters")) {
                        if (parameter.path("in").stringValue().equals("query")) {
                            documented.add(parameter.path("name").stringValue());
                        }
                    }
                    assertThat(documented).as(operation).isEqualTo(names);
                });
    }

    @Test
    void each_operation_has_a_name_of_its_own_a_summary_and_answers() {
        Set<String> names = new TreeSet<>();
        document.path("paths")
                .forEach(path -> path.forEach(operation -> {
                    assertThat(names.add(operation.path("operationId").stringValue()))
                            .isTrue();
                    assertThat(operation.path("summary").stringValue()).isNotEmpty();
                    assertThat(operation.path("responses").path("200").isObject())
                            .isTrue();
                }));
    }
}
