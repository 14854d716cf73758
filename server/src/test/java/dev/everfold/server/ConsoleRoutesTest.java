package dev.everfold.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The console's files, and what a browser is told about every answer.
@Timeout(30)
class ConsoleRoutesTest {

    private final ServedByHttp served = new ServedByHttp();

    @AfterEach
    void close() {
        served.close();
    }

    @Test
    void the_page_and_its_files_are_served_with_a_tag_and_asked_for_again_only_when_they_changed() throws Exception {
        HttpResponse<String> page = served.get("/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html;charset=utf-8");
        assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-cache");
        assertThat(page.body()).contains("<script type=\"module\" src=\"console/app.js\">");

        String tag = page.headers().firstValue("ETag").orElseThrow();
        HttpResponse<String> again = served.send(served.request("/").header("If-None-Match", tag));
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        for (String file :
                List.of("app.js", "lit-html.js", "uPlot.esm.js", "uPlot.min.css", "console.css", "icon.svg")) {
            assertThat(served.get("/console/" + file).statusCode()).as(file).isEqualTo(200);
        }
    }

    @Test
    void every_answer_tells_the_browser_to_run_nothing_but_files_of_ours() throws Exception {
        for (String path : List.of("/", "/console/app.js", "/stats", "/events", "/nowhere")) {
            HttpResponse<String> answer = served.get(path);
            assertThat(answer.headers().firstValue("Content-Security-Policy"))
                    .as(path)
                    .hasValue("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
                            + " img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'");
            assertThat(answer.headers().firstValue("X-Content-Type-Options"))
                    .as(path)
                    .hasValue("nosniff");
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                    .as(path)
                    .isEmpty();
        }
    }

    @Test
    void nothing_but_the_console_s_own_files_is_served() throws Exception {
        for (String file : List.of(
                "index.html", "nothing.js", "..%2fopenapi.json", "%2e%2e/openapi.json", "App.class", ".js", "a/b.js")) {
            assertThat(served.get("/console/" + file).statusCode()).as(file).isIn(400, 404);
        }
    }

    @Test
    void no_file_of_ours_has_script_or_style_or_addresses_that_the_policy_forbids() throws Exception {
        Path folder = Path.of("src/main/resources/dev/everfold/server/console");
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String text = Files.readString(file);
                assertThat(text)
                        .as(file.toString())
                        .doesNotContain("unsafeHTML", "innerHTML", "eval(", "style=", " onclick=", "https://")
                        .doesNotContainPattern("http://(?!www\\.w3\\.org/2000/svg)");
            }
        }
    }
}
