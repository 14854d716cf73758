package dev.everfold.kurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.EventStore;
import io.grpc.Metadata;
import io.grpc.Status;
import io.kurrent.dbclient.AppendStreamRequest;
import io.kurrent.dbclient.AppendToStreamOptions;
import io.kurrent.dbclient.DeleteStreamOptions;
import io.kurrent.dbclient.EventData;
import io.kurrent.dbclient.EventDataBuilder;
import io.kurrent.dbclient.KurrentDBClient;
import io.kurrent.dbclient.KurrentDBConnectionString;
import io.kurrent.dbclient.MultiStreamAppendResponse;
import io.kurrent.dbclient.Position;
import io.kurrent.dbclient.ReadAllOptions;
import io.kurrent.dbclient.ReadResult;
import io.kurrent.dbclient.ReadStreamOptions;
import io.kurrent.dbclient.ResolvedEvent;
import io.kurrent.dbclient.StreamDeletedException;
import io.kurrent.dbclient.StreamMetadata;
import io.kurrent.dbclient.StreamNotFoundException;
import io.kurrent.dbclient.StreamState;
import io.kurrent.dbclient.SubscribeToAllOptions;
import io.kurrent.dbclient.SubscribeToStreamOptions;
import io.kurrent.dbclient.Subscription;
import io.kurrent.dbclient.SubscriptionFilter;
import io.kurrent.dbclient.SubscriptionListener;
import io.kurrent.dbclient.WriteResult;
import io.kurrent.dbclient.WrongExpectedVersionException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// KurrentDB's own client for Java, unmodified, against any of our engines.
@Timeout(60)
abstract class JavaClientContract {

    /// Events of `$users`, which are there when the first client has come.
    private static final int USERS = 2;

    private ServedStore served;
    private KurrentDBClient client;

    /// An empty store.
    abstract EventStore open();

    @BeforeEach
    void serve() {
        served = ServedStore.of(open());
        client = KurrentDBClient.create(KurrentDBConnectionString.parseOrThrow(served.connectionString()));
    }

    @AfterEach
    void end() {
        var _ = client.shutdown();
        served.close();
    }

    @Test
    void what_is_appended_is_read_as_it_was() throws Exception {
        EventData event = EventDataBuilder.json("OrderPlaced", "{\"total\":7}".getBytes(StandardCharsets.UTF_8))
                .metadataAsBytes("{\"by\":\"ada\"}".getBytes(StandardCharsets.UTF_8))
                .build();
        Instant before = Clock.systemUTC().instant().minusSeconds(1);

        WriteResult written = client.appendToStream("order-1", event).get();
        ResolvedEvent read = client.readStream("order-1", ReadStreamOptions.get())
                .get()
                .getEvents()
                .getFirst();

        assertThat(written.getNextExpectedRevision()).isEqualTo(StreamState.streamRevision(0));
        assertThat(read.getEvent().getEventId()).isEqualTo(event.getEventId());
        assertThat(read.getEvent().getEventType()).isEqualTo("OrderPlaced");
        assertThat(read.getEvent().getStreamId()).isEqualTo("order-1");
        assertThat(read.getEvent().getRevision()).isZero();
        assertThat(read.getEvent().getContentType()).isEqualTo("application/json");
        assertThat(read.getEvent().getEventData()).isEqualTo(event.getEventData());
        assertThat(read.getEvent().getUserMetadata()).isEqualTo(event.getUserMetadata());
        assertThat(read.getEvent().getPosition()).isEqualTo(written.getLogPosition());
        assertThat(read.getEvent().getCreated()).isBetween(before, before.plusSeconds(60));
    }

    @Test
    void a_stream_that_does_not_exist_is_not_found() {
        assertThatThrownBy(() ->
                        client.readStream("nothing", ReadStreamOptions.get()).get())
                .hasCauseInstanceOf(StreamNotFoundException.class);
    }

