package dev.everfold.kurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.everfold.eventstore.EventStore;
import io.kurrent.dbclient.CreatePersistentSubscriptionToAllOptions;
import io.kurrent.dbclient.CreatePersistentSubscriptionToStreamOptions;
import io.kurrent.dbclient.NackAction;
import io.kurrent.dbclient.NamedConsumerStrategy;
import io.kurrent.dbclient.PersistentSubscriptionInfo;
import io.kurrent.dbclient.PersistentSubscriptionToAllInfo;
import io.kurrent.dbclient.PersistentSubscriptionToStreamInfo;
import io.kurrent.dbclient.Position;
import io.kurrent.dbclient.ReadStreamOptions;
import io.kurrent.dbclient.ReplayParkedMessagesOptions;
import io.kurrent.dbclient.ResolvedEvent;
import io.kurrent.dbclient.SubscriptionFilter;
import io.kurrent.dbclient.UpdatePersistentSubscriptionToStreamOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Groups through KurrentDB's own client for Java, unmodified, against any of our engines.
@Timeout(60)
abstract class PersistentSubscriptionsContract {

    /// Of what depends on which answers come together.
    private static final int ROUNDS = 8;

    private GroupFixture fixture;

    /// An empty store.
    abstract EventStore open();

    @BeforeEach
    void serve() {
        fixture = GroupFixture.of(open());
    }

    @AfterEach
    void end() {
        fixture.close();
    }

    private void create(String group, CreatePersistentSubscriptionToStreamOptions options) throws Exception {
        fixture.groups().createToStream("order-1", group, options).get();
    }

    @Test
    void a_group_gets_what_there_is_then_what_comes_and_goes_on_after_what_was_acknowledged() throws Exception {
        fixture.append("order-1", 3);
        create("shop", GroupFixture.exact());
        GroupListener first = fixture.subscribe("order-1", "shop");

        List<String> history = first.ack(3);
        fixture.append("order-1", 1);
        GroupListener.Received live = first.next().ack();
        fixture.awaitCheckpoint("order-1", "shop", 3);
        live.subscription().stop();
        fixture.append("order-1", 1);

        assertThat(history).containsExactly("0@order-1", "1@order-1", "2@order-1");
        assertThat(live.name()).isEqualTo("3@order-1");
        assertThat(live.retryCount()).isZero();
        assertThat(fixture.subscribe("order-1", "shop").take(1)).containsExactly("4@order-1");
    }

    @Test
    void a_group_begins_at_a_revision_or_at_the_end_as_it_was_when_the_group_was_made() throws Exception {
        fixture.append("order-1", 3);
        create("late", CreatePersistentSubscriptionToStreamOptions.get().startFrom(2));
        create("new", CreatePersistentSubscriptionToStreamOptions.get().fromEnd());
        fixture.append("order-1", 1);

        assertThat(fixture.subscribe("order-1", "late").take(2)).containsExactly("2@order-1", "3@order-1");
        assertThat(fixture.subscribe("order-1", "new").take(1)).containsExactly("3@order-1");
    }

    @Test
    void a_group_of_a_stream_that_does_not_exist_waits_for_it() throws Exception {
        create("shop", GroupFixture.exact());
        GroupListener listener = fixture.subscribe("order-1", "shop");

        fixture.append("order-1", 1);

        assertThat(listener.ack(1)).containsExactly("0@order-1");
    }

