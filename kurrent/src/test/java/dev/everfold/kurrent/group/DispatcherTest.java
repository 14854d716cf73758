package dev.everfold.kurrent.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.kurrent.stream.Delivery;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The states of a message, with a clock in hand.
class DispatcherTest {

    private static final int TIMEOUT_MILLIS = 1_000;

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final TestSubscriber ada = new TestSubscriber("ada", 2);
    private final TestSubscriber bob = new TestSubscriber("bob", 2);
    private long now = 10_000;

    @AfterEach
    void end() {
        store.close();
    }

    @Test
    void a_message_is_with_one_client_until_that_client_acknowledges_it() {
        Dispatcher dispatcher = dispatcher(ConsumerStrategy.ROUND_ROBIN, 3);
        dispatcher.join(ada, now);
        dispatcher.join(bob, now);

        dispatcher.push(now);
        dispatcher.ack(bob, ada.id(0), 0);
        dispatcher.push(now);
        List<Long> beforeAnswer = ada.places();
        dispatcher.ack(ada, ada.id(0), 0);

        assertThat(beforeAnswer).containsExactly(0L, 2L);
        assertThat(bob.places()).containsExactly(1L);
        assertThat(dispatcher.done()).isEqualTo(1);
        assertThat(dispatcher.figures(now).inFlight()).isEqualTo(2);
    }

    @Test
    void the_checkpoint_is_the_lowest_message_that_is_not_done_and_knows_which_later_ones_are() {
        Dispatcher dispatcher = dispatcher(ConsumerStrategy.ROUND_ROBIN, 5);
        TestSubscriber all = new TestSubscriber("all", 4);
        dispatcher.join(all, now);
        dispatcher.push(now);

        dispatcher.ack(all, all.id(0), 0);
        dispatcher.ack(all, all.id(2), 0);
        Checkpoint checkpoint = dispatcher.checkpoint(7);

        assertThat(checkpoint.lowest()).isEqualTo(1);
        assertThat(checkpoint.pending()).isEqualTo(Map.of(1L, 0, 3L, 0));
        assertThat(checkpoint.head()).isEqualTo(4);
    }

    @Test
    void a_dispatcher_that_goes_on_from_a_checkpoint_gives_what_was_not_done_and_nothing_else() {
        Checkpoint from = new Checkpoint(7, 4, new TreeMap<>(Map.of(1L, 2, 3L, 0)));
        Dispatcher dispatcher = new Dispatcher(settings(ConsumerStrategy.ROUND_ROBIN, 5), from, 0, now);
        Checkpoint unread = dispatcher.checkpoint(7);
        long first = dispatcher.events().first();
        offer(dispatcher, 6);
        TestSubscriber all = new TestSubscriber("all", 10);
        dispatcher.join(all, now);

        dispatcher.push(now);

        assertThat(unread).isEqualTo(from);
        assertThat(first).isEqualTo(1);
        assertThat(all.places()).containsExactly(1L, 3L, 4L, 5L);
        assertThat(all.retries()).containsExactly(2, 0, 0, 0);
    }

    @Test
    void a_pending_message_that_is_hidden_now_does_not_hold_the_checkpoint_back() {
        Checkpoint from = new Checkpoint(7, 4, new TreeMap<>(Map.of(1L, 2)));
        Dispatcher dispatcher = new Dispatcher(settings(ConsumerStrategy.ROUND_ROBIN, 5), from, 0, now);

        dispatcher.events().passed(9);

        assertThat(dispatcher.checkpoint(7)).isEqualTo(Checkpoint.at(7, 9));
    }

    @Test
    void a_message_that_is_not_answered_in_time_is_given_again_and_parked_when_that_was_done_often_enough() {
        Dispatcher dispatcher = dispatcher(ConsumerStrategy.DISPATCH_TO_SINGLE, 1);
        dispatcher.join(ada, now);
        dispatcher.push(now);

        now += TIMEOUT_MILLIS - 1;
        dispatcher.expire(now);
        dispatcher.push(now);
        List<Integer> early = ada.retries();
        for (int i = 0; i < 3; i++) {
            now += TIMEOUT_MILLIS;
            dispatcher.expire(now);
            dispatcher.push(now);
        }

        assertThat(early).containsExactly(0);
        assertThat(ada.retries()).containsExactly(0, 1, 2);
        assertThat(dispatcher.parking())
                .extracting(Dispatcher.Parked::reason)
                .containsExactly("Given again 2 times, as often as it may. No answer within 1000 ms");
        assertThat(dispatcher.checkpoint(7).lowest()).isZero();
        dispatcher.parked();
        assertThat(dispatcher.checkpoint(7)).isEqualTo(Checkpoint.at(7, 1));
    }

