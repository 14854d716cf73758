/// The protocol's service over any store.
///
/// [GrpcServer] listens and hands calls to [EventStoreService]. [AppendStream] is one stream of appends, with
/// one answer for each message; [ReadStream] is one read, no faster than its reader. Both are bounded in what they
/// hold for a client that is slow or silent.
@NullMarked
package dev.everfold.grpc.service;

import org.jspecify.annotations.NullMarked;
