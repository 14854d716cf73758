package dev.everfold.eventsourcing.projection;

import dev.everfold.eventsourcing.subscription.ConsumerState;
import dev.everfold.eventsourcing.subscription.ConsumerStatus;
import java.util.Comparator;
import java.util.List;

/// The partitions of one build as a whole: sums, the lowest position, and the state of the one that needs attention
/// most.
final class PartitionsStatus {

    private PartitionsStatus() {}

    static ConsumerStatus of(String projection, List<ConsumerStatus> all) {
        ConsumerStatus last = all.stream()
                .min(Comparator.comparingLong(ConsumerStatus::position))
                .orElseThrow();
        return new ConsumerStatus(
                projection,
                last.kind(),
                all.stream()
                        .map(ConsumerStatus::state)
                        .max(Comparator.comparingInt(PartitionsStatus::concern))
                        .orElseThrow(),
                last.position(),
                last.lagEvents(),
                last.lag(),
                all.stream().mapToLong(ConsumerStatus::handled).sum(),
                all.stream().mapToDouble(ConsumerStatus::eventsPerSecond).sum(),
                all.stream().mapToLong(ConsumerStatus::retries).sum(),
                all.stream().mapToInt(ConsumerStatus::parked).sum(),
                all.stream()
                        .flatMap(each -> each.lastFailure().stream())
                        .max(Comparator.comparing(ConsumerStatus.Failure::time)));
    }

    private static int concern(ConsumerState state) {
        return switch (state) {
            case FAILED -> 6;
            case RETRYING -> 5;
            case STOPPED -> 4;
            case WAITING_FOR_CLAIM -> 3;
            case PAUSED -> 2;
            case CATCHING_UP -> 1;
            case LIVE -> 0;
        };
    }
}
