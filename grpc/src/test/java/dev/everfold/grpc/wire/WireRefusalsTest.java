package dev.everfold.grpc.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.AppendCondition.NothingMatching;
import dev.everfold.eventstore.AppendCondition.StreamAt;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure;
import dev.everfold.eventstore.AppendIdReusedException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.EventStoreException.Stored;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.LimitExceededException;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.PositionAheadException;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.StorageFullException;
import dev.everfold.eventstore.StoreClosedException;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.eventstore.Tracking;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each exception of the contract arrives as what it was: class, words, and what one may do about it.
class WireRefusalsTest {

    static Stream<EventStoreException> every_exception() {
        Instant noon = Instant.parse("2026-03-01T12:00:00.000001Z");
        return Stream.of(
                new AppendConflictException(List.of(
                        new Failure.StreamMoved(new StreamAt("order-17", Expected.revision(4)), OptionalLong.of(6)),
                        new Failure.StreamMoved(new StreamAt("order-18", Expected.exists()), OptionalLong.empty()),
                        new Failure.StreamMoved(new StreamAt("order-19", Expected.noStream()), OptionalLong.of(0)),
                        new Failure.QueryMatched(
                                new NothingMatching(
                                        Query.tags("a", "b")
                                                .or(Query.types("c"))
                                                .or(Query.category("")),
                                        7),
                                9),
                        new Failure.TrackingNotRising(new Tracking("shop", 3), 3),
                        new Failure.RecordedTimeFalling(Instant.parse("1950-01-01T00:00:00.000009Z"), noon))),
                new AppendIdReusedException(new UUID(1, 2), new Appended(5, List.of(0L, 1L))),
                new PositionAheadException("Condition", 9, 5),
                new LimitExceededException("Too much.", "eventBytesMax"),
                new StorageFullException("/var/data", null),
                new OutcomeUnknownException("The disk failed", null),
                new StoreUnavailableException("Read only.", false, null),
                new StoreUnavailableException("Busy.", true, null),
                new CorruptStoreException("Record at position 91 is corrupt."));
    }

    @ParameterizedTest
    @MethodSource("every_exception")
    void an_exception_arrives_as_what_it_was(EventStoreException exception) {
        RuntimeException arrived = WireRefusals.decode(WireRefusals.encode(exception));

        assertThat(arrived).isExactlyInstanceOf(exception.getClass()).hasMessage(exception.getMessage());
        EventStoreException refusal = (EventStoreException) arrived;
        assertThat(refusal.stored()).isEqualTo(exception.stored());
        assertThat(refusal.retryable()).isEqualTo(exception.retryable());
    }

    @ParameterizedTest
    @MethodSource("every_exception")
    void in_trailers_too(EventStoreException exception) {
        StatusRuntimeException status = WireRefusals.status(exception);

        assertThat(WireRefusals.decode(status.getTrailers()))
                .hasValueSatisfying(arrived -> assertThat(arrived)
                        .isExactlyInstanceOf(exception.getClass())
                        .hasMessage(exception.getMessage()));
    }

    @Test
    void a_server_that_closes_its_store_is_one_to_come_back_to() {
        RuntimeException arrived = WireRefusals.decode(WireRefusals.encode(new StoreClosedException("store")));

        assertThat(arrived)
                .isInstanceOfSatisfying(StoreUnavailableException.class, refusal -> {
                    assertThat(refusal.stored()).isEqualTo(Stored.NO);
                    assertThat(refusal.retryable()).isTrue();
                })
                .hasMessage("The server is closing its store; nothing was stored. Try again once it runs again.");
    }

    @Test
    void a_request_that_is_not_valid_is_a_mistake_of_the_caller() {
        IllegalArgumentException mistake = new IllegalArgumentException("The stream is empty.");

        assertThat(WireRefusals.decode(WireRefusals.encode(mistake)))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("The stream is empty.");
    }

    @Test
    void after_a_defect_of_the_server_an_append_is_unknown_and_no_word_of_it_leaves_the_server() {
        RuntimeException defect = new IllegalStateException("secret", new IOException("secret"));

        RuntimeException arrived = WireRefusals.decode(WireRefusals.encode(defect));
        StatusRuntimeException status = WireRefusals.status(defect);

        assertThat(arrived)
                .isInstanceOf(OutcomeUnknownException.class)
                .hasMessage("The server failed, as its log says; whether the append is stored is unknown."
                        + " Repeat it with the same append id.");
        assertThat(status.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(status).hasMessage("INTERNAL: The server failed; its log says more.");
    }

    @Test
    void a_message_too_long_for_trailers_is_cut() {
        StatusRuntimeException status = WireRefusals.status(new IllegalArgumentException("x".repeat(100_000)));

        assertThat(WireRefusals.decode(status.getTrailers()))
                .hasValueSatisfying(arrived -> assertThat(arrived).hasMessage("x".repeat(500) + "…"));
    }
}
