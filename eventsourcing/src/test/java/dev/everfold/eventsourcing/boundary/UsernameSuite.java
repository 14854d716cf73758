package dev.everfold.eventsourcing.boundary;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.reject;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.boundary.UsernameSuite.UserEvent;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A name belongs to one user in the whole log; a name that was given up stays reserved for a while.
abstract class UsernameSuite extends BoundarySuite<UserEvent> {

    private static final Duration RETENTION = Duration.ofDays(3);

    sealed interface UserEvent {
        String user();

        @EventType("user.registered")
        record Registered(String user, String name) implements UserEvent {}

        @EventType("user.renamed")
        record Renamed(String user, String oldName, String newName) implements UserEvent {}

        @EventType("user.closed")
        record Closed(String user, String name) implements UserEvent {}
    }

    /// Whose a name is: somebody's, nobody's since some time, or nobody's ever.
    record Claim(boolean taken, Optional<Instant> releasedAt) {
        static final Claim NEVER = new Claim(false, Optional.empty());
        static final Claim TAKEN = new Claim(true, Optional.empty());

        static Claim released(Instant time) {
            return new Claim(false, Optional.of(time));
        }

        boolean reservedAt(Instant time) {
            return releasedAt
                    .filter(released -> time.isBefore(released.plus(RETENTION)))
                    .isPresent();
        }
    }

    UsernameSuite() {
        super(
                EventCodec.builder(UserEvent.class)
                        .tags(event -> switch (event) {
                            case UserEvent.Registered(var _, var name) -> List.of("username:" + name);
                            case UserEvent.Renamed(var _, var oldName, var newName) ->
                                List.of("username:" + oldName, "username:" + newName);
                            case UserEvent.Closed(var _, var name) -> List.of("username:" + name);
                        })
                        .build(),
                event -> "user-" + event.user());
    }

    private static DecisionModel<Claim> claim(String name) {
        return DecisionModel.of("claim of username " + name, Claim.NEVER)
                .tagged("username:" + name)
                .on(UserEvent.Registered.class, (_, _) -> Claim.TAKEN)
                .on(
                        UserEvent.Renamed.class,
                        (_, renamed, context) ->
                                renamed.newName().equals(name) ? Claim.TAKEN : Claim.released(context.occurred()))
                .on(UserEvent.Closed.class, (_, _, context) -> Claim.released(context.occurred()));
    }

    private Outcome<UserEvent> register(Boundary<UserEvent> boundary, String user, String name) {
        return boundary.decide(claim(name), (known, now) -> {
            if (known.taken()) {
                return reject("username " + name + " is taken");
            }
            return known.reservedAt(now)
                    ? reject("username " + name + " is reserved")
                    : accept(new UserEvent.Registered(user, name));
        });
    }

    @Test
    void a_name_that_nobody_had_is_free() {
        assertAccepted(register(boundary, "u1", "alice"), new UserEvent.Registered("u1", "alice"));
    }

    @Test
    void a_name_that_somebody_has_is_taken() {
        given(new UserEvent.Registered("u1", "alice"));

        assertRejected(register(boundary, "u2", "alice"), "username alice is taken");
    }

    @Test
    void a_name_of_a_closed_account_is_free_in_the_end() {
        given(new UserEvent.Registered("u1", "alice"), new UserEvent.Closed("u1", "alice"));

        assertAccepted(
                register(at(NOON.plus(Duration.ofDays(365))), "u2", "alice"), new UserEvent.Registered("u2", "alice"));
    }

    @Test
    void a_name_that_somebody_changed_to_is_taken() {
        given(new UserEvent.Registered("u1", "alice"), new UserEvent.Renamed("u1", "alice", "alicia"));

        assertRejected(register(boundary, "u2", "alicia"), "username alicia is taken");
    }

    @Test
    void a_name_that_somebody_changed_from_is_free_in_the_end() {
        given(new UserEvent.Registered("u1", "alice"), new UserEvent.Renamed("u1", "alice", "alicia"));

        assertAccepted(
                register(at(NOON.plus(Duration.ofDays(365))), "u2", "alice"), new UserEvent.Registered("u2", "alice"));
    }

    @Test
    void a_name_of_an_account_closed_within_the_retention_is_reserved() {
        given(new UserEvent.Registered("u1", "alice"), new UserEvent.Closed("u1", "alice"));

        assertRejected(register(at(justBefore(RETENTION)), "u2", "alice"), "username alice is reserved");
    }

    @Test
    void a_name_changed_within_the_retention_is_reserved() {
        given(new UserEvent.Registered("u1", "alice"), new UserEvent.Renamed("u1", "alice", "alicia"));

        assertRejected(register(at(justBefore(RETENTION)), "u2", "alice"), "username alice is reserved");
    }

    @Test
    void a_name_of_a_closed_account_is_free_when_the_retention_is_over() {
        given(new UserEvent.Registered("u1", "alice"), new UserEvent.Closed("u1", "alice"));

        assertAccepted(register(at(NOON.plus(RETENTION)), "u2", "alice"), new UserEvent.Registered("u2", "alice"));
    }

    @Test
    void a_name_that_was_changed_is_free_when_the_retention_is_over() {
        given(new UserEvent.Registered("u1", "alice"), new UserEvent.Renamed("u1", "alice", "alicia"));

        assertAccepted(register(at(NOON.plus(RETENTION)), "u2", "alice"), new UserEvent.Registered("u2", "alice"));
    }

    @Test
    void of_all_who_want_a_name_at_once_one_gets_it() throws Exception {
        for (long seed = 1; seed <= 5; seed++) {
            String name = "name" + seed;

            List<Boolean> won = StaggeredRacers.race(
                    seed, 16, racer -> register(boundary, "u" + racer, name).isAccepted());

            assertThat(won).as("seed %s", seed).filteredOn(each -> each).hasSize(1);
        }
        assertThat(store.nextPosition()).isEqualTo(5);
    }

    private static Instant justBefore(Duration later) {
        return NOON.plus(later).minusNanos(1_000);
    }
}
