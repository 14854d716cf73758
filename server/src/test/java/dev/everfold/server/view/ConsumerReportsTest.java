package dev.everfold.server.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.server.view.ConsumerReports.Report;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// How long reports are kept, and of how many.
class ConsumerReportsTest {

    private Instant now = Instant.parse("2026-03-01T00:00:00Z");
    private final ConsumerReports reports = new ConsumerReports(() -> now);

    @Test
    void a_report_that_was_not_repeated_is_forgotten() {
        reports.keep(report("silent"));
        now = now.plus(Duration.ofMinutes(6));
        reports.keep(report("speaking"));
        assertThat(reports.list(9))
                .extracting(members -> members.get("secondsAgo"))
                .containsExactly(360L, 0L);

        now = now.plus(Duration.ofMinutes(5));

        assertThat(reports.list(9)).extracting(members -> members.get("name")).containsExactly("speaking");
    }

    @Test
    void reports_of_too_many_names_are_refused_and_those_that_are_kept_can_go_on() {
        for (int i = 0; i < ConsumerReports.CONSUMERS_MAX; i++) {
            reports.keep(report("consumer-" + i));
        }

        assertThatThrownBy(() -> reports.keep(report("one-more")))
                .hasMessage("There are reports of 1000 consumers, which is the most that are kept."
                        + " Report under fewer names.");
        reports.keep(report("consumer-7"));
        assertThat(reports.list(9)).hasSize(1_000);
    }

    private static Report report(String name) {
        return new Report(name, "projection", 4, "running", "");
    }
}