    @Test
    void a_group_of_the_log_gets_what_its_filter_means_from_a_position_on() throws Exception {
        fixture.append("order-1", 2);
        fixture.append("basket-1", 1);
        Position second = fixture.client()
                .readStream("order-1", ReadStreamOptions.get().fromRevision(1))
                .get()
                .getEvents()
                .getFirst()
                .getOriginalEvent()
                .getPosition();
        fixture.groups()
                .createToAll(
                        "shop",
                        CreatePersistentSubscriptionToAllOptions.get()
                                .startFrom(second)
                                .filter(SubscriptionFilter.newBuilder()
                                        .addStreamNamePrefix("order-")
                                        .build()))
                .get();
        GroupListener listener = new GroupListener();

        fixture.groups().subscribeToAll("shop", listener).get();
        fixture.append("basket-1", 1);
        fixture.append("order-2", 1);

        assertThat(listener.ack(2)).containsExactly("1@order-1", "0@order-2");
        PersistentSubscriptionToAllInfo info =
                fixture.groups().getInfoToAll("shop").get().orElseThrow();
        assertThat(info.getSettings().getStartFrom().getPositionOrThrow()).isEqualTo(second);
        assertThat(info.getStats().getLastKnownEventPosition()).isPresent();
    }

    @Test
    void a_group_of_the_whole_log_is_not_given_what_groups_keep() throws Exception {
        fixture.append("order-1", 1);
        create("other", GroupFixture.exact());
        fixture.groups()
                .createToAll(
                        "all",
                        CreatePersistentSubscriptionToAllOptions.get()
                                .fromStart()
                                .checkpointLowerBound(1)
                                .checkpointUpperBound(1))
                .get();
        GroupListener all = new GroupListener();
        fixture.groups().subscribeToAll("all", all).get();

        fixture.subscribe("order-1", "other").ack(1);
        fixture.awaitCheckpoint("order-1", "other", 0);
        fixture.append("order-1", 1);

        List<String> streams = Stream.generate(() -> all.next().ack())
                .limit(6)
                .map(received -> received.resolved().getEvent().getStreamId())
                .toList();
        assertThat(streams)
                .containsExactly(
                        "$users",
                        "$users",
                        "order-1",
                        "$persistentSubscriptionConfig",
                        "$persistentSubscriptionConfig",
                        "order-1");
    }

    @Test
    void a_group_of_an_index_gets_links_with_their_events_and_knows_answers_by_the_link() throws Exception {
        fixture.append("order-1", 1);
        fixture.append("order-2", 1);
        fixture.groups()
                .createToStream("$ce-order", "shop", GroupFixture.exact().resolveLinkTos())
                .get();
        GroupListener listener = fixture.subscribe("$ce-order", "shop");

        GroupListener.Received first = listener.next().ack();
        GroupListener.Received second = listener.next();
        fixture.awaitCheckpoint("$ce-order", "shop", 0);
        second.nack(NackAction.Park, "broken");
        fixture.awaitCheckpoint("$ce-order", "shop", 1);
        fixture.groups().replayParkedMessagesToStream("$ce-order", "shop").get();

        assertThat(first.name()).isEqualTo("0@order-1");
        assertThat(first.resolved().getLink().getStreamId()).isEqualTo("$ce-order");
        assertThat(second.name()).isEqualTo("0@order-2");
        assertThat(listener.ack(1)).containsExactly("0@order-2");
    }