    @Test
    void pages_are_read_in_both_directions_and_say_where_the_stream_ends() throws Exception {
        client.appendToStream("order-1", events(10)).get();

        ReadResult all = client.readStream("order-1", ReadStreamOptions.get()).get();
        ReadResult middle = client.readStream(
                        "order-1", ReadStreamOptions.get().fromRevision(3).maxCount(4))
                .get();
        ReadResult newest = client.readStream(
                        "order-1", ReadStreamOptions.get().backwards().fromEnd().maxCount(3))
                .get();
        ReadResult older = client.readStream(
                        "order-1", ReadStreamOptions.get().backwards().fromRevision(2))
                .get();

        assertThat(revisions(all)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(List.of(all, middle, newest, older))
                .allSatisfy(page -> assertThat(page.getLastStreamPosition()).isEqualTo(9));
        assertThat(revisions(middle)).containsExactly(3L, 4L, 5L, 6L);
        assertThat(revisions(newest)).containsExactly(9L, 8L, 7L);
        assertThat(revisions(older)).containsExactly(2L, 1L, 0L);
    }

    @Test
    void an_append_that_expects_another_revision_is_refused_with_what_was_found() throws Exception {
        client.appendToStream("order-1", events(3)).get();

        assertThatThrownBy(() -> append("order-1", StreamState.streamRevision(5)))
                .hasCauseInstanceOf(WrongExpectedVersionException.class)
                .cause()
                .satisfies(cause -> {
                    WrongExpectedVersionException wrong = (WrongExpectedVersionException) cause;
                    assertThat(wrong.getStreamName()).isEqualTo("order-1");
                    assertThat(wrong.getExpectedState()).isEqualTo(StreamState.streamRevision(5));
                    assertThat(wrong.getActualState()).isEqualTo(StreamState.streamRevision(2));
                });
        assertThatThrownBy(() -> append("order-1", StreamState.noStream()))
                .hasCauseInstanceOf(WrongExpectedVersionException.class);
        assertThatThrownBy(() -> append("order-2", StreamState.streamExists()))
                .hasCauseInstanceOf(WrongExpectedVersionException.class);
        assertThat(appended()).isEqualTo(3);
    }

    @Test
    void a_repeated_append_is_stored_once_whatever_it_expects() throws Exception {
        EventData[] events = events(3);

        WriteResult first = append("order-1", StreamState.noStream(), events);
        List<WriteResult> repeats = List.of(
                append("order-1", StreamState.noStream(), events),
                append("order-1", StreamState.any(), events),
                append("order-1", StreamState.streamExists(), events));
        append("order-1", StreamState.streamRevision(2), events(1));
        WriteResult late = append("order-1", StreamState.noStream(), events);

        assertThat(first).hasToString("WriteResult{nextExpectedRevision=2, logPosition=5/5}");
        assertThat(repeats).allSatisfy(repeat -> assertThat(repeat).hasToString(first.toString()));
        assertThat(late).hasToString(first.toString());
        assertThat(append("order-1", StreamState.any(), events[0]).getNextExpectedRevision())
                .isEqualTo(StreamState.streamRevision(0));
        assertThat(appended()).isEqualTo(4);
    }

    @Test
    void the_same_ids_are_appended_again_where_the_expected_revision_is_the_last() throws Exception {
        EventData[] events = events(1);
        append("order-1", StreamState.noStream(), events);

        append("order-1", StreamState.streamRevision(0), events);

        assertThat(appended()).isEqualTo(2);
    }

    @Test
    void an_append_of_which_only_the_beginning_is_known_is_refused() throws Exception {
        EventData[] events = events(2);
        append("order-1", StreamState.any(), events[0]);

        assertThatThrownBy(() -> append("order-1", StreamState.any(), events))
                .hasCauseInstanceOf(WrongExpectedVersionException.class);
        assertThatThrownBy(() -> append("order-1", StreamState.noStream(), events))
                .hasCauseInstanceOf(WrongExpectedVersionException.class);
    }

    @Test
    void a_deleted_stream_is_not_found_and_goes_on_with_the_next_append() throws Exception {
        client.appendToStream("order-1", events(3)).get();

        client.deleteStream("order-1").get();
        assertThatThrownBy(() ->
                        client.readStream("order-1", ReadStreamOptions.get()).get())
                .hasCauseInstanceOf(StreamNotFoundException.class);
        assertThatThrownBy(() -> append("order-1", StreamState.streamExists()))
                .hasCauseInstanceOf(WrongExpectedVersionException.class);
        append("order-1", StreamState.noStream());
        append("order-1", StreamState.any());

        assertThat(revisions(
                        client.readStream("order-1", ReadStreamOptions.get()).get()))
                .containsExactly(3L, 4L);
        assertThat(client.getStreamMetadata("order-1").get().getTruncateBefore())
                .isEqualTo(3);
    }

    @Test
    void metadata_that_is_set_on_a_deleted_stream_stays_and_brings_it_back_empty() throws Exception {
        client.appendToStream("order-1", events(2)).get();
        client.deleteStream("order-1").get();
        StreamMetadata metadata = new StreamMetadata();
        metadata.setMaxCount(100L);

        client.setStreamMetadata("order-1", metadata).get();

        assertThat(client.getStreamMetadata("order-1").get().getMaxCount()).isEqualTo(100);
        assertThat(client.getStreamMetadata("order-1").get().getTruncateBefore())
                .isEqualTo(2);
        assertThat(client.readStream("order-1", ReadStreamOptions.get()).get().getEvents())
                .isEmpty();
    }

    @Test
    void metadata_is_set_once_when_the_append_that_sets_it_is_repeated() throws Exception {
        EventData first = metadata("{\"$maxCount\":5}");
        EventData second = metadata("{\"$maxCount\":7}");

        WriteResult written = append("$$order-1", StreamState.any(), first);
        append("$$order-1", StreamState.streamExists(), second);

        assertThat(append("$$order-1", StreamState.any(), first)).hasToString(written.toString());
        assertThat(append("$$order-1", StreamState.streamExists(), first)).hasToString(written.toString());
        assertThat(client.getStreamMetadata("order-1").get().getMaxCount()).isEqualTo(7);
        assertThat(appended()).isEqualTo(2);
    }

    @Test
    void a_stream_with_a_tombstone_can_neither_be_read_nor_appended_to() throws Exception {
        client.appendToStream("order-1", events(1)).get();

        client.tombstoneStream("order-1").get();

        assertThatThrownBy(() ->
                        client.readStream("order-1", ReadStreamOptions.get()).get())
                .cause()
                .satisfies(cause -> assertThat(word(cause)).isEqualTo("stream-deleted"));
        assertThatThrownBy(() -> append("order-1", StreamState.any())).hasCauseInstanceOf(StreamDeletedException.class);
        assertThatThrownBy(() -> client.tombstoneStream("order-1").get())
                .hasCauseInstanceOf(StreamDeletedException.class);
        assertThatThrownBy(() -> client.deleteStream("order-1").get()).hasCauseInstanceOf(StreamDeletedException.class);
    }

    @Test
    void a_deletion_that_expects_another_revision_is_refused() throws Exception {
        client.appendToStream("order-1", events(2)).get();

        DeleteStreamOptions options = DeleteStreamOptions.get().streamRevision(7);

        assertThatThrownBy(() -> client.deleteStream("order-1", options).get())
                .hasCauseInstanceOf(WrongExpectedVersionException.class);
        assertThatThrownBy(() -> client.tombstoneStream("order-1", options).get())
                .hasCauseInstanceOf(WrongExpectedVersionException.class);
        assertThat(client.readStream("order-1", ReadStreamOptions.get()).get().getEvents())
                .hasSize(2);
    }

    @Test
    void a_stream_that_was_never_there_can_get_a_tombstone_but_not_be_deleted() throws Exception {
        DeleteStreamOptions none = DeleteStreamOptions.get().streamState(StreamState.noStream());

        assertThatThrownBy(() -> client.deleteStream("order-1").get())
                .hasCauseInstanceOf(WrongExpectedVersionException.class);
        assertThatThrownBy(() -> client.deleteStream("order-1", none).get())
                .hasCauseInstanceOf(WrongExpectedVersionException.class);
        assertThat(appended()).isZero();
        client.setStreamMetadata("order-1", new StreamMetadata()).get();
        client.deleteStream("order-1", none).get();
        client.tombstoneStream("order-2", none).get();

        assertThat(appended()).isEqualTo(3);
    }

    @Test
    void metadata_hides_what_it_says() throws Exception {
        client.appendToStream("order-1", events(10)).get();
        StreamMetadata metadata = new StreamMetadata();
        metadata.setMaxCount(4L);
        metadata.setCustomProperties(Map.of("owner", "ada"));

        client.setStreamMetadata("order-1", metadata).get();
        ReadResult few = client.readStream("order-1", ReadStreamOptions.get()).get();
        metadata.setTruncateBefore(8L);
        client.setStreamMetadata("order-1", metadata).get();
        ReadResult fewer = client.readStream(
                        "order-1", ReadStreamOptions.get().backwards().fromEnd())
                .get();

        assertThat(revisions(few)).containsExactly(6L, 7L, 8L, 9L);
        assertThat(revisions(fewer)).containsExactly(9L, 8L);
        assertThat(client.getStreamMetadata("order-1").get().getCustomProperties())
                .containsEntry("owner", "ada");
    }

    @Test
    void the_log_is_read_from_a_position_in_both_directions() throws Exception {
        client.appendToStream("order-1", events(2)).get();
        Position position = client.appendToStream("order-2", events(1)).get().getLogPosition();
        client.appendToStream("order-3", events(2)).get();

        List<ResolvedEvent> forwards = client.readAll(ReadAllOptions.get().fromPosition(position))
                .get()
                .getEvents();
        List<ResolvedEvent> backwards = client.readAll(
                        ReadAllOptions.get().backwards().fromPosition(position))
                .get()
                .getEvents();

        assertThat(forwards)
                .extracting(event -> event.getEvent().getStreamId())
                .containsExactly("order-2", "order-3", "order-3");
        assertThat(backwards)
                .extracting(event -> event.getEvent().getRevision())
                .containsExactly(1L, 0L, 1L, 0L);
        assertThat(client.readAll(ReadAllOptions.get().maxCount(2)).get().getEvents())
                .hasSize(2);
    }

    @Test
    void links_and_indexes_lead_to_their_events() throws Exception {
        client.appendToStream("order-1", events(2)).get();
        client.appendToStream("order-2", events(1)).get();
        client.appendToStream(
                        "mine",
                        EventDataBuilder.binary("$>", "1@order-1".getBytes(StandardCharsets.UTF_8))
                                .build())
                .get();
        ReadStreamOptions resolving = ReadStreamOptions.get().resolveLinkTos();

        ResolvedEvent linked =
                client.readStream("mine", resolving).get().getEvents().getFirst();
        ReadResult category = client.readStream("$ce-order", resolving).get();
        ReadResult types = client.readStream(
                        "$et-OrderChanged",
                        ReadStreamOptions.get().resolveLinkTos().backwards().fromEnd())
                .get();
        ReadResult streams = client.readStream("$streams", resolving).get();
        client.deleteStream("order-1").get();
        ResolvedEvent dangling =
                client.readStream("mine", resolving).get().getEvents().getFirst();

        assertThat(linked.getEvent().getStreamId()).isEqualTo("order-1");
        assertThat(linked.getLink().getStreamId()).isEqualTo("mine");
        assertThat(category.getEvents())
                .extracting(event ->
                        event.getLink().getRevision() + " " + event.getEvent().getRevision() + "@"
                                + event.getEvent().getStreamId())
                .containsExactly("0 0@order-1", "1 1@order-1", "2 0@order-2");
        assertThat(category.getEvents())
                .allSatisfy(
                        event -> assertThat(event.getLink().getContentType()).isEqualTo("application/octet-stream"));
        assertThat(types.getEvents())
                .extracting(event -> event.getLink().getRevision())
                .containsExactly(2L, 1L, 0L);
        assertThat(streams.getEvents())
                .extracting(event -> event.getEvent().getStreamId())
                .containsExactly("$users", "order-1", "order-2", "mine");
        assertThat(dangling.getEvent()).isNull();
        assertThat(dangling.getLink().getStreamId()).isEqualTo("mine");
    }

    @Test
    void a_subscription_gets_what_there_is_then_hears_that_it_caught_up_then_what_comes() throws Exception {
        client.appendToStream("order-1", events(3)).get();
        Listener listener = new Listener();

        Subscription subscription = client.subscribeToStream(
                        "order-1", listener, SubscribeToStreamOptions.get().fromRevision(0))
                .get();
        List<String> history = listener.next(3);
        client.appendToStream("order-2", events(1)).get();
        client.appendToStream("order-1", events(2)).get();

        assertThat(history).containsExactly("1@order-1", "2@order-1", "caught up 2");
        assertThat(listener.next(2)).containsExactly("3@order-1", "4@order-1");
        subscription.stop();
    }

    @Test
    void a_subscription_to_a_stream_that_does_not_exist_waits_for_it() throws Exception {
        Listener listener = new Listener();

        client.subscribeToStream(
                        "order-1", listener, SubscribeToStreamOptions.get().fromStart())
                .get();
        List<String> nothing = listener.next(1);
        client.appendToStream("order-1", events(1)).get();

        assertThat(nothing).containsExactly("caught up -1");
        assertThat(listener.next(1)).containsExactly("0@order-1");
    }

    @Test
    void a_subscription_ends_when_its_stream_gets_a_tombstone() throws Exception {
        client.appendToStream("order-1", events(1)).get();
        Listener listener = new Listener();
        client.subscribeToStream(
                        "order-1", listener, SubscribeToStreamOptions.get().fromStart())
                .get();
        listener.next(2);

        client.tombstoneStream("order-1").get();

        assertThat(listener.next(1).getFirst()).contains("The stream \"order-1\" has a tombstone");
    }

    @Test
    void a_subscription_to_an_index_gets_the_links_of_new_events() throws Exception {
        client.appendToStream("order-1", events(1)).get();
        Listener listener = new Listener();
        client.subscribeToStream(
                        "$ce-order",
                        listener,
                        SubscribeToStreamOptions.get().fromStart().resolveLinkTos())
                .get();
        assertThat(listener.next(2)).containsExactly("0@order-1", "caught up 0");

        client.appendToStream("basket-1", events(1)).get();
        client.appendToStream("order-2", events(1)).get();

        assertThat(listener.next(1)).containsExactly("0@order-2");
    }

    @Test
    void a_filtered_subscription_to_the_log_gets_what_matches_and_checkpoints_between() throws Exception {
        BlockingQueue<Position> checkpoints = new LinkedBlockingQueue<>();
        client.appendToStream("basket-1", events(40)).get();
        client.appendToStream("order-1", events(1)).get();
        Listener listener = new Listener();
        SubscriptionFilter filter = SubscriptionFilter.newBuilder()
                .addStreamNamePrefix("order-")
                .withMaxWindow(10)
                .withCheckpointer((_, position) -> {
                    checkpoints.add(position);
                    return CompletableFuture.completedFuture(null);
                })
                .build();

        client.subscribeToAll(listener, SubscribeToAllOptions.get().fromStart().filter(filter))
                .get();
        List<String> history = listener.next(2);
        client.appendToStream("order-2", events(1)).get();

        assertThat(history).containsExactly("0@order-1", "caught up null");
        assertThat(listener.next(1)).containsExactly("0@order-2");
        assertThat(checkpoints).extracting(Position::getCommitUnsigned).startsWith(10L, 20L, 30L, 40L, 43L);
    }

    @Test
    void a_filter_by_pattern_or_by_index_selects_events_of_the_log() throws Exception {
        client.appendToStream("order-1", events(2)).get();
        client.appendToStream("basket-1", events(2)).get();
        Listener byPattern = new Listener();
        Listener byIndex = new Listener();

        client.subscribeToAll(
                        byPattern,
                        SubscribeToAllOptions.get()
                                .fromStart()
                                .filter(SubscriptionFilter.newBuilder()
                                        .withStreamNameRegularExpression("^b.*1$")
                                        .build()))
                .get();
        client.subscribeToAll(
                        byIndex,
                        SubscribeToAllOptions.get()
                                .fromStart()
                                .filter(SubscriptionFilter.newBuilder()
                                        .addStreamNamePrefix("$idx-ce-order")
                                        .build()))
                .get();

        assertThat(byPattern.next(2)).containsExactly("0@basket-1", "1@basket-1");
        assertThat(byIndex.next(2)).containsExactly("0@order-1", "1@order-1");
    }

    @Test
    void one_append_to_many_streams_is_stored_as_a_whole_or_not_at_all() throws Exception {
        client.appendToStream("order-1", events(1)).get();

        MultiStreamAppendResponse both = client.multiStreamAppend(List.of(
                                request("order-1", StreamState.streamRevision(0), 2),
                                request("order-2", StreamState.noStream(), 1))
                        .iterator())
                .get();

        assertThat(both.getResults())
                .extracting(result -> result.getStream() + " " + result.getStreamRevision())
                .containsExactly("order-1 2", "order-2 0");
        assertThat(both.getPosition()).isEqualTo(USERS + 4);
        assertThatThrownBy(() -> client.multiStreamAppend(List.of(
                                        request("order-1", StreamState.streamRevision(2), 1),
                                        request("order-2", StreamState.noStream(), 1))
                                .iterator())
                        .get())
                .hasCauseInstanceOf(WrongExpectedVersionException.class);
        assertThat(appended()).isEqualTo(4);
    }

    @Test
    void an_event_that_is_too_large_is_refused_and_nothing_is_stored() {
        EventData large = EventDataBuilder.binary("Large", new byte[2 << 20]).build();

        assertThatThrownBy(() -> client.appendToStream("order-1", large).get())
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("eventBytesMax");
        assertThat(appended()).isZero();
    }

    @Test
    void a_client_finds_the_names_of_the_first_users_and_nothing_else_in_a_new_store() throws Exception {
        assertThat(served.store().nextPosition()).isZero();

        List<ResolvedEvent> users =
                client.readStream("$users", ReadStreamOptions.get()).get().getEvents();

        assertThat(users)
                .extracting(event -> new String(event.getEvent().getEventData(), StandardCharsets.UTF_8))
                .containsExactly("admin", "ops");
        assertThat(appended()).isZero();
    }

    @Test
    void five_thousand_events_are_one_append_and_recognised_when_they_come_again() throws Exception {
        EventData[] events = events(5_000);

        WriteResult first = append("order-1", StreamState.any(), events);
        append("order-1", StreamState.any());
        WriteResult again = append("order-1", StreamState.any(), events);

        assertThat(first.getNextExpectedRevision()).isEqualTo(StreamState.streamRevision(4_999));
        assertThat(again).hasToString(first.toString());
        assertThat(appended()).isEqualTo(5_001);
    }

    @Test
    void a_stream_that_the_server_makes_takes_no_events() {
        for (String stream : List.of("$all", "$ce-order", "$et-OrderChanged", "$streams")) {
            assertThatThrownBy(() -> append(stream, StreamState.any()))
                    .hasMessageContaining("The stream \"" + stream + "\" is made by the server from all others");
        }
        assertThat(appended()).isZero();
    }

    @Test
    void streams_are_named_with_any_letters_up_to_1022_bytes() throws Exception {
        for (String stream : List.of("a/b?c#d", "a@b", "1@a", "zoë ☕ 🦊", "%41+", "x".repeat(1_022), "$mine")) {
            append(stream, StreamState.noStream());

            assertThat(client.readStream(stream, ReadStreamOptions.get()).get().getEvents())
                    .extracting(event -> event.getEvent().getStreamId())
                    .containsExactly(stream);
        }
        assertThatThrownBy(() -> append("x".repeat(1_023), StreamState.any())).hasMessageContaining("nameBytesMax");
    }

    @Test
    void a_client_goes_on_when_the_server_was_restarted_on_the_same_store() throws Exception {
        append("order-1", StreamState.noStream());

        served = served.restarted();

        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        boolean appended = false;
        while (!appended) {
            try {
                append("order-1", StreamState.streamRevision(0));
                appended = true;
            } catch (ExecutionException notYet) {
                assertThat(System.nanoTime()).isLessThan(deadline);
            }
        }
        assertThat(revisions(
                        client.readStream("order-1", ReadStreamOptions.get()).get()))
                .containsExactly(0L, 1L);
    }

    /// How many events clients appended.
    private long appended() {
        return Math.max(0, served.store().nextPosition() - USERS);
    }

    private WriteResult append(String stream, StreamState expected, EventData... events) throws Exception {
        EventData[] some = events.length == 0 ? events(1) : events;
        return client.appendToStream(stream, AppendToStreamOptions.get().streamState(expected), some)
                .get();
    }

    /// The word under which the server says why.
    private static String word(Throwable failure) {
        return Status.trailersFromThrowable(failure)
                .get(Metadata.Key.of("exception", Metadata.ASCII_STRING_MARSHALLER));
    }

    private static AppendStreamRequest request(String stream, StreamState expected, int count) {
        return new AppendStreamRequest(stream, List.of(events(count)).iterator(), expected);
    }

    private static EventData[] events(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> EventDataBuilder.json(
                                UUID.randomUUID(),
                                "OrderChanged",
                                ("{\"number\":" + number + "}").getBytes(StandardCharsets.UTF_8))
                        .build())
                .toArray(EventData[]::new);
    }

    private static EventData metadata(String json) {
        return EventDataBuilder.json("$metadata", json.getBytes(StandardCharsets.UTF_8))
                .build();
    }

    private static List<Long> revisions(ReadResult result) {
        return result.getEvents().stream()
                .map(event -> event.getEvent().getRevision())
                .toList();
    }

    /// Keeps what a subscription hears, as text.
    private static final class Listener extends SubscriptionListener {

        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        @Override
        public void onEvent(Subscription subscription, ResolvedEvent event) {
            heard.add(event.getEvent().getRevision() + "@" + event.getEvent().getStreamId());
        }

        @Override
        public void onCaughtUp(Subscription subscription, Instant timestamp, Long revision, Position position) {
            heard.add("caught up " + revision);
        }

        @Override
        public void onCancelled(Subscription subscription, Throwable exception) {
            heard.add(String.valueOf(exception));
        }

        List<String> next(int count) {
            return IntStream.range(0, count).mapToObj(_ -> next()).toList();
        }

        private String next() {
            try {
                String next = heard.poll(30, TimeUnit.SECONDS);
                if (next == null) {
                    throw new AssertionError("Nothing came within 30 s.");
                }
                return next;
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }
    }
}
