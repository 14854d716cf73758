package dev.everfold.examples.bank;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.reject;

import dev.everfold.eventsourcing.CommandContext;
import dev.everfold.eventsourcing.DeciderHandler;
import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.Handled;
import dev.everfold.eventsourcing.boundary.Boundary;
import dev.everfold.eventsourcing.boundary.DecisionModel;
import dev.everfold.eventsourcing.boundary.Outcome;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.examples.bank.AccountCommand.Charge;
import dev.everfold.examples.bank.AccountCommand.Deposit;
import dev.everfold.examples.bank.AccountCommand.Open;
import dev.everfold.examples.bank.AccountCommand.Refund;
import dev.everfold.examples.bank.AccountEvent.Charged;
import dev.everfold.examples.bank.AccountEvent.Received;
import dev.everfold.examples.bank.AccountEvent.Sent;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// Accounts on an event store: `examples/run bank log:target/bank` tells a story of two.
public final class Bank {

    private final Everfold everfold;
    private final DeciderHandler<AccountCommand, Account, AccountEvent> accounts;
    private final Boundary<AccountEvent> boundary;

    Bank(Everfold everfold) {
        this.everfold = everfold;
        this.accounts = everfold.decider("account", Account.DECIDER, AccountEvent.CODEC);
        this.boundary =
                Boundary.on(everfold.store(), AccountEvent.CODEC).into(event -> accounts.stream(event.account()));
    }

    /// Alice pays for coffee, is charged twice, and gets it back.
    ///
    /// @param arguments a store URI; the store is new or empty
    public static void main(String[] arguments) {
        try (Everfold everfold = Everfold.open(arguments[0])) {
            Bank bank = new Bank(everfold);
            CommandContext monday = at("2026-03-02T09:00:00Z").withActor("alice");
            bank.handle(new Open("alice", "Alice"), monday);
            bank.handle(new Open("bob", "Bob"), monday);
            bank.handle(new Deposit("alice", 50_00), monday);
            bank.transfer("alice", "bob", 20_00, monday.withReason("half of the rent"));

            CommandContext cafe = at("2026-03-03T08:00:00Z").withActor("cafe");
            bank.handle(new Charge("alice", 3_50, "cafe"), cafe);
            UUID twice = eventOf(bank.handle(new Charge("alice", 3_50, "cafe"), cafe));
            bank.refund(twice, at("2026-03-05T12:00:00Z").withActor("carol").withReason("charged twice"));

            for (String date : List.of("2026-03-03", "2026-03-04", "2026-03-06")) {
                System.out.println(date + "  "
                        + bank.statement("alice", date + "T00:00:00Z").cents() + " cents");
            }
        }
    }

    // One account: its decider decides, on its stream.

    Handled<Account, AccountEvent> handle(AccountCommand command, CommandContext context) {
        return accounts.handle(command.account(), command, context);
    }

    Account account(String account) {
        return accounts.state(account);
    }

    // Two accounts: a decision on both, stored only if neither has changed since.

    private record Both(Account source, Account target) {}

    private static DecisionModel<Account> model(String account) {
        return DecisionModel.of("account " + account, Account.NONE)
                .tagged("account:" + account)
                .on(AccountEvent.class, Account::evolve);
    }

    Outcome<AccountEvent> transfer(String from, String to, long cents, CommandContext context) {
        if (from.equals(to)) {
            return new Outcome.Rejected<>("a transfer is between two accounts");
        }
        return boundary.with(context).decide(DecisionModel.compose(model(from), model(to), Both::new), both -> {
            if (!both.source().isOpen() || !both.target().isOpen()) {
                return reject("there is no such account");
            }
            return both.source().canPay(cents)
                    ? accept(new Sent(from, cents, to), new Received(to, cents, from))
                    : reject(both.source().refusal(cents));
        });
    }

    // Nothing is ever deleted: a refund is an event that says which one it makes good.

    Handled<Account, AccountEvent> refund(UUID charge, CommandContext context) {
        RecordedEvent recorded = everfold.store()
                .read(Read.matching(Query.ids(List.of(charge))))
                .toList()
                .getFirst();
        if (AccountEvent.CODEC.decode(recorded).getFirst() instanceof Charged charged) {
            return handle(new Refund(charged.account(), charged.cents(), charge), context);
        }
        throw new IllegalArgumentException("Event " + charge + " is no charge; expected the id of one.");
    }

    // Any state of the past is a fold that stops earlier.

    Statement statement(String account, String asOf) {
        return Statement.of(everfold.store(), account, Instant.parse(asOf));
    }

    static CommandContext at(String time) {
        return CommandContext.none().occurredAt(Instant.parse(time));
    }

    /// The id of the event that a command led to.
    static UUID eventOf(Handled<Account, AccountEvent> handled) {
        return switch (handled) {
            case Handled.Accepted<Account, AccountEvent> accepted ->
                accepted.eventIds().getFirst();
            case Handled.Rejected<Account, AccountEvent> rejected ->
                throw new IllegalStateException("Refused: " + rejected.reason());
            case Handled.Nothing<Account, AccountEvent> _ -> throw new IllegalStateException("Nothing happened.");
        };
    }
}