    @Test
    void a_group_is_seen_with_its_settings_as_soon_as_it_is_made() throws Exception {
        create(
                "shop/north",
                CreatePersistentSubscriptionToStreamOptions.get()
                        .fromStart()
                        .resolveLinkTos()
                        .enableExtraStatistics()
                        .maxRetryCount(3)
                        .checkpointLowerBound(4)
                        .checkpointUpperBound(5)
                        .maxSubscriberCount(6)
                        .liveBufferSize(7)
                        .readBatchSize(8)
                        .historyBufferSize(9)
                        .messageTimeoutInMs(1_000)
                        .checkpointAfterInMs(1_100)
                        .namedConsumerStrategy(NamedConsumerStrategy.PINNED_BY_CORRELATION));

        PersistentSubscriptionToStreamInfo info = fixture.info("order-1", "shop/north");
        List<String> all = fixture.groups().listAll().get().stream()
                .map(PersistentSubscriptionInfo::getGroupName)
                .toList();

        assertThat(info.getEventSource()).isEqualTo("order-1");
        assertThat(info.getStatus()).isEqualTo("Live");
        assertThat(info.getSettings().shouldResolveLinkTos()).isTrue();
        assertThat(info.getSettings().isExtraStatistics()).isTrue();
        assertThat(info.getSettings().getMaxRetryCount()).isEqualTo(3);
        assertThat(info.getSettings().getCheckpointLowerBound()).isEqualTo(4);
        assertThat(info.getSettings().getCheckpointUpperBound()).isEqualTo(5);
        assertThat(info.getSettings().getMaxSubscriberCount()).isEqualTo(6);
        assertThat(info.getSettings().getLiveBufferSize()).isEqualTo(7);
        assertThat(info.getSettings().getReadBatchSize()).isEqualTo(8);
        assertThat(info.getSettings().getHistoryBufferSize()).isEqualTo(9);
        assertThat(info.getSettings().getMessageTimeoutMs()).isEqualTo(1_000);
        assertThat(info.getSettings().getCheckpointAfterInMs()).isEqualTo(1_100);
        assertThat(info.getSettings().getNamedConsumerStrategy().toString()).isEqualTo("PinnedByCorrelation");
        assertThat(all).containsExactly("shop/north");
        assertThat(fixture.groups().listToStream("order-1").get()).hasSize(1);
    }

    @Test
    void a_group_tells_what_its_clients_do() throws Exception {
        fixture.append("order-1", 3);
        create("shop", GroupFixture.exact().enableExtraStatistics());
        GroupListener listener = fixture.subscribe("order-1", "shop", 5);
        listener.ack(1);
        listener.take(2);

        PersistentSubscriptionToStreamInfo info =
                fixture.awaitInfo("order-1", "shop", one -> one.getStats().getTotalInFlightMessages() == 2);

        assertThat(info.getStats().getTotalItems()).isEqualTo(3);
        assertThat(info.getStats().getLastKnownEventRevision()).contains(2L);
        assertThat(info.getConnections()).hasSize(1);
        assertThat(info.getConnections().getFirst().getAvailableSlots()).isEqualTo(3);
        assertThat(info.getConnections().getFirst().getInFlightMessages()).isEqualTo(2);
        assertThat(info.getConnections().getFirst().getFrom()).matches("127\\.0\\.0\\.1:\\d+");
        assertThat(info.getConnections().getFirst().getExtraStatistics())
                .hasSize(14)
                .containsKeys("Mean", "Fastest", "Quintile 3", "99.9%", "Highest");
    }

    @Test
    void what_is_wrong_is_said_in_trailers() throws Exception {
        create("shop", GroupFixture.exact());

        Throwable exists = catchThrowable(() -> create("shop", GroupFixture.exact()));
        Throwable unknown = catchThrowable(() -> fixture.subscribe("order-1", "nobody"));
        Throwable notDeleted = catchThrowable(
                () -> fixture.groups().deleteToStream("order-1", "nobody").get());
        Throwable notUpdated = catchThrowable(
                () -> fixture.groups().updateToStream("order-1", "nobody").get());
        Throwable tooLong = catchThrowable(() -> create("x".repeat(1_000), GroupFixture.exact()));

        assertThat(GroupFixture.trailer(exists, "exception")).isEqualTo("persistent-subscription-exists");
        assertThat(GroupFixture.trailer(exists, "stream-name")).isEqualTo("order-1");
        assertThat(GroupFixture.trailer(exists, "group-name")).isEqualTo("shop");
        for (Throwable missing : List.of(unknown, notDeleted, notUpdated)) {
            assertThat(GroupFixture.trailer(missing, "exception")).isEqualTo("persistent-subscription-does-not-exist");
        }
        assertThat(GroupFixture.trailer(tooLong, "exception")).isEqualTo("persistent-subscription-failed");
        assertThat(GroupFixture.trailer(tooLong, "reason")).contains("expected at most 1024");
        assertThat(fixture.groups().getInfoToStream("order-1", "nobody").get()).isEmpty();
    }

