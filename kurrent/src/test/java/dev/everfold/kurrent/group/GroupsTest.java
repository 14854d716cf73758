package dev.everfold.kurrent.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.kurrent.stream.Delivery;
import dev.everfold.kurrent.stream.EventFilter;
import dev.everfold.kurrent.stream.StreamNames;
import dev.everfold.kurrent.stream.Streams;
import dev.everfold.testkit.MutableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What groups cost.
@Timeout(60)
class GroupsTest {

    private static final int EVENTS = 500;

    private static final GroupSettings SETTINGS = new GroupSettings(
            false, false, 1_000, 10, 1_000, 0, 500, 20, 500, ConsumerStrategy.ROUND_ROBIN, 30_000, 2_000);

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final Executor virtual = Executors.newVirtualThreadPerTaskExecutor();
    private final MutableClock clock = MutableClock.at("2026-03-01T12:00:00Z");
    private final Streams streams = Streams.over(store, virtual, clock);
    private final BlockingQueue<String> threads = new LinkedBlockingQueue<>();
    private final Groups groups = new Groups(
            streams,
            task -> virtual.execute(() -> {
                threads.add("began");
                task.run();
                threads.add("ended");
            }));

    @AfterEach
    void end() {
        groups.close();
        streams.close();
        store.close();
    }

    @Test
    void a_thousand_groups_without_clients_take_no_thread() throws Exception {
        List<GroupKey> keys = IntStream.range(0, 1_000)
                .mapToObj(number -> new GroupKey("order-" + number, "shop"))
                .toList();

        keys.forEach(this::create);

        assertThat(groups.list()).extracting(GroupInfo::key).containsExactlyInAnyOrderElementsOf(keys);
        assertThat(threads).isEmpty();
    }

    @Test
    void a_group_takes_a_thread_until_its_last_client_leaves_and_keeps_how_far_it_is_then() throws Exception {
        GroupKey key = new GroupKey("order-1", "shop");
        create(key);
        append(3);
        TestSubscriber ada = new TestSubscriber("ada", 2);

        Member member = groups.join(key, ada);
        String began = threads.poll(30, TimeUnit.SECONDS);
        ada.await(2);
        member.ack(List.of(ada.id(0)));
        ada.await(3);
        member.leave();
        String ended = threads.poll(30, TimeUnit.SECONDS);

        assertThat(began).isEqualTo("began");
        assertThat(ended).isEqualTo("ended");
        assertThat(groups.info(key).done()).isEqualTo(1);
        assertThat(groups.info(key).figures()).isEmpty();
    }

    @Test
    void a_group_of_the_log_is_at_the_end_when_nothing_is_left_that_its_filter_means() throws Exception {
        GroupKey key = new GroupKey(StreamNames.ALL, "shop");
        GroupFilter orders = new GroupFilter(EventFilter.Subject.STREAM, List.of("order-"), "");
        groups.create(key, SETTINGS, Optional.of(orders), new GroupStart("0", 0));
        append(1);
        TestSubscriber ada = new TestSubscriber("ada", 2);
        Member member = groups.join(key, ada);
        ada.await(1);
        member.ack(List.of(ada.id(0)));
        member.leave();
        assertThat(threads.poll(30, TimeUnit.SECONDS)).isEqualTo("began");
        assertThat(threads.poll(30, TimeUnit.SECONDS)).isEqualTo("ended");

        store.append(Append.of(NewEvent.of("basket-1", "BasketChanged", "{}")));
        GroupInfo idle = groups.info(key);
        append(1);
        GroupInfo behind = groups.info(key);

        assertThat(idle.end()).isEqualTo(idle.done());
        assertThat(behind.done()).isEqualTo(idle.done());
        assertThat(behind.end()).isEqualTo(store.nextPosition());
    }

    @Test
    void a_group_of_the_log_is_not_given_metadata_of_what_groups_keep() throws Exception {
        GroupKey key = new GroupKey(StreamNames.ALL, "shop");
        groups.create(key, SETTINGS, Optional.empty(), new GroupStart("1", 1));
        String parked = new GroupKey("order-1", "other").parkedStream();
        store.append(Append.of(NewEvent.of(StreamNames.metastreamOf(parked), "$metadata", "{\"$tb\":1}")));
        append(1);
        TestSubscriber ada = new TestSubscriber("ada", 2);

        var _ = groups.join(key, ada);
        ada.await(1);

        assertThat(ada.poll()).map(message -> message.found().stream()).contains("order-1");
    }

