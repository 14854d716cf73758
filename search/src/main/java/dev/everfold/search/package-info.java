/// Read models in Elasticsearch and OpenSearch.
///
/// An application needs [SearchReadModel], opened with [SearchOptions] and an [IndexDefinition], and a projection of
/// [SearchDocuments]: that is what its handlers change.
///
/// To read the code, begin with `SearchClaim`, which says in which order a step is carried out and what a crash leaves
/// at each point, and `StepDocuments`, which makes one change of each document out of many. `SearchClaims` says what is
/// made sure before a claim is in force; `ClaimedIndex` keeps out what earlier claims send, and `IndexHistory` tells
/// whether an index still holds what the checkpoint says. What the server is to remember is in one small index:
/// `ClaimState` says who runs a partition and how far it is, `Registry` which builds there are and which one serves;
/// `ConsumerIndex` reads and writes both. `ServingSwitch` lets one build take the place of another, and `ServingAlias`
/// leads readers to it; `Emptying` begins one again. `SearchBuilds` makes and deletes them.
///
/// Beneath is a small client of both servers, `SearchClient`: `Indices` makes, moves and deletes, `Documents` stores in
/// bulk, reads and searches, `ConditionalWrites` lets one of several processes win. Read `IndexName` to see why
/// documents are written to an alias, and `BulkItem` for what makes repetition harmless. `Transport` sends one `Call`
/// and returns one `Answer`, or says what its absence means.
@NullMarked
package dev.everfold.search;

import org.jspecify.annotations.NullMarked;
