package dev.everfold.eventsourcing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.Account.Deposit;
import dev.everfold.eventsourcing.Account.DepositTwice;
import dev.everfold.eventsourcing.Account.Deposited;
import dev.everfold.eventsourcing.Account.Open;
import dev.everfold.eventsourcing.Account.Opened;
import dev.everfold.eventsourcing.Account.Withdraw;
import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventsourcing.testing.FixedIds;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeciderHandlerTest {

    private final CountingStore store = new CountingStore(new InMemoryEventStore());
    private final Everfold everfold = Everfold.on(store);
    private final DeciderHandler<Account.Command, Account, Account.Event> accounts =
            everfold.decider("account", Account.DECIDER);

    @Test
    void an_accepted_command_is_answered_with_its_events_their_places_and_the_state_after_them() {
        accounts.handle("41", new Open("bob"));
        accounts.handle("42", new Open("alice"));

        Handled<Account, Account.Event> handled = accounts.handle("42", new DepositTwice(500));

        List<RecordedEvent> recorded =
                store.read(Read.stream("account-42").fromRevision(1)).toList();
        assertThat(handled)
                .isEqualTo(new Handled.Accepted<>(
                        List.of(new Deposited(500), new Deposited(500)),
                        recorded.stream().map(RecordedEvent::id).toList(),
                        new Appended(2, List.of(1L, 2L)),
                        new Account(true, 1_000)));
        assertThat(recorded).extracting(RecordedEvent::type).containsOnly("account.deposited");
    }

    @Test
    void a_rejected_command_is_answered_with_the_reason_and_nothing_is_stored() {
        Handled<Account, Account.Event> handled = accounts.handle("42", new Deposit(500));

        assertThat(handled).isEqualTo(new Handled.Rejected<>("account is not open", new Account(false, 0)));
        assertThat(store.nextPosition()).isZero();
    }

    @Test
    void a_command_with_nothing_to_do_stores_nothing() {
        accounts.handle("42", new Open("alice"));

        Handled<Account, Account.Event> handled = accounts.handle("42", new Deposit(0));

        assertThat(handled).isEqualTo(new Handled.Nothing<>(new Account(true, 0)));
        assertThat(store.nextPosition()).isEqualTo(1);
    }

    @Test
    void the_state_of_what_never_was_is_the_initial_one() {
        assertThat(accounts.state("42")).isEqualTo(new Account(false, 0));
    }

    @Test
    void what_is_known_about_a_command_is_stored_with_each_of_its_events() {
        Instant monday = Instant.parse("2026-03-02T09:00:00Z");
        CommandContext context = CommandContext.none()
                .withActor("teller 7")
                .withReason("first visit")
                .withCorrelation(FixedIds.id(1))
                .withCausation(FixedIds.id(2))
                .with("branch", "north")
                .occurredAt(monday);

        accounts.handle("42", new Open("alice"), context);

        RecordedEvent event = store.read(Read.all()).next();
        assertThat(EventMetadata.of(event))
                .isEqualTo(EventMetadata.none()
                        .withActor("teller 7")
                        .withReason("first visit")
                        .withCorrelation(FixedIds.id(1))
                        .withCausation(FixedIds.id(2))
                        .with("branch", "north"));
        assertThat(event.occurred()).contains(monday);
        assertThat(event.tags()).containsExactly("$correlation:" + FixedIds.id(1));
    }

    @Test
    void an_event_that_has_a_time_of_its_own_keeps_it() {
        Instant then = Instant.parse("2026-03-01T09:00:00Z");
        Decider<String, Long, Deposited> decider = Decider.of(
                0L,
                (command, sum) -> Decision.accept(Decided.of(new Deposited(1)).occurredAt(then)),
                (sum, deposited) -> sum + deposited.cents());

        everfold.decider("jar", decider)
                .handle("1", "put", CommandContext.none().occurredAt(then.plusSeconds(60)));

        assertThat(store.read(Read.all()).next().occurred()).contains(then);
    }

    @Test
    void a_command_on_a_cached_state_is_one_append_and_no_read() {
        accounts.handle("42", new Open("alice"));
        store.resetCounts();

        accounts.handle("42", new Deposit(500));
        accounts.handle("42", new Withdraw(200));

        assertThat(store.reads).hasValue(0);
        assertThat(store.appends).hasValue(2);
    }

    @Test
    void without_a_cache_each_command_reads_its_stream() {
        var uncached = accounts.cache(0);
        uncached.handle("42", new Open("alice"));
        store.resetCounts();

        uncached.handle("42", new Deposit(500));
        uncached.handle("42", new Withdraw(200));

        assertThat(store.reads).hasValue(2);
        assertThat(uncached.state("42")).isEqualTo(new Account(true, 300));
    }

    @Test
    void an_acceptance_on_a_stale_state_costs_one_try_and_is_right() {
        var elsewhere = Everfold.on(store).decider("account", Account.DECIDER);
        accounts.handle("42", new Open("alice"));
        elsewhere.handle("42", new Deposit(500));
        store.resetCounts();

        Handled<Account, Account.Event> handled = accounts.handle("42", new Deposit(1));

        assertThat(handled.state()).isEqualTo(new Account(true, 501));
        assertThat(store.appends).hasValue(2);
        assertThat(store.eventsRead).hasValue(1);
    }

    @Test
    void a_rejection_is_never_decided_on_a_stale_state() {
        var elsewhere = Everfold.on(store).decider("account", Account.DECIDER);
        accounts.handle("42", new Open("alice"));
        elsewhere.handle("42", new Deposit(500));

        Handled<Account, Account.Event> handled = accounts.handle("42", new Withdraw(500));

        assertThat(handled).isInstanceOf(Handled.Accepted.class);
        assertThat(handled.state()).isEqualTo(new Account(true, 0));
    }

    @Test
    void having_nothing_to_do_is_never_decided_on_a_stale_state() {
        Decider<String, Boolean, Opened> decider = Decider.of(
                false,
                (command, open) -> open ? Decision.accept(new Opened("again")) : Decision.nothing(),
                (open, event) -> true);
        var doors = everfold.decider("door", decider);
        doors.handle("1", "open");
        store.append(Append.of(NewEvent.of("door-1", "account.opened", "{\"owner\":\"alice\"}")));

        assertThat(doors.handle("1", "open")).isInstanceOf(Handled.Accepted.class);
    }

    @Test
    void the_state_is_never_a_stale_one() {
        var elsewhere = Everfold.on(store).decider("account", Account.DECIDER);
        accounts.handle("42", new Open("alice"));

        elsewhere.handle("42", new Deposit(500));

        assertThat(accounts.state("42")).isEqualTo(new Account(true, 500));
    }

    @Test
    void an_event_that_cannot_be_folded_is_not_stored() {
        Decider<String, Long, Deposited> broken =
                Decider.of(0L, (command, sum) -> Decision.accept(new Deposited(1)), (sum, event) -> {
                    throw new IllegalStateException("cannot fold " + event);
                });

        assertThatThrownBy(() -> everfold.decider("jar", broken).handle("1", "put"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("cannot fold Deposited[cents=1]");
        assertThat(store.nextPosition()).isZero();
    }

    @Test
    void a_category_with_a_dash_is_refused() {
        assertThatThrownBy(() -> everfold.decider("savings-account", Account.DECIDER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The category \"savings-account\" of a decider cannot be;"
                        + " expected a name without '-', for example \"account\".");
    }

    @Test
    void an_empty_id_is_refused() {
        assertThatThrownBy(() -> accounts.handle("", new Open("alice")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("An id of \"account\" is empty; expected the part of a stream after \"account-\".");
    }

    @Test
    void a_decider_is_known_by_its_events_when_it_is_a_class_of_its_own() {
        class Counter implements Decider<String, Long, Deposited> {
            @Override
            public Long initial() {
                return 0L;
            }

            @Override
            public Decision<Deposited> decide(String command, Long sum) {
                return Decision.accept(new Deposited(1));
            }

            @Override
            public Long evolve(Long sum, Deposited event) {
                return sum + event.cents();
            }
        }

        everfold.decider("counter", new Counter()).handle("1", "up");

        assertThat(everfold.decider("counter", new Counter()).state("1")).isEqualTo(1L);
    }

    @Test
    void a_decider_whose_events_cannot_be_told_asks_for_a_codec() {
        Decider<String, Long, ?> unknown = unknown();

        assertThatThrownBy(() -> everfold.decider("counter", unknown))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The class of the events of decider \"counter\" cannot be told; expected a decider that"
                        + " was made where it is known, as in Decider<C, S, AccountEvent>."
                        + " Give a codec: decider(category, decider, codec).");
    }

    @SuppressWarnings("unchecked")
    private static <E> Decider<String, Long, E> unknown() {
        return Decider.of(0L, (command, sum) -> Decision.nothing(), (sum, event) -> sum);
    }

    @Test
    void a_category_of_the_system_is_refused() {
        assertThatThrownBy(() -> everfold.decider("$users", Account.DECIDER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The category \"$users\" of a decider begins with '$', which is kept for the system;"
                        + " expected another name, for example \"account\".");
    }

    /// An application that nothing checks for null, as in Kotlin or in Java without a tool for it.
    @Test
    @SuppressWarnings("NullAway")
    void a_decider_that_answers_null_stores_nothing() {
        Decider<Account.Command, Account, Account.Event> careless = Decider.of(
                new Account(false, 0),
                (command, _) -> command instanceof Open ? Decision.accept(new Account.Opened("alice")) : null,
                (_, _) -> null);
        var handler = everfold.decider("account", careless);

        assertThatThrownBy(() -> handler.handle("42", new Deposit(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "The decider of \"account\" decides null on Deposit; expected a Decision, such as nothing().");
        assertThatThrownBy(() -> handler.handle("42", new Open("alice")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The decider of \"account\" makes null of Opened; expected the state after it.");
        assertThat(store.nextPosition()).isZero();
    }

    @Test
    void a_decider_that_fails_stores_nothing_and_holds_up_nobody() {
        Decider<Account.Command, Account, Account.Event> failing = Decider.of(
                Account.DECIDER.initial(),
                (command, account) -> {
                    if (command instanceof Account.Withdraw) {
                        throw new StackOverflowError("a deep one");
                    }
                    return Account.DECIDER.decide(command, account);
                },
                (account, event) -> {
                    if (event instanceof Deposited(long cents) && cents == 13) {
                        throw new IllegalStateException("no state");
                    }
                    return Account.DECIDER.evolve(account, event);
                });
        var handler = everfold.decider("account", failing);
        handler.handle("42", new Open("alice"));

        assertThatThrownBy(() -> handler.handle("42", new Account.Withdraw(1))).isInstanceOf(StackOverflowError.class);
        assertThatThrownBy(() -> handler.handle("42", new Deposit(13))).hasMessage("no state");

        assertThat(handler.handle("42", new Deposit(5)).state()).isEqualTo(new Account(true, 5));
        assertThat(store.nextPosition()).isEqualTo(2);
    }
}