    @Test
    void a_message_that_is_to_be_retried_comes_again_and_is_parked_when_it_came_too_often() throws Exception {
        fixture.append("order-1", 2);
        create("shop", GroupFixture.exact().maxRetryCount(2));
        GroupListener listener = fixture.subscribe("order-1", "shop", 1);

        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            GroupListener.Received received = listener.next();
            seen.add(received.name() + " " + received.retryCount());
            received.nack(NackAction.Retry, "no");
        }

        assertThat(seen).containsExactly("0@order-1 0", "0@order-1 1", "0@order-1 2");
        assertThat(listener.ack(1)).containsExactly("1@order-1");
        fixture.awaitInfo("order-1", "shop", one -> one.getStats().getParkedMessageCount() == 1);
        ResolvedEvent parked = parked("order-1", "shop").getFirst();
        assertThat(new String(parked.getLink().getUserMetadata(), StandardCharsets.UTF_8))
                .contains("\"reason\":\"Given again 2 times, as often as it may. no\"");
    }

    @Test
    void what_is_to_be_retried_comes_before_what_lies_behind_it() throws Exception {
        fixture.append("order-1", 41);
        for (int round = 0; round < ROUNDS; round++) {
            create("shop-" + round, GroupFixture.exact());
            GroupListener listener = fixture.subscribe("order-1", "shop-" + round);
            Set<String> seen = new HashSet<>();
            int deliveries = 1;
            GroupListener.Received received = listener.next();
            while (!received.name().equals("40@order-1")) {
                if (!seen.add(received.name())) {
                    received.ack();
                } else {
                    received.nack(seen.size() <= 20 ? NackAction.Skip : NackAction.Retry, "");
                }
                received = listener.next();
                deliveries++;
            }

            assertThat(deliveries).as("round %d", round).isEqualTo(61);
        }
    }

    @Test
    void a_message_that_is_skipped_is_done() throws Exception {
        fixture.append("order-1", 2);
        create("shop", GroupFixture.exact());
        GroupListener listener = fixture.subscribe("order-1", "shop", 1);

        listener.next().nack(NackAction.Skip, "");

        assertThat(listener.ack(1)).containsExactly("1@order-1");
        fixture.awaitCheckpoint("order-1", "shop", 1);
    }

    @Test
    void parked_messages_are_links_and_come_again_when_they_are_replayed() throws Exception {
        fixture.append("order-1", 3);
        create("shop", GroupFixture.exact());
        GroupListener listener = fixture.subscribe("order-1", "shop");
        for (int i = 0; i < 3; i++) {
            listener.next().nack(NackAction.Park, "broken " + i);
        }
        fixture.awaitInfo("order-1", "shop", one -> one.getStats().getParkedMessageCount() == 3);
        List<ResolvedEvent> parked = parked("order-1", "shop");

        fixture.groups()
                .replayParkedMessagesToStream(
                        "order-1", "shop", ReplayParkedMessagesOptions.get().stopAt(2))
                .get();
        List<String> replayed = listener.ack(2);
        fixture.awaitInfo("order-1", "shop", one -> one.getStats().getParkedMessageCount() == 1);
        fixture.groups().replayParkedMessagesToStream("order-1", "shop").get();
        GroupListener.Received last = listener.next();
        last.nack(NackAction.Park, "still");
        fixture.awaitInfo(
                "order-1", "shop", one -> parkedRevisions("order-1", "shop").equals(List.of(3L)));

        assertThat(parked)
                .extracting(one -> one.getEvent().getRevision() + "@"
                        + one.getEvent().getStreamId() + " by " + one.getLink().getEventType())
                .containsExactly("0@order-1 by $>", "1@order-1 by $>", "2@order-1 by $>");
        assertThat(new String(parked.get(1).getLink().getUserMetadata(), StandardCharsets.UTF_8))
                .contains("\"reason\":\"broken 1\"");
        assertThat(replayed).containsExactly("0@order-1", "1@order-1");
        assertThat(last.name()).isEqualTo("2@order-1");
        assertThat(last.resolved().getLink().getStreamId()).isEqualTo(parkedStream("order-1", "shop"));
    }

    @Test
    void what_a_group_keeps_takes_no_tombstone_and_parked_messages_are_forgotten_by_a_deletion() throws Exception {
        fixture.append("order-1", 2);
        create("shop", GroupFixture.exact());
        GroupListener listener = fixture.subscribe("order-1", "shop");
        listener.next().nack(NackAction.Park, "broken");
        fixture.awaitInfo("order-1", "shop", one -> one.getStats().getParkedMessageCount() == 1);
        String parked = parkedStream("order-1", "shop");

        for (String kept : List.of(parked, "$persistentsubscription-order-1::shop-checkpoint")) {
            assertThatThrownBy(() -> fixture.client().tombstoneStream(kept).get())
                    .hasRootCauseMessage("INVALID_ARGUMENT: The stream \"" + kept + "\" cannot get a tombstone, since a"
                            + " group keeps there what it knows; expected it to be deleted, or the group.");
        }
        fixture.client().deleteStream(parked).get();

        assertThat(fixture.groups().listAll().get())
                .extracting(one ->
                        ((PersistentSubscriptionToStreamInfo) one).getStats().getParkedMessageCount())
                .containsExactly(0L);
        listener.next().nack(NackAction.Park, "broken too");
        fixture.awaitInfo("order-1", "shop", one -> one.getStats().getParkedMessageCount() == 1);
    }

    @Test
    void what_is_replayed_without_a_client_waits_for_one() throws Exception {
        fixture.append("order-1", 1);
        create("shop", GroupFixture.exact());
        GroupListener.Received received = fixture.subscribe("order-1", "shop").next();
        received.nack(NackAction.Park, "broken");
        fixture.awaitCheckpoint("order-1", "shop", 0);
        received.subscription().stop();
        fixture.awaitInfo("order-1", "shop", info -> info.getConnections().isEmpty());

        fixture.groups().replayParkedMessagesToStream("order-1", "shop").get();

        assertThat(fixture.subscribe("order-1", "shop").ack(1)).containsExactly("0@order-1");
    }

    @Test
    void a_message_that_is_not_answered_in_time_is_given_again() throws Exception {
        fixture.append("order-1", 1);
        create("shop", GroupFixture.exact().messageTimeoutInMs(50));
        GroupListener listener = fixture.subscribe("order-1", "shop");

        GroupListener.Received first = listener.next();
        GroupListener.Received second = listener.next();

        assertThat(first.retryCount()).isZero();
        assertThat(second.retryCount()).isEqualTo(1);
        assertThat(second.name()).isEqualTo(first.name());
    }

    @Test
    void a_client_has_no_more_messages_than_its_buffer_takes() throws Exception {
        fixture.append("order-1", 5);
        create("shop", GroupFixture.exact());
        GroupListener listener = fixture.subscribe("order-1", "shop", 2);

        GroupListener.Received first = listener.next();
        listener.next();
        PersistentSubscriptionToStreamInfo info = fixture.info("order-1", "shop");
        int unasked = listener.waiting();
        first.ack();

        assertThat(info.getStats().getTotalInFlightMessages()).isEqualTo(2);
        assertThat(unasked).isZero();
        assertThat(listener.take(1)).containsExactly("2@order-1");
    }

    @Test
    void what_a_client_leaves_unanswered_is_given_to_another_one_at_once() throws Exception {
        fixture.append("order-1", 2);
        create("shop", GroupFixture.exact());
        GroupListener first = fixture.subscribe("order-1", "shop", 2);
        GroupListener.Received received = first.next();
        first.next();
        GroupListener second = fixture.subscribe("order-1", "shop");

        received.subscription().stop();

        GroupListener.Received again = second.next();
        assertThat(again.name()).isEqualTo("0@order-1");
        assertThat(again.retryCount()).isEqualTo(1);
        assertThat(second.take(1)).containsExactly("1@order-1");
    }

    @Test
    void a_group_has_no_more_clients_than_it_may() throws Exception {
        create("shop", GroupFixture.exact().maxSubscriberCount(1));
        fixture.subscribe("order-1", "shop");

        Throwable refused = catchThrowable(() -> fixture.subscribe("order-1", "shop"));

        assertThat(GroupFixture.trailer(refused, "exception")).isEqualTo("maximum-subscribers-reached");
    }

    @Test
    void clients_are_dropped_when_their_group_is_updated_restarted_or_deleted() throws Exception {
        fixture.append("order-1", 2);
        create("shop", GroupFixture.exact());
        GroupListener first = fixture.subscribe("order-1", "shop", 1);
        first.ack(1);
        fixture.awaitCheckpoint("order-1", "shop", 0);

        fixture.groups()
                .updateToStream(
                        "order-1",
                        "shop",
                        UpdatePersistentSubscriptionToStreamOptions.get().maxRetryCount(77))
                .get();
        Throwable updated = first.ended();
        GroupListener second = fixture.subscribe("order-1", "shop", 1);
        List<String> goesOn = second.take(1);
        fixture.groups().restartSubsystem().get();
        Throwable restarted = second.ended();
        GroupListener third = fixture.subscribe("order-1", "shop", 1);
        List<String> again = third.take(1);
        int maxRetryCount = fixture.info("order-1", "shop").getSettings().getMaxRetryCount();
        fixture.groups().deleteToStream("order-1", "shop").get();
        Throwable deleted = third.ended();
        create("shop", GroupFixture.exact());

        for (Throwable dropped : List.of(updated, restarted, deleted)) {
            assertThat(GroupFixture.trailer(dropped, "exception")).isEqualTo("persistent-subscription-dropped");
        }
        assertThat(maxRetryCount).isEqualTo(77);
        assertThat(goesOn).containsExactly("1@order-1");
        assertThat(again).containsExactly("1@order-1");
        assertThat(fixture.subscribe("order-1", "shop", 1).take(1)).containsExactly("0@order-1");
    }

    @Test
    void an_update_does_not_hide_how_far_a_group_is() throws Exception {
        fixture.append("order-1", 3);
        create("shop", GroupFixture.exact());
        GroupListener listener = fixture.subscribe("order-1", "shop");
        listener.ack(2);
        GroupListener.Received third = listener.next();
        fixture.awaitCheckpoint("order-1", "shop", 1);
        third.subscription().stop();
        fixture.awaitInfo("order-1", "shop", info -> info.getConnections().isEmpty());

        fixture.groups()
                .updateToStream(
                        "order-1",
                        "shop",
                        UpdatePersistentSubscriptionToStreamOptions.get().fromEnd())
                .get();

        assertThat(fixture.info("order-1", "shop").getStats().getLastCheckpointedEventRevision())
                .contains(1L);
        assertThat(fixture.subscribe("order-1", "shop").next().name()).isEqualTo("2@order-1");
        assertThat(fixture.info("order-1", "shop").getStats().getLastCheckpointedEventRevision())
                .contains(1L);
    }

    @Test
    void a_group_ends_when_its_stream_gets_a_tombstone() throws Exception {
        fixture.append("order-1", 1);
        create("shop", GroupFixture.exact());
        GroupListener listener = fixture.subscribe("order-1", "shop");
        listener.ack(1);

        fixture.client().tombstoneStream("order-1").get();

        assertThat(GroupFixture.trailer(listener.ended(), "exception")).isEqualTo("stream-deleted");
    }

    @Test
    void a_client_that_stops_is_dropped_and_others_get_what_it_had() throws Exception {
        fixture.append("order-1", 1);
        create("shop", GroupFixture.exact());
        GroupListener first = fixture.subscribe("order-1", "shop");

        first.next().nack(NackAction.Stop, "cannot");

        assertThat(GroupFixture.trailer(first.ended(), "exception")).isEqualTo("persistent-subscription-dropped");
        assertThat(fixture.subscribe("order-1", "shop").ack(1)).containsExactly("0@order-1");
    }

    @Test
    void messages_go_round_or_to_the_first_client_as_the_strategy_says() throws Exception {
        create("round", GroupFixture.exact().namedConsumerStrategy(NamedConsumerStrategy.ROUND_ROBIN));
        create("single", GroupFixture.exact().namedConsumerStrategy(NamedConsumerStrategy.DISPATCH_TO_SINGLE));
        GroupListener roundFirst = fixture.subscribe("order-1", "round");
        GroupListener roundSecond = fixture.subscribe("order-1", "round");
        GroupListener singleFirst = fixture.subscribe("order-1", "single", 2);
        GroupListener singleSecond = fixture.subscribe("order-1", "single");

        fixture.append("order-1", 4);

        assertThat(roundFirst.take(2)).containsExactly("0@order-1", "2@order-1");
        assertThat(roundSecond.take(2)).containsExactly("1@order-1", "3@order-1");
        assertThat(singleFirst.take(2)).containsExactly("0@order-1", "1@order-1");
        assertThat(singleSecond.take(2)).containsExactly("2@order-1", "3@order-1");
    }

    @Test
    void a_pinned_group_gives_events_of_a_stream_or_of_a_correlation_to_the_same_client() throws Exception {
        GroupListener byStream = pinned("pinned", NamedConsumerStrategy.PINNED);
        GroupListener byCorrelation = pinned("correlated", NamedConsumerStrategy.PINNED_BY_CORRELATION);

        for (int i = 0; i < 20; i++) {
            fixture.appendCorrelated("order-" + i % 10, "journey-" + i / 2);
        }

        Map<String, Set<String>> ofStreams =
                clients(byStream, one -> one.getEvent().getStreamId());
        Map<String, Set<String>> ofCorrelations =
                clients(byCorrelation, one -> new String(one.getEvent().getUserMetadata(), StandardCharsets.UTF_8));
        assertThat(ofStreams)
                .hasSize(10)
                .allSatisfy((_, clients) -> assertThat(clients).hasSize(1));
        assertThat(ofCorrelations)
                .hasSize(10)
                .allSatisfy((_, clients) -> assertThat(clients).hasSize(1));
        assertThat(Set.copyOf(ofStreams.values())).hasSize(2);
    }

    /// Listens for two clients of a group.
    private GroupListener pinned(String group, NamedConsumerStrategy strategy) throws Exception {
        fixture.groups()
                .createToStream(
                        "$ce-order",
                        group,
                        GroupFixture.exact().resolveLinkTos().namedConsumerStrategy(strategy))
                .get();
        GroupListener both = new GroupListener();
        for (int i = 0; i < 2; i++) {
            fixture.groups().subscribeToStream("$ce-order", group, both).get();
        }
        return both;
    }

    /// Which clients got the twenty messages, by what is asked of them.
    private static Map<String, Set<String>> clients(GroupListener both, Function<ResolvedEvent, String> what) {
        return Stream.generate(() -> both.next().ack())
                .limit(20)
                .collect(Collectors.groupingBy(
                        one -> what.apply(one.resolved()),
                        Collectors.mapping(one -> one.subscription().getSubscriptionId(), Collectors.toSet())));
    }

    private List<ResolvedEvent> parked(String stream, String group) throws Exception {
        return fixture.client()
                .readStream(parkedStream(stream, group), ReadStreamOptions.get().resolveLinkTos())
                .get()
                .getEvents();
    }

    private List<Long> parkedRevisions(String stream, String group) {
        try {
            return parked(stream, group).stream()
                    .map(one -> one.getLink().getRevision())
                    .toList();
        } catch (Exception notNow) {
            return List.of();
        }
    }

    private static String parkedStream(String stream, String group) {
        return "$persistentsubscription-" + stream + "::" + group + "-parked";
    }
}
