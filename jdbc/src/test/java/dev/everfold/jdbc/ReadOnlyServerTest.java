package dev.everfold.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.subscription.Checkpoint;
import dev.everfold.eventsourcing.subscription.Claim;
import dev.everfold.eventsourcing.subscription.Step;
import dev.everfold.eventsourcing.testing.FixedIds;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// While the servers of a cluster change their parts, connections lead to one that takes no changes.
@Timeout(120)
class ReadOnlyServerTest {

    @TempDir
    Path folder;

    @Test
    void a_server_that_is_read_only_for_a_while_is_no_events_fault() throws Exception {
        AtomicBoolean readOnly = new AtomicBoolean();
        DataSource database = TestDatabase.POSTGRESQL_18.emptyDatabase(folder);
        DataSource cluster = FaultyDataSource.proxy(DataSource.class, (_, method, arguments) -> {
            Object result = FaultyDataSource.invoke(database, method, arguments);
            if (result instanceof Connection connection) {
                connection.setReadOnly(readOnly.get());
            }
            return result;
        });
        Step step = Step.to(new Checkpoint(FixedIds.id(1), 7));
        JdbcCheckpointStore store = JdbcCheckpointStore.on(cluster);
        Claim claim = store.claim("mails", "a", Duration.ofMinutes(10)).orElseThrow();

        readOnly.set(true);
        assertThatThrownBy(() -> claim.commit(step))
                .isInstanceOfSatisfying(
                        DatabaseFailedException.class,
                        failed -> assertThat(claim.isTransient(failed)).isTrue())
                .hasMessage("A step of consumer \"mails\" failed: ERROR: cannot execute UPDATE in a read-only"
                        + " transaction. Nothing was changed; try again later.");
        readOnly.set(false);
        claim.commit(step);
        claim.close();

        assertThat(store.claim("mails", "b", Duration.ofMinutes(10))
                        .orElseThrow()
                        .checkpoint())
                .contains(step.after());
    }
}
