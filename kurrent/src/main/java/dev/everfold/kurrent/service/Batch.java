package dev.everfold.kurrent.service;

import dev.everfold.kurrent.stream.Access;
import dev.everfold.kurrent.stream.AppendOutcome;
import dev.everfold.kurrent.stream.AppendRequest;
import dev.everfold.kurrent.stream.StreamNames;
import dev.everfold.kurrent.stream.Streams;
import dev.everfold.protocol.kurrent.Shared;
import dev.everfold.protocol.kurrent.StreamsWire;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One append of [BatchAppends], collected from its messages; the first of them says where to and under which
/// conditions. What is wrong with it is remembered and answered when it is complete.
final class Batch {

    private static final LongSupplier NANOS = System::nanoTime;

    private final Shared.UUID correlation;
    private final Shared.ExpectedStream options;
    private final Streams streams;
    private final long begunNanos = NANOS.getAsLong();

    /// How long the client waits for it from when it began to come, however the clock is set meanwhile.
    private Optional<Duration> patience = Optional.empty();

    private IncomingEvents events;
    private String stream = "";
    private @Nullable RuntimeException refusal;

    Batch(StreamsWire.BatchAppendReq first, Streams streams) {
        this.correlation = first.getCorrelationId();
        this.options = first.getOptions();
        this.streams = streams;
        this.events = new IncomingEvents(streams.store().limits());
        try {
            WireEvents.decode(correlation);
            stream = StreamNames.decode(options.getStreamIdentifier().getStreamName());
            streams.access().require(stream, Access.Action.WRITE);
            patience = patience();
        } catch (RuntimeException wrong) {
            refusal = wrong;
        }
    }

    /// Data and metadata that are kept.
    long bytes() {
        return events.bytes();
    }

    void add(StreamsWire.BatchAppendReq request) {
        if (refusal != null) {
            return;
        }
        try {
            for (Shared.ProposedMessage message : request.getProposedMessagesList()) {
                events.add(stream, message);
            }
            if (request.getIsFinal()) {
                streams.access().requireStillWritable(stream);
            }
        } catch (RuntimeException wrong) {
            refusal = wrong;
            events = new IncomingEvents(streams.store().limits());
        }
    }

    /// Prepares to append what came.
    ///
    /// @return gives it to the store, unless something is wrong with it or the time that the client gave it
    ///     has passed
    Supplier<CompletableFuture<AppendOutcome>> prepare() {
        if (nanosLeft() <= 0) {
            return Batch::late;
        }
        try {
            if (refusal != null) {
                throw refusal;
            }
            Supplier<CompletableFuture<AppendOutcome>> append =
                    streams.appends().prepare(AppendRequest.to(stream, WireEvents.expected(options), events.events()));
            return patience.isEmpty() ? append : () -> inTime(append);
        } catch (RuntimeException refused) {
            return () -> CompletableFuture.failedFuture(refused);
        }
    }

    private CompletableFuture<AppendOutcome> inTime(Supplier<CompletableFuture<AppendOutcome>> append) {
        long nanosLeft = nanosLeft();
        return nanosLeft <= 0 ? late() : append.get().orTimeout(nanosLeft, TimeUnit.NANOSECONDS);
    }

    private static CompletableFuture<AppendOutcome> late() {
        return CompletableFuture.failedFuture(new TimeoutException());
    }

    private long nanosLeft() {
        return patience.map(time -> Math.max(0, TimeUnit.NANOSECONDS.convert(time)))
                .map(nanos -> nanos - (NANOS.getAsLong() - begunNanos))
                .orElse(Long.MAX_VALUE);
    }

    /// @throws IllegalArgumentException when the deadline is no time
    private Optional<Duration> patience() {
        try {
            if (options.hasDeadline()) {
                return Optional.of(Duration.ofSeconds(
                        options.getDeadline().getSeconds(),
                        options.getDeadline().getNanos()));
            }
            if (options.hasDeadlineAt()) {
                Instant at = Instant.ofEpochSecond(
                        options.getDeadlineAt().getSeconds(),
                        options.getDeadlineAt().getNanos());
                return Optional.of(Duration.between(streams.clock().instant(), at));
            }
            return Optional.empty();
        } catch (ArithmeticException | DateTimeException none) {
            throw new IllegalArgumentException("The deadline of the append is no time; expected one.", none);
        }
    }

    /// What the client is told.
    ///
    /// @param outcome null when it failed
    StreamsWire.BatchAppendResp answer(@Nullable AppendOutcome outcome, @Nullable Throwable failure) {
        StreamsWire.BatchAppendResp.Builder answer = StreamsWire.BatchAppendResp.newBuilder()
                .setCorrelationId(correlation)
                .setStreamIdentifier(options.getStreamIdentifier());
        expected(answer);
        switch (outcome) {
            case AppendOutcome.Stored stored -> answer.setSuccess(AppendCall.success(stream, stored));
            case AppendOutcome.Refused refused ->
                answer.setError(BatchRefusals.of(refused.violations().getFirst()));
            case null -> {
                Throwable cause = failure == null ? new IllegalStateException("an append without an outcome") : failure;
                answer.setError(BatchRefusals.of(cause, streams.store().limits()));
            }
        }
        return answer.build();
    }

    private void expected(StreamsWire.BatchAppendResp.Builder answer) {
        switch (options.getExpectedStreamRevisionCase()) {
            case REVISION -> answer.setStreamPosition(options.getRevision());
            case NO_STREAM -> answer.setNoStream(WireEvents.EMPTY);
            case ANY -> answer.setAny(WireEvents.EMPTY);
            case STREAM_EXISTS -> answer.setStreamExists(WireEvents.EMPTY);
            case EXPECTEDSTREAMREVISION_NOT_SET -> {}
        }
    }
}
