package dev.everfold.search;

import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/// What a handler changes: the documents of one build, for one step. For the thread of that step.
///
/// Each document carries the position of the last event that changed it. When an event is handled again, because a
/// process ended between storing documents and saving its checkpoint, a document that has the event in it is left as
/// it is: every event changes every document once. **What a handler makes of a document may rest on the event and on
/// that document**, not on other documents: those may be further already when an event is handled again.
///
/// A document that has the event in it already is given as it is, and what the handler makes of it is left out.
/// So do not throw because a document is there that the event was to make. When the server refuses one of several
/// documents that an event changes, the event is parked, and the others may have it in them, and those behind it that
/// are parked with it: redriven, they are settled as they are; discarded, they stay in there until a rebuild.
///
/// Documents are stored together at the end of a step. Ids are 1 to 512 bytes of UTF-8. Fields whose names begin with
/// `everfold_` are ours: handlers neither see nor set them.
public interface SearchDocuments {

    /// A copy of a document as the events so far have made it. Documents that are read like this are fetched one by
    /// one, unless [SearchReadModel#fetching] tells which an event needs; [#update] is fetched for all of a step at
    /// once.
    Optional<ObjectNode> get(String id);

    /// The same as a record, or whatever Jackson makes of JSON.
    <D> Optional<D> get(String id, Class<D> type);

    /// Puts a document in place of whatever is there: a `JsonNode`, a `Map`, a record or whatever Jackson makes an
    /// object of. It is taken as it is now; the fastest of all changes, since nothing is read.
    ///
    /// @throws IllegalArgumentException when it is no JSON object, or sets a field that begins with `everfold_`
    void put(String id, Object document);

    /// Changes a document that is there. The change is called later in the same step.
    ///
    /// When there is no such document the event fails: one that is to be made on the way is made by [#get] and
    /// [#put].
    void update(String id, Consumer<ObjectNode> change);

    /// Deletes a document; nothing when it is not there.
    void delete(String id);
}
