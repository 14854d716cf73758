package dev.everfold.grpc.wire;

import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.Read.Direction;
import dev.everfold.eventstore.Read.Source;
import dev.everfold.protocol.v1.Wire;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/// Reads and the queries in them.
public final class WireReads {

    private WireReads() {}

    /// A read as a message that can still be given a form and a size.
    public static Wire.ReadRequest.Builder encode(Read read) {
        Wire.ReadRequest.Builder message = Wire.ReadRequest.newBuilder();
        switch (read.source()) {
            case Source.Matching matching -> message.setMatching(encode(matching));
            case Source.Revisions revisions -> message.setRevisions(encode(revisions));
        }
        message.setDirection(
                switch (read.direction()) {
                    case FORWARDS -> Wire.Direction.DIRECTION_FORWARDS;
                    case BACKWARDS -> Wire.Direction.DIRECTION_BACKWARDS;
                });
        if (read.limit() != Long.MAX_VALUE) {
            message.setLimit(read.limit());
        }
        return message;
    }

    /// The read in a message.
    ///
    /// @throws IllegalArgumentException when it is not one; the message says what is missing or wrong
    public static Read decode(Wire.ReadRequest read) {
        Source source = switch (read.getSourceCase()) {
            case MATCHING -> decode(read.getMatching());
            case REVISIONS -> decode(read.getRevisions());
            case SOURCE_NOT_SET ->
                throw new IllegalArgumentException("The read has no source; expected matching or revisions.");
        };
        Direction direction = switch (read.getDirection()) {
            case DIRECTION_FORWARDS -> Direction.FORWARDS;
            case DIRECTION_BACKWARDS -> Direction.BACKWARDS;
            case UNRECOGNIZED -> throw unknown("direction", read.getDirectionValue());
        };
        if (read.getForm() == Wire.Form.UNRECOGNIZED) {
            throw unknown("form", read.getFormValue());
        }
        if (read.hasBytesMax() && read.getBytesMax() < 1) {
            throw new IllegalArgumentException("The read may hold " + read.getBytesMax()
                    + " bytes, which no event fits into; expected 1 or more, or no bytes_max.");
        }
        return new Read(source, direction, read.hasLimit() ? read.getLimit() : Long.MAX_VALUE);
    }

    private static IllegalArgumentException unknown(String what, int value) {
        return new IllegalArgumentException("The read has the " + what + " " + value
                + ", which this server does not know; expected one of the protocol's, version 1.");
    }

    private static Wire.Matching encode(Source.Matching matching) {
        Wire.Matching.Builder message =
                Wire.Matching.newBuilder().setQuery(encode(matching.query())).setFromPosition(matching.fromPosition());
        if (matching.toPosition() != Long.MAX_VALUE) {
            message.setToPosition(matching.toPosition());
        }
        return message.build();
    }

    private static Source.Matching decode(Wire.Matching matching) {
        return new Source.Matching(
                decode(matching.getQuery()),
                matching.getFromPosition(),
                matching.hasToPosition() ? matching.getToPosition() : Long.MAX_VALUE);
    }

    private static Wire.Revisions encode(Source.Revisions revisions) {
        Wire.Revisions.Builder message =
                Wire.Revisions.newBuilder().setStream(revisions.stream()).setFromRevision(revisions.fromRevision());
        if (revisions.toRevision() != Long.MAX_VALUE) {
            message.setToRevision(revisions.toRevision());
        }
        return message.build();
    }

    private static Source.Revisions decode(Wire.Revisions revisions) {
        return new Source.Revisions(
                revisions.getStream(),
                revisions.getFromRevision(),
                revisions.hasToRevision() ? revisions.getToRevision() : Long.MAX_VALUE);
    }

    static Wire.Query encode(Query query) {
        Wire.Query.Builder message = Wire.Query.newBuilder();
        query.items().forEach(item -> message.addItems(encode(item)));
        return message.build();
    }

    static Query decode(Wire.Query query) {
        return new Query(query.getItemsList().stream().map(WireReads::decode).toList());
    }

    private static Wire.Query.Item encode(Query.Item item) {
        Wire.Query.Item.Builder message = Wire.Query.Item.newBuilder()
                .addAllTypes(item.types())
                .addAllTags(item.tags())
                .setFirstOfStream(item.firstOfStream());
        item.ids().forEach(id -> message.addIds(WireValues.encode(id)));
        item.stream().ifPresent(message::setStream);
        item.category().ifPresent(message::setCategory);
        return message.build();
    }

    private static Query.Item decode(Wire.Query.Item item) {
        Set<UUID> ids =
                item.getIdsList().stream().map(WireValues::decode).collect(Collectors.toCollection(LinkedHashSet::new));
        return new Query.Item(
                item.hasStream() ? Optional.of(item.getStream()) : Optional.empty(),
                item.hasCategory() ? Optional.of(item.getCategory()) : Optional.empty(),
                new TreeSet<>(item.getTypesList()),
                new TreeSet<>(item.getTagsList()),
                ids,
                item.getFirstOfStream());
    }
}
