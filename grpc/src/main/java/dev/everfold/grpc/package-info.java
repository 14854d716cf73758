/// The engine `everfold://host:port`: a store in another process, reached over the network.
///
/// [GrpcEventStore] fulfils the whole contract of [dev.everfold.eventstore.EventStore]: appends go through an
/// `AppendPipe`, many in one message where many wait; a cursor reads page by page (`PagedCursor`), so that it holds a
/// bounded number of bytes and nothing at the server; all waiting threads share one call. What was sent and
/// not answered when a connection broke is reported as unknown, never as refused. The service is in
/// [dev.everfold.grpc.service].
@NullMarked
package dev.everfold.grpc;

import org.jspecify.annotations.NullMarked;
