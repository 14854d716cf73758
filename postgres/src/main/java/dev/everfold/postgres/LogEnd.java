package dev.everfold.postgres;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// How a log ends, by its newest batch: number and id together with the start of the server name one history. After
/// a failover that lost something, a repeated append may come to its old number behind others.
///
/// @param server when it was started, microseconds since 1970-01-01T00:00:00Z; another one after a failover
/// @param batch number of the newest batch, that of its first append; -1 = there is none
/// @param appends how many appends there are
/// @param id of the newest append; null = there is none
record LogEnd(
        long server, long batch, long appends, @Nullable UUID id) {}
