package dev.everfold.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.EventStoreException.Stored;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.grpc.Wiretap.Direction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a client says when the connection breaks, at each moment at which it can: nothing that is not so.
@Timeout(30)
class LostConnectionTest {

    private static final Duration LONG = Duration.ofSeconds(10);

    private InMemoryEventStore kept;
    private ServedStore served;
    private Wiretap wire;
    private GrpcEventStore store;

    @BeforeEach
    void connect() throws Exception {
        kept = new InMemoryEventStore();
        served = ServedStore.of(kept);
        wire = new Wiretap(served.server().port());
        store = GrpcEventStore.open("localhost", wire.port(), GrpcOptions.DEFAULTS.withPageBytesMax(1_000));
    }

    @AfterEach
    void disconnect() throws Exception {
        wire.cut();
        store.close();
        wire.close();
        served.close();
    }

    @Test
    void an_append_whose_answer_was_lost_is_unknown_and_its_repeat_is_answered() throws Exception {
        store.append(Append.of(event("order.placed")));
        Append paid = Append.of(event("order.paid"));
        wire.hold(Direction.ANSWERS);
        CompletableFuture<Appended> answer = store.appendAsync(paid);
        assertThat(kept.awaitPosition(1, LONG)).isTrue();

        wire.cut();

        OutcomeUnknownException unknown = failure(OutcomeUnknownException.class, answer);
        assertThat(unknown)
                .hasMessage("The connection to the server at localhost:" + wire.port()
                        + " was lost before the answer came; whether the append is stored is unknown."
                        + " Repeat it with the same append id.");
        assertThat(unknown.stored()).isEqualTo(Stored.UNKNOWN);
        assertThat(unknown.retryable()).isTrue();
        assertThat(repeated(paid)).isEqualTo(new Appended(1, List.of(1L)));
        assertThat(kept.nextPosition()).isEqualTo(2);
    }

    @Test
    void an_append_that_was_lost_on_its_way_is_unknown_and_its_repeat_stores_it() {
        store.append(Append.of(event("order.placed")));
        Append paid = Append.of(event("order.paid"));
        wire.hold(Direction.REQUESTS);
        CompletableFuture<Appended> answer = store.appendAsync(paid);

        wire.cut();

        assertThat(failure(OutcomeUnknownException.class, answer).stored()).isEqualTo(Stored.UNKNOWN);
        assertThat(kept.nextPosition()).isEqualTo(1);
        assertThat(repeated(paid)).isEqualTo(new Appended(1, List.of(1L)));
    }

    @Test
    void appends_that_were_not_sent_are_not_stored_and_say_so() {
        store.append(Append.of(event("order.placed")));
        wire.hold(Direction.ANSWERS);
        List<CompletableFuture<Appended>> answers = new ArrayList<>();
        for (int i = 0; i < AppendPipe.BATCHES_IN_FLIGHT_MAX + 3; i++) {
            answers.add(store.appendAsync(Append.of(event("step." + i))));
        }

        wire.cut();

        for (int i = 0; i < answers.size(); i++) {
            if (i < AppendPipe.BATCHES_IN_FLIGHT_MAX) {
                failure(OutcomeUnknownException.class, answers.get(i));
            } else {
                StoreUnavailableException unsent = failure(StoreUnavailableException.class, answers.get(i));
                assertThat(unsent.stored()).isEqualTo(Stored.NO);
                assertThat(unsent.retryable()).isTrue();
            }
        }
        assertThat(kept.read(Read.all()).toList())
                .extracting(RecordedEvent::type)
                .doesNotContain("step.4", "step.5", "step.6");
    }

    @Test
    void a_cursor_goes_on_where_it_was() {
        for (int i = 0; i < 100; i++) {
            store.append(Append.of(event("step." + i)));
        }
        List<Long> positions = new ArrayList<>();
        try (EventCursor cursor = store.read(Read.all())) {
            positions.add(cursor.next().position());
            kept.append(Append.of(event("later")));

            wire.cut();

            positions.addAll(rest(cursor));
        }
        assertThat(positions).isEqualTo(LongStream.range(0, 100).boxed().toList());
    }

    /// Asks until the connection is there again, as a loop would.
    private static List<Long> rest(EventCursor cursor) {
        List<Long> positions = new ArrayList<>();
        while (true) {
            try {
                if (!cursor.hasNext()) {
                    return positions;
                }
                positions.add(cursor.next().position());
            } catch (StoreUnavailableException lost) {
                assertThat(lost.retryable()).as(lost.getMessage()).isTrue();
            }
        }
    }

    @Test
    void a_wait_goes_on_while_the_server_is_away() throws Exception {
        FutureTask<Boolean> waiting = new FutureTask<>(() -> store.awaitPosition(0, LONG));
        Thread.ofVirtual().start(waiting);
        wire.cut();
        int port = served.server().port();
        served.server().close(Duration.ofSeconds(2));
        served = ServedStore.at(kept, port);

        kept.append(Append.of(event("order.placed")));

        assertThat(waiting.get()).isTrue();
    }

    @Test
    void a_server_that_restarts_is_found_again_without_opening_the_store_anew() {
        store.append(Append.of(event("order.placed")));
        int port = served.server().port();
        served.server().close(Duration.ofSeconds(2));
        assertThatThrownBy(() -> store.nextPosition())
                .isInstanceOfSatisfying(StoreUnavailableException.class, away -> {
                    assertThat(away.stored()).isEqualTo(Stored.NO);
                    assertThat(away.retryable()).isTrue();
                })
                .hasMessageStartingWith("The server at localhost:" + wire.port() + " cannot be reached: ")
                .hasMessageEndingWith(". See that it runs there, and try again.");

        served = ServedStore.at(kept, port);

        Append paid = Append.of(event("order.paid"));
        assertThat(repeated(paid)).isEqualTo(new Appended(1, List.of(1L)));
    }

    @Test
    void a_server_that_holds_another_history_is_refused() {
        store.append(Append.of(event("order.placed")));
        try (ServedStore other = ServedStore.of(new InMemoryEventStore())) {
            wire.leadTo(other.server().port());
            wire.cut();

            EventStoreException refusal = null;
            while (refusal == null || refusal.retryable()) {
                refusal = catchThrowableOfType(
                        EventStoreException.class, () -> store.append(Append.of(event("order.paid"))));
                assertThat(refusal).isNotNull();
            }

            assertThat(refusal)
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessage("The server holds history " + other.store().lineage() + ", and the client knows "
                            + kept.lineage() + "; nothing was stored. Open the store again, and begin anew where"
                            + " positions were kept.");
            assertThat(other.store().nextPosition()).isZero();
        }
    }

    /// Repeats an append until the server is reached.
    private Appended repeated(Append append) {
        while (true) {
            try {
                return store.append(append);
            } catch (EventStoreException notYet) {
                assertThat(notYet.retryable()).as(notYet.getMessage()).isTrue();
            }
        }
    }

    private static <T extends EventStoreException> T failure(Class<T> by, CompletableFuture<Appended> answer) {
        ExecutionException failed = catchThrowableOfType(ExecutionException.class, answer::get);
        assertThat(failed).as("an append that should have failed").isNotNull();
        assertThat(failed.getCause()).isInstanceOf(by);
        return by.cast(failed.getCause());
    }

    private static NewEvent event(String type) {
        return NewEvent.of("order-17", type, "{\"filled\":\"" + "x".repeat(200) + "\"}");
    }
}