    @Test
    void a_late_answer_changes_nothing() {
        Dispatcher dispatcher = dispatcher(ConsumerStrategy.DISPATCH_TO_SINGLE, 1);
        dispatcher.join(ada, now);
        dispatcher.push(now);

        now += TIMEOUT_MILLIS;
        dispatcher.expire(now);
        dispatcher.ack(ada, ada.id(0), 0);

        assertThat(dispatcher.done()).isZero();
        assertThat(dispatcher.figures(now).retrying()).isEqualTo(1);
    }

    @Test
    void what_is_given_again_comes_before_what_is_new_and_what_is_replayed_before_both() {
        Dispatcher dispatcher = dispatcher(ConsumerStrategy.DISPATCH_TO_SINGLE, 4);
        TestSubscriber all = new TestSubscriber("all", 2);
        dispatcher.join(all, now);
        dispatcher.push(now);
        dispatcher.offerReplayed(delivery(3), 0);

        dispatcher.nack(all, all.id(0), NackAction.RETRY, "", 0);
        dispatcher.push(now);
        dispatcher.ack(all, all.id(1), 0);
        dispatcher.push(now);

        assertThat(all.places()).containsExactly(0L, 1L, 3L, 0L);
        assertThat(all.retries()).containsExactly(0, 0, 0, 1);
    }

    @Test
    void a_client_that_leaves_gives_back_what_it_had() {
        Dispatcher dispatcher = dispatcher(ConsumerStrategy.ROUND_ROBIN, 4);
        dispatcher.join(ada, now);
        dispatcher.push(now);
        dispatcher.join(bob, now);

        dispatcher.leave(ada);
        dispatcher.push(now);

        assertThat(bob.places()).containsExactly(0L, 1L);
        assertThat(bob.retries()).containsExactly(1, 1);
    }

    @Test
    void a_client_that_takes_nothing_now_gets_nothing_and_does_not_hold_up_others() {
        Dispatcher dispatcher = dispatcher(ConsumerStrategy.ROUND_ROBIN, 2);
        ada.isReady = false;
        dispatcher.join(ada, now);
        dispatcher.join(bob, now);

        dispatcher.push(now);

        assertThat(ada.places()).isEmpty();
        assertThat(bob.places()).containsExactly(0L, 1L);
    }

    @Test
    void a_pinned_message_waits_for_its_client_and_lets_others_pass() {
        Dispatcher dispatcher = dispatcher(ConsumerStrategy.PINNED, 0);
        dispatcher.join(ada, now);
        dispatcher.join(bob, now);
        for (int i = 0; i < 12; i++) {
            dispatcher.offer(delivery("stream-" + i % 6), i);
        }

        dispatcher.push(now);
        int first = ada.places().size();
        ada.ids().forEach(id -> dispatcher.ack(ada, id, 0));
        dispatcher.push(now);

        assertThat(first).isEqualTo(2);
        assertThat(ada.places()).hasSizeGreaterThan(2);
        assertThat(bob.places()).hasSize(2);
        assertThat(ada.streams()).doesNotContainAnyElementsOf(bob.streams());
    }

    @Test
    void nothing_more_is_wanted_when_as_many_wait_as_may_and_the_next_batch_when_half_of_them_have_gone() {
        Dispatcher dispatcher = dispatcher(ConsumerStrategy.ROUND_ROBIN, 4);
        boolean wantedBefore = dispatcher.wantsMore();

        dispatcher.offer(delivery(4), 4);
        boolean wantedWhenFull = dispatcher.wantsMore();
        dispatcher.join(ada, now);
        dispatcher.push(now);
        boolean wantedWhenTwoOfFiveAreGone = dispatcher.wantsBatch();
        dispatcher.ack(ada, ada.id(0), 0);
        dispatcher.push(now);

        assertThat(wantedBefore).isTrue();
        assertThat(wantedWhenFull).isFalse();
        assertThat(wantedWhenTwoOfFiveAreGone).isFalse();
        assertThat(dispatcher.wantsBatch()).isTrue();
    }

