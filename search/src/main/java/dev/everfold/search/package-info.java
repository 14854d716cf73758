/// Read models in Elasticsearch and OpenSearch; so far what they will stand on.
///
/// Start with `SearchClient`, opened by [SearchOptions]: `Indices` makes, moves and deletes, `Documents` stores in
/// bulk, reads and searches, `ConditionalWrites` lets one of several processes win. Read `IndexName` to see why
/// documents are written to an alias, and `BulkItem` for what makes repetition harmless. Beneath them, `Transport`
/// sends one `Call` and returns one `Answer`, or says what its absence means.
@NullMarked
package dev.everfold.search;

import org.jspecify.annotations.NullMarked;
