package dev.everfold.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.subscription.Checkpoint;
import dev.everfold.eventsourcing.subscription.Claim;
import dev.everfold.eventsourcing.subscription.ClaimLostException;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventsourcing.subscription.Step;
import dev.everfold.eventsourcing.testing.FixedClock;
import dev.everfold.eventsourcing.testing.FixedIds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
@ParameterizedClass
@EnumSource
class JdbcCheckpointStoreTest {

    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofMillis(1);

    @TempDir
    Path folder;

    private final TestDatabase kind;
    private DataSource database;
    private JdbcCheckpointStore store;

    JdbcCheckpointStoreTest(TestDatabase kind) {
        this.kind = kind;
    }

    @BeforeEach
    void connect() throws Exception {
        database = kind.emptyDatabase(folder);
        store = JdbcCheckpointStore.on(database);
    }

    private static Checkpoint at(long position) {
        return new Checkpoint(FixedIds.id(1), position);
    }

    private Claim claim(String owner, Duration lease) {
        AtomicReference<Optional<Claim>> claim = new AtomicReference<>(Optional.empty());
        Accounts.await(() -> {
            claim.set(store.claim("mails", owner, lease));
            return claim.get().isPresent();
        });
        return claim.get().orElseThrow();
    }

    @Test
    void the_next_claim_goes_on_where_the_last_one_was() {
        ParkedEvent parked = new ParkedEvent("alice", 3, Optional.of("no\0 text"), 5, FixedClock.NOON);
        ParkedEvent waiting = new ParkedEvent("alice", 4, Optional.empty(), 0, FixedClock.NOON);
        try (Claim claim = claim("a", LONG)) {
            assertThat(claim.checkpoint()).isEmpty();
            claim.commit(new Step(List.of(), at(5), List.of(parked, waiting), List.of()));
        }

        try (Claim claim = claim("b", LONG)) {
            assertThat(claim.checkpoint()).contains(at(5));
            assertThat(claim.parked())
                    .containsExactly(new ParkedEvent("alice", 3, Optional.of("no  text"), 5, FixedClock.NOON), waiting);
            claim.commit(new Step(List.of(), at(5), List.of(), List.of(3L)));
        }

        try (Claim claim = claim("c", LONG)) {
            assertThat(claim.parked()).containsExactly(waiting);
        }
    }

    @Test
    void keys_of_parked_events_are_found_again_whatever_is_in_them() {
        List<String> keys = List.of("no\0 text", "half \uD83D of a pair", "\u001B0000", "\uD83D\uDE00 pair");
        try (Claim claim = claim("a", LONG)) {
            for (String key : keys) {
                long position = keys.indexOf(key);
                ParkedEvent parked = new ParkedEvent(key, position, Optional.empty(), 0, FixedClock.NOON);
                claim.commit(new Step(List.of(), at(position + 1), List.of(parked), List.of()));
            }
        }

        try (Claim claim = claim("b", LONG)) {
            assertThat(claim.parked()).extracting(ParkedEvent::key).isEqualTo(keys);
        }
    }

    @Test
    void while_a_claim_is_in_force_there_is_no_other_one() {
        try (Claim claim = claim("a", LONG)) {
            assertThat(store.claim("mails", "b", LONG)).isEmpty();
            assertThat(store.claim("letters", "b", LONG)).isPresent();
            claim.commit(Step.to(at(1)));
        }
    }

    @Test
    void who_has_slept_for_too_long_is_refused_and_changes_nothing() {
        Claim sleeper = claim("a", SHORT);
        sleeper.commit(Step.to(at(1)));

        try (Claim claim = claim("b", LONG)) {
            assertThatThrownBy(() -> sleeper.commit(Step.to(at(9))))
                    .isInstanceOf(ClaimLostException.class)
                    .hasMessage("Consumer \"mails\" does not go on here: \"b\" has claimed it. Nothing of this step"
                            + " was changed; whoever runs it now does the step itself.");
            sleeper.close();

            claim.commit(Step.to(at(2)));
        }
        assertThat(claim("c", LONG).checkpoint()).contains(at(2));
    }

    @Test
    void a_checkpoint_that_was_changed_by_hand_is_refused() throws Exception {
        try (Claim claim = claim("a", LONG)) {
            claim.commit(Step.to(at(1)));
        }
        TestDatabase.run(database, "update everfold_checkpoints set position = 7");

        assertThatThrownBy(() -> store.claim("mails", "b", LONG))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The checkpoint of consumer \"mails\" in table \"everfold_checkpoints\" is not as it was"
                        + " written. Delete its row, and it begins again where it did at first.");
    }

    @Test
    void a_table_that_was_deleted_is_made_anew() throws Exception {
        Claim claim = claim("a", LONG);
        claim.commit(Step.to(at(1)));
        TestDatabase.run(database, "drop table everfold_checkpoints");
        TestDatabase.run(database, "drop table everfold_checkpoints_parked");

        assertThatThrownBy(() -> claim.commit(Step.to(at(2)))).isInstanceOf(RuntimeException.class);
        claim.close();

        assertThat(claim("b", LONG).checkpoint()).isEmpty();
    }
}