    @Test
    void no_message_is_given_again_since_the_clock_is_set_ahead() throws Exception {
        GroupKey key = new GroupKey("order-1", "shop");
        create(key);
        append(2);
        TestSubscriber ada = new TestSubscriber("ada", 3);
        Member _ = groups.join(key, ada);
        ada.await(2);

        clock.advance(Duration.ofDays(1));
        append(1);
        ada.await(3);

        assertThat(ada.retries()).containsExactly(0, 0, 0);
    }

    @Test
    void a_client_that_comes_while_the_last_one_leaves_is_served() throws Exception {
        GroupKey key = new GroupKey("order-1", "shop");
        create(key);
        append(1);

        for (int i = 0; i < 100; i++) {
            TestSubscriber next = new TestSubscriber("client-" + i, 1);
            Member member = groups.join(key, next);
            next.await(1);
            member.leave();
        }

        assertThat(groups.info(key).done()).isZero();
    }

    @Test
    void a_client_that_comes_while_its_group_fails_is_told_so() throws Exception {
        GroupKey key = new GroupKey("order-1", "shop");
        create(key);
        append(2);
        UUID first = store.read(Read.stream("order-1")).toList().getFirst().id();
        CountDownLatch isGiven = new CountDownLatch(1);
        CountDownLatch hasCome = new CountDownLatch(1);
        StoreUnavailableException failure = new StoreUnavailableException("The disk is gone.", true, null);
        TestSubscriber ada = new TestSubscriber("ada", 1);
        TestSubscriber bob = new TestSubscriber("bob", 1);
        ada.mayRead = message -> {
            isGiven.countDown();
            if (message.found().revision() > 0) {
                throw failure;
            }
            return awaited(hasCome);
        };

        Member member = groups.join(key, ada);
        assertThat(awaited(isGiven)).isTrue();
        member.ack(List.of(first));
        var _ = groups.join(key, bob);
        hasCome.countDown();

        assertThat(ada.ended).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(Optional.of(failure));
        assertThat(bob.ended).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(Optional.of(failure));
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Test
    void every_event_is_given_until_it_is_acknowledged_and_then_never_again_whatever_clients_do() throws Exception {
        long seed = Long.getLong("everfold.seed", 42);
        Random random = new Random(seed);
        GroupKey key = new GroupKey("order-1", "shop");
        create(key);
        append(EVENTS);
        List<TestSubscriber> present = new ArrayList<>();
        Map<TestSubscriber, Member> members = new HashMap<>();
        Set<Long> acknowledged = new TreeSet<>();

        while (acknowledged.size() < EVENTS) {
            if (present.isEmpty() || (present.size() < 3 && random.nextInt(10) == 0)) {
                TestSubscriber next = new TestSubscriber("client", 1 + random.nextInt(20));
                present.add(next);
                members.put(next, groups.join(key, next));
            }
            TestSubscriber one = present.get(random.nextInt(present.size()));
            Member member = members.get(one);
            Optional<Delivery> message = one.poll();
            int fate = random.nextInt(20);
            if (fate == 0) {
                present.remove(one);
                member.leave();
            } else if (message.isPresent()) {
                RecordedEvent event = message.get().found();
                if (fate < 5) {
                    member.nack(List.of(event.id()), NackAction.RETRY, "");
                } else {
                    member.ack(List.of(event.id()));
                    assertThat(acknowledged.add(event.revision()))
                            .as("revision %d is given once, seed %d", event.revision(), seed)
                            .isTrue();
                }
            }
        }
        for (TestSubscriber last : present) {
            members.get(last).leave();
        }
        groups.close();

        assertThat(groups.info(key).done()).isEqualTo(EVENTS);
        assertThat(groups.info(key).parked()).isZero();
    }

    @Test
    void a_group_is_known_to_a_server_that_begins_later() throws Exception {
        GroupKey key = new GroupKey("order-1", "shop");
        create(key);
        groups.update(
                key,
                new GroupSettings(true, true, 1, 2, 3, 4, 5, 6, 7, ConsumerStrategy.PINNED, 8, 9),
                new GroupStart("5", 5));

        GroupInfo known = new Groups(streams, virtual).info(key);

        assertThat(known.settings()).isEqualTo(groups.info(key).settings());
        assertThat(known.start()).isEqualTo(new GroupStart("5", 5));
        assertThat(known.settings().strategy()).isEqualTo(ConsumerStrategy.PINNED);
    }

    private void create(GroupKey key) {
        groups.create(key, SETTINGS, Optional.empty(), new GroupStart("0", 0));
    }

    private void append(int count) {
        for (int i = 0; i < count; i++) {
            store.append(Append.of(NewEvent.of("order-1", "OrderChanged", "{}")));
        }
    }
}
