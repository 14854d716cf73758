package dev.everfold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StorageFullException;
import dev.everfold.testkit.ForwardingEventStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotentAppenderTest {

    private final SlowEventStore store = new SlowEventStore();
    private final IdempotentAppender appender = new IdempotentAppender(store);

    @Test
    void batches_on_their_way_know_of_each_other() {
        appender.append(List.of(event(1, "order-17"), event(2, "order-18")));
        appender.append(List.of(event(2, "order-18"), event(3, "order-17")));
        appender.append(List.of(event(1, "order-17"), event(3, "order-17")));
        appender.finish();

        assertThat(ids()).isEqualTo("1 2 3");
        assertThat(appender.imported()).isEqualTo(3);
        assertThat(appender.alreadyThere()).isEqualTo(3);
    }

    @Test
    void when_one_batch_is_refused_those_behind_it_are_not_stored_before_it() {
        appender.append(List.of(event(1, "order-17"), event(2, "order-18")));
        appender.append(List.of(event(3, "order-19"), event(4, "order-17")));
        appender.append(List.of(event(5, "order-20")));
        // Someone else stores one of the first batch, after it was looked for.
        store.target().append(Append.of(event(2, "order-18")));
        appender.finish();

        assertThat(ids()).isEqualTo("2 1 3 4 5");
        assertThat(appender.imported()).isEqualTo(4);
        assertThat(appender.alreadyThere()).isEqualTo(1);
    }

    @Test
    void when_someone_else_stores_the_beginning_of_a_batch_those_behind_it_are_not_stored_before_its_end() {
        appender.append(List.of(event(1, "order-17"), event(2, "order-18")));
        appender.append(List.of(event(3, "order-18"), event(4, "order-19")));
        appender.append(List.of(event(5, "order-19")));
        store.target().append(Append.of(event(1, "order-17")));
        appender.finish();

        assertThat(ids()).isEqualTo("1 2 3 4 5");
        assertThat(appender.imported()).isEqualTo(4);
        assertThat(appender.alreadyThere()).isEqualTo(1);
    }

    @Test
    void when_a_batch_finds_no_room_those_behind_it_are_not_stored() {
        appender.append(List.of(event(1, "order-17")));
        store.finishOne();
        store.isFullOnce = true;
        appender.append(List.of(event(2, "order-17")));
        appender.append(List.of(event(3, "order-18")));
        appender.append(List.of(event(4, "order-17")));

        assertThatThrownBy(appender::finish).isInstanceOf(StorageFullException.class);
        store.finishAll();
        assertThat(ids()).isEqualTo("1");
        assertThat(appender.imported()).isEqualTo(1);
    }

    @Test
    void one_stream_alone_is_kept_in_order() {
        for (int i = 0; i < 100; i++) {
            appender.append(List.of(event(2L * i, "order-17"), event(2L * i + 1, "order-17")));
        }
        appender.finish();

        assertThat(store.target().read(Read.all()).toList())
                .extracting(event -> event.id().getLeastSignificantBits())
                .isSorted()
                .hasSize(200);
    }

    @Test
    void it_does_not_give_up_while_others_import_the_same() {
        store.rival = List.of(event(1, "order-17"), event(2, "order-18"), event(3, "order-17"));

        appender.append(
                List.of(event(1, "order-17"), event(2, "order-18"), event(3, "order-17"), event(4, "order-17")));
        appender.finish();

        assertThat(ids()).isEqualTo("1 2 3 4");
        assertThat(appender.imported()).isEqualTo(1);
        assertThat(appender.alreadyThere()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whoever_else_stores_the_same_each_event_is_there_once_and_ours_are_in_order(long seed) {
        Random random = new Random(seed);
        List<NewEvent> all = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            all.add(event(i, "order-" + random.nextInt(6)));
        }
        HashSet<UUID> byOthers = new HashSet<>();
        for (int from = 0; from < all.size(); from += 8) {
            if (random.nextInt(5) == 0) {
                NewEvent stolen = all.get(random.nextInt(all.size()));
                if (store.target().read(Read.all()).toList().stream().noneMatch(e -> e.id().equals(stolen.id()))) {
                    store.target().append(Append.of(stolen));
                    byOthers.add(stolen.id());
                }
            }
            for (int left = random.nextInt(3); left > 0; left--) {
                store.finishOne();
            }
            appender.append(all.subList(from, from + 8));
        }
        appender.finish();

        List<RecordedEvent> stored = store.target().read(Read.all()).toList();
        assertThat(stored).as("seed %d", seed).hasSize(400);
        assertThat(stored.stream()
                        .filter(event -> !byOthers.contains(event.id()))
                        .map(event -> event.id().getLeastSignificantBits())
                        .toList())
                .as("seed %d", seed)
                .isSorted();
    }

    private String ids() {
        return String.join(
                " ",
                store.target().read(Read.all()).toList().stream()
                        .map(event -> Long.toString(event.id().getLeastSignificantBits()))
                        .toList());
    }

    private static NewEvent event(long number, String stream) {
        return NewEvent.of(stream, "OrderPlaced", "{}").withId(new UUID(0, number));
    }

    /// Keeps asynchronous appends waiting until someone waits for one of them, and then stores them in
    /// their order.
    private static final class SlowEventStore extends ForwardingEventStore {

        final Deque<Append> waiting = new ArrayDeque<>();
        final Deque<CompletableFuture<Appended>> answers = new ArrayDeque<>();
        List<NewEvent> rival = List.of();
        boolean isFullOnce;

        SlowEventStore() {
            super(new InMemoryEventStore());
        }

        /// The store itself, which keeps nobody waiting.
        EventStore target() {
            return delegate;
        }

        void finishAll() {
            while (!waiting.isEmpty()) {
                finishOne();
            }
        }

        void finishOne() {
            if (waiting.isEmpty()) {
                return;
            }
            Append append = waiting.removeFirst();
            CompletableFuture<Appended> answer = answers.removeFirst();
            if (isFullOnce) {
                isFullOnce = false;
                answer.completeExceptionally(new StorageFullException("/data", null));
                return;
            }
            if (!rival.isEmpty()) {
                delegate.append(Append.of(rival.getFirst()));
                rival = rival.subList(1, rival.size());
            }
            try {
                answer.complete(delegate.append(append));
            } catch (EventStoreException refused) {
                answer.completeExceptionally(refused);
            }
        }

        @Override
        public Appended append(Append append) {
            return appendAsync(append).join();
        }

        @Override
        public CompletableFuture<Appended> appendAsync(Append append) {
            CompletableFuture<Appended> answer = new CompletableFuture<>() {
                @Override
                public Appended join() {
                    finishAll();
                    return super.join();
                }
            };
            waiting.add(append);
            answers.add(answer);
            return answer;
        }
    }
}
