package dev.everfold.kurrent.service;

import dev.everfold.kurrent.stream.EventFilter;
import dev.everfold.kurrent.stream.StreamNames;
import dev.everfold.protocol.kurrent.Shared;
import dev.everfold.protocol.kurrent.StreamsWire;
import java.util.OptionalLong;

/// What a client asks for, checked and in our words.
///
/// Positions on the wire are ours + 1. A page from a position holds the event there, and backwards ends before it; a
/// subscription begins after it.
final class ReadOptions {

    private ReadOptions() {}

    /// Which form of ids the client wants.
    ///
    /// @throws IllegalArgumentException when it does not say
    static boolean structuredIds(StreamsWire.ReadReq.Options options) {
        return structuredIds(options.getUuidOption());
    }

    /// The same.
    static boolean structuredIds(Shared.UUIDOption option) {
        return switch (option.getContentCase()) {
            case STRUCTURED -> true;
            case STRING -> false;
            case CONTENT_NOT_SET ->
                throw new IllegalArgumentException("The form of ids is missing; expected uuid_option to be set.");
        };
    }

    static boolean isBackwards(StreamsWire.ReadReq.Options options) {
        return switch (options.getReadDirection()) {
            case Forwards -> false;
            case Backwards -> true;
            case UNRECOGNIZED ->
                throw new IllegalArgumentException("The direction is unknown; expected forwards or backwards.");
        };
    }

    /// @throws IllegalArgumentException when there is none
    static String stream(StreamsWire.ReadReq.Options options) {
        if (!options.hasStream()) {
            throw new IllegalArgumentException("The read is of nothing; expected a stream or all.");
        }
        if (options.hasFilter()) {
            throw new IllegalArgumentException(
                    "The read of a stream has a filter; expected one with reads of all only.");
        }
        return StreamNames.decode(options.getStream().getStreamIdentifier().getStreamName());
    }

    /// First revision of a page; empty = where the direction begins.
    static OptionalLong revision(Shared.StreamStart start, boolean backwards) {
        return switch (start.getRevisionOptionCase()) {
            // Unsigned on the wire; the largest is the end.
            case REVISION -> OptionalLong.of(start.getRevision() < 0 ? Long.MAX_VALUE : start.getRevision());
            case START -> OptionalLong.of(0);
            case END -> backwards ? OptionalLong.empty() : OptionalLong.of(Long.MAX_VALUE);
            case REVISIONOPTION_NOT_SET -> OptionalLong.empty();
        };
    }

    /// Position in our log where a page begins, or before which it begins backwards; empty =
    /// where the direction begins.
    static OptionalLong position(Shared.AllStart start, boolean backwards) {
        return switch (start.getAllOptionCase()) {
            case POSITION -> OptionalLong.of(position(start.getPosition()));
            case START -> OptionalLong.of(0);
            case END -> backwards ? OptionalLong.empty() : OptionalLong.of(Long.MAX_VALUE);
            case ALLOPTION_NOT_SET -> OptionalLong.empty();
        };
    }

    /// First revision of a subscription; empty = what comes after the end.
    static OptionalLong revisionAfter(Shared.StreamStart start) {
        return switch (start.getRevisionOptionCase()) {
            case REVISION ->
                start.getRevision() < 0
                        ? OptionalLong.empty()
                        : OptionalLong.of(Math.min(start.getRevision(), Long.MAX_VALUE - 1) + 1);
            case START, REVISIONOPTION_NOT_SET -> OptionalLong.of(0);
            case END -> OptionalLong.empty();
        };
    }

    /// First position of a subscription in our log; empty = what comes after the end.
    static OptionalLong positionAfter(Shared.AllStart start) {
        return switch (start.getAllOptionCase()) {
            case POSITION -> {
                long commit = start.getPosition().getCommitPosition();
                // Ours + 1 is the position after the event that is meant.
                yield commit < 0 ? OptionalLong.empty() : OptionalLong.of(commit);
            }
            case START, ALLOPTION_NOT_SET -> OptionalLong.of(0);
            case END -> OptionalLong.empty();
        };
    }

    private static long position(Shared.AllStreamPosition position) {
        long commit = position.getCommitPosition();
        return commit < 0 ? Long.MAX_VALUE : Math.max(0, commit - 1);
    }

    static EventFilter filter(StreamsWire.ReadReq.Options options) {
        return options.hasFilter() ? filter(options.getFilter()) : EventFilter.ALL;
    }

    /// @throws IllegalArgumentException when the filter says nothing, or a pattern is wrong
    static EventFilter filter(Shared.FilterOptions filter) {
        return switch (filter.getFilterCase()) {
            case STREAM_IDENTIFIER -> filter(EventFilter.Subject.STREAM, filter.getStreamIdentifier());
            case EVENT_TYPE -> filter(EventFilter.Subject.TYPE, filter.getEventType());
            case FILTER_NOT_SET ->
                throw new IllegalArgumentException("The filter is empty; expected one by stream or by type.");
        };
    }

    private static EventFilter filter(EventFilter.Subject subject, Shared.FilterOptions.Expression expression) {
        return expression.getRegex().isEmpty()
                ? EventFilter.prefixes(subject, expression.getPrefixList())
                : EventFilter.pattern(subject, expression.getRegex());
    }
}
