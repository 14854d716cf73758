package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What applications report of their consumers.
@Timeout(30)
class ConsumerRoutesTest {

    private static final String JSON = "application/json";

    private final ServedByHttp served = new ServedByHttp();

    @AfterEach
    void close() {
        served.close();
    }

    @Test
    void the_last_report_of_each_name_is_kept_with_its_lag() throws Exception {
        ConsoleData.appendOrder(served.store);
        served.post("/consumers", JSON, "{\"name\":\"b\",\"kind\":\"reaction\",\"position\":9}");
        served.post("/consumers", JSON, "{\"name\":\"a\",\"position\":1}");
        served.post("/consumers", JSON, "{\"name\":\"a\",\"position\":4,\"status\":\"stopped\",\"detail\":\"why\"}");

        assertThat(served.get("/consumers").body())
                .startsWith("{\"nextPosition\":9,\"consumers\":[{\"name\":\"a\",\"kind\":\"projection\",\"position\":4,"
                        + "\"lag\":5,\"status\":\"stopped\",\"detail\":\"why\",\"secondsAgo\":")
                .contains("{\"name\":\"b\",\"kind\":\"reaction\",\"position\":9,\"lag\":0,\"status\":\"running\"");
    }

    @Test
    void what_is_no_report_is_refused() throws Exception {
        ServedByHttp.assertProblem(400, "The name of the consumer is missing", report("{\"position\":1}"));
        ServedByHttp.assertProblem(400, "The position of the consumer", report("{\"name\":\"a\",\"position\":-1}"));
        ServedByHttp.assertProblem(400, "The kind \\\"x\\\"", report("{\"name\":\"a\",\"kind\":\"x\",\"position\":1}"));
        ServedByHttp.assertProblem(400, "Unknown member \\\"lag\\\"", report("{\"name\":\"a\",\"lag\":1}"));
        ServedByHttp.assertProblem(400, "is not an object", report("[]"));
        ServedByHttp.assertProblem(400, "is not JSON", report("{"));
        ServedByHttp.assertProblem(400, "of at most 500 characters", report("{\"name\":\"" + "x".repeat(501) + "\"}"));
    }

    private java.net.http.HttpResponse<String> report(String body) throws Exception {
        return served.post("/consumers", JSON, body);
    }
}