    @Test
    void messages_that_would_be_answered_with_the_same_id_are_not_with_a_client_together() {
        Dispatcher dispatcher = dispatcher(ConsumerStrategy.ROUND_ROBIN, 0);
        Delivery twice = delivery(0);
        dispatcher.offer(twice, 0);
        dispatcher.offer(twice, 1);
        dispatcher.join(ada, now);

        dispatcher.push(now);
        int together = ada.ids().size();
        dispatcher.ack(ada, ada.id(0), 0);
        dispatcher.push(now);

        assertThat(together).isEqualTo(1);
        assertThat(ada.ids()).hasSize(2);
    }

    @Test
    void a_message_waits_for_the_client_that_may_see_it_and_lets_others_pass() {
        Dispatcher dispatcher = dispatcher(ConsumerStrategy.ROUND_ROBIN, 5);
        bob.mayRead = delivery -> delivery.found().stream().equals("order-4");
        dispatcher.join(ada, now);
        dispatcher.join(bob, now);

        dispatcher.push(now);

        assertThat(ada.places()).containsExactly(0L, 1L);
        assertThat(bob.places()).containsExactly(4L);
        assertThat(dispatcher.done()).isZero();
    }

    @Test
    void a_message_that_no_client_may_see_is_left_out_and_a_replayed_one_stays_parked() {
        Dispatcher dispatcher = dispatcher(ConsumerStrategy.PINNED, 2);
        dispatcher.offerReplayed(delivery(7), 0);
        ada.mayRead = delivery -> delivery.found().stream().equals("order-1");
        dispatcher.join(ada, now);

        dispatcher.push(now);

        assertThat(ada.places()).containsExactly(1L);
        assertThat(dispatcher.done()).isEqualTo(1);
        assertThat(dispatcher.checkpoint(7).lowest()).isEqualTo(1);
        assertThat(dispatcher.parking())
                .extracting(Dispatcher.Parked::reason)
                .containsExactly("No client of the group may read it");
    }

    @Test
    void nothing_is_left_out_for_a_client_that_the_policy_is_about_to_send_away() {
        Dispatcher dispatcher = dispatcher(ConsumerStrategy.ROUND_ROBIN, 2);
        ada.mayRead = _ -> false;
        ada.mayStay = false;
        dispatcher.join(ada, now);

        dispatcher.push(now);
        dispatcher.leave(ada);
        dispatcher.join(bob, now);
        dispatcher.push(now);

        assertThat(bob.places()).containsExactly(0L, 1L);
    }

    @Test
    void a_checkpoint_names_no_more_than_a_thousand_pending_messages() {
        Dispatcher dispatcher = dispatcher(ConsumerStrategy.ROUND_ROBIN, 0);
        Delivery[] all = LongStream.range(0, 1_500).mapToObj(this::delivery).toArray(Delivery[]::new);
        for (int i = 0; i < all.length; i++) {
            dispatcher.offer(all[i], i);
        }
        dispatcher.join(new TestSubscriber("all", 2_000), now);
        dispatcher.push(now);

        Checkpoint checkpoint = dispatcher.checkpoint(7);

        assertThat(checkpoint.pending()).hasSize(1_000);
        assertThat(checkpoint.head()).isEqualTo(1_000);
    }

    /// A dispatcher with room for five waiting messages, that has read some.
    private Dispatcher dispatcher(ConsumerStrategy strategy, int count) {
        Dispatcher dispatcher = new Dispatcher(settings(strategy, 5), Checkpoint.at(7, 0), 0, now);
        offer(dispatcher, count);
        return dispatcher;
    }

    private void offer(Dispatcher dispatcher, int count) {
        for (int i = 0; i < count; i++) {
            dispatcher.offer(delivery(i), i);
        }
    }

    private static GroupSettings settings(ConsumerStrategy strategy, int buffer) {
        return new GroupSettings(false, false, 2, 1, 10, 0, buffer, 5, buffer, strategy, TIMEOUT_MILLIS, 100);
    }

    /// The event at a revision of a stream of its own.
    private Delivery delivery(long revision) {
        return delivery("order-" + revision);
    }

    private Delivery delivery(String stream) {
        long position = store.append(Append.of(NewEvent.of(stream, "OrderChanged", "{}")))
                .fromPosition();
        RecordedEvent event =
                store.read(Read.all().fromPosition(position)).toList().getFirst();
        return new Delivery(Optional.of(event), Optional.empty());
    }
}
