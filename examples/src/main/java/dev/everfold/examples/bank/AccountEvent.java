package dev.everfold.examples.bank;

import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventType;
import java.util.List;

/// What happens to an account.
public sealed interface AccountEvent {

    @EventType("account.opened")
    record Opened(String account, String owner) implements AccountEvent {}

    @EventType("account.deposited")
    record Deposited(String account, long cents) implements AccountEvent {}

    @EventType("account.withdrawn")
    record Withdrawn(String account, long cents) implements AccountEvent {}

    @EventType("account.charged")
    record Charged(String account, long cents, String shop) implements AccountEvent {}

    @EventType("account.refunded")
    record Refunded(String account, long cents) implements AccountEvent {}

    @EventType("account.sent")
    record Sent(String account, long cents, String to) implements AccountEvent {}

    @EventType("account.received")
    record Received(String account, long cents, String from) implements AccountEvent {}

    /// Which account it happens to.
    String account();

    /// How they are stored: as JSON, with a tag by which all events of an account are found.
    EventCodec<AccountEvent> CODEC = EventCodec.builder(AccountEvent.class)
            .tags(event -> List.of("account:" + event.account()))
            .build();
}
