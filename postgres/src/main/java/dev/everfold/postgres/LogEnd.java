package dev.everfold.postgres;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// How a log ends, by its newest append: number and id together with the start of the server name one history. After
/// a failover that lost something, a repeated append may come to its old number behind others.
///
/// @param server when it was started, microseconds since 1970-01-01T00:00:00Z; another one after a failover
/// @param number of the newest append; -1 = there is none
/// @param id its id; null = there is none
record LogEnd(long server, long number, @Nullable UUID id) {}
