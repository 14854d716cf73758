package dev.everfold.eventsourcing.projection;

import dev.everfold.eventsourcing.subscription.ConsumerState;
import dev.everfold.eventsourcing.subscription.ConsumerStatus;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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
                newest(all.stream().flatMap(each -> each.lastFailure().stream())));
    }

    /// The same with what fails in a build that is made beside it.
    static ConsumerStatus withBeside(ConsumerStatus main, Build build, ConsumerStatus beside) {
        return new ConsumerStatus(
                main.name(),
                main.kind(),
                main.state(),
                main.position(),
                main.lagEvents(),
                main.lag(),
                main.handled(),
                main.eventsPerSecond(),
                main.retries() + beside.retries(),
                main.parked(),
                newest(Stream.concat(
                        main.lastFailure().stream(),
                        beside.lastFailure().stream()
                                .map(failure -> new ConsumerStatus.Failure(
                                        failure.time(), "in build " + build.number() + ": " + failure.message())))));
    }

    private static Optional<ConsumerStatus.Failure> newest(Stream<ConsumerStatus.Failure> failures) {
        return failures.max(Comparator.comparing(ConsumerStatus.Failure::time));
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
