package dev.everfold.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.kurrent.Caller;
import dev.everfold.testkit.ForwardingEventStore;
import io.grpc.Context;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The policy is an event: the newest holds, two who set one agree, and where it cannot be read only administrators
/// may.
class PoliciesTest {

    private static final Caller ADMIN = new Caller("admin", Set.of(Caller.ADMINS));
    private static final Caller CLERK = new Caller("clerk", Set.of(Permission.READERS, Permission.WRITERS));
    private static final List<PolicyRule> RULES = List.of(new PolicyRule("secret", Set.of("finance"), Set.of()));
    private static final String CLOSED =
            "The policy of this store cannot be read, so only $admins may read and append. The server's log says why.";

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final Policies policies = new Policies(store);

    @Test
    void the_policy_that_was_set_last_holds_for_whoever_reads_the_store_and_is_audited() {
        policies.follow();
        var _ = policies.set(RULES, -1, ADMIN);
        var _ = policies.set(List.of(), 0, ADMIN);
        Policies other = new Policies(store);
        other.follow();

        assertThat(other.current().toMembers()).isEqualTo(policies.current().toMembers());
        assertThat(policies.current().revision()).isEqualTo(1);
        assertThat(store.read(Read.stream("$policies")).toList())
                .extracting(event -> event.data().utf8())
                .containsExactly(
                        "{\"form\":1,\"rules\":[{\"prefix\":\"secret\",\"readers\":[\"finance\"],\"appenders\":[]}]}",
                        "{\"form\":1,\"rules\":[]}");
        assertThat(store.read(Read.stream("$audit")).toList())
                .extracting(RecordedEvent::type, event -> event.data().utf8())
                .containsExactly(
                        tuple("$PolicyChanged", "{\"revision\":0,\"rules\":1,\"by\":\"admin\"}"),
                        tuple("$PolicyChanged", "{\"revision\":1,\"rules\":0,\"by\":\"admin\"}"));
    }

    @Test
    void a_policy_that_others_have_replaced_is_not_replaced() {
        Policies other = new Policies(store);
        var _ = other.set(RULES, -1, ADMIN);

        assertThatThrownBy(() -> policies.set(List.of(), -1, ADMIN))
                .isInstanceOf(PolicyConflictException.class)
                .hasMessage("The policy is at revision 0, and the change is of revision -1."
                        + " Read it again and decide again.");
        assertThat(store.read(Read.stream("$policies")).toList()).hasSize(1);
        assertThatThrownBy(() -> policies.set(List.of(), -2, ADMIN))
                .hasMessage("The revision -2 is none; expected that of the policy, or -1 where there is none.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "$PolicySet | '{\"form\":2,\"rules\":[]}'",
                "$PolicySet | '{\"form\":1,\"rules\":[],\"until\":\"2027-01-01\"}'",
                "$PolicySet | '{\"form\":1,\"rules\":"
                        + "[{\"prefix\":\"a\",\"readers\":[],\"appenders\":[],\"deleters\":[]}]}'",
                "$PolicySet | '{\"form\":1}'",
                "$PolicySet | 'not JSON'",
                "$PolicyWithdrawn | '{\"form\":1,\"rules\":[]}'"
            })
    void while_the_newest_policy_is_not_understood_only_administrators_read_and_append(String type, String data) {
        policies.follow();
        store.append(Append.of(
                NewEvent.of("order-1", "order.placed", "{}"),
                NewEvent.of("$policies", type, "{}").withContent(NewEvent.JSON, Bytes.utf8(data))));

        policies.follow();

        assertOnlyAdministrators(policies);
        assertThat(policies.current().revision()).isZero();
        var _ = policies.set(List.of(), 0, ADMIN);
        assertThat(as(CLERK, () -> guard(policies).read(Read.all()).toList())).hasSize(1);
    }

    @Test
    void while_the_policy_was_never_read_only_administrators_read_and_append_and_then_it_is_read() {
        var _ = policies.set(List.of(), -1, ADMIN);
        store.append(Append.of(NewEvent.of("order-1", "order.placed", "{}")));
        AtomicBoolean isBroken = new AtomicBoolean(true);
        Policies broken = new Policies(new ForwardingEventStore(store) {
            @Override
            public EventCursor read(Read read) {
                if (isBroken.get()) {
                    throw new CorruptStoreException("Record at position 0 is corrupt.");
                }
                return super.read(read);
            }
        });

        broken.follow();
        assertOnlyAdministrators(broken);
        isBroken.set(false);
        broken.followIfBehind();

        assertThat(as(CLERK, () -> guard(broken).read(Read.all()).toList())).hasSize(1);
    }

    @Test
    void a_store_that_cannot_be_asked_for_a_while_changes_nothing_of_what_holds() {
        AtomicBoolean isBroken = new AtomicBoolean();
        Policies following = new Policies(new ForwardingEventStore(store) {
            @Override
            public EventCursor read(Read read) {
                if (isBroken.get()) {
                    throw new CorruptStoreException("Record at position 0 is corrupt.");
                }
                return super.read(read);
            }
        });
        var _ = following.set(RULES, -1, ADMIN);

        isBroken.set(true);
        following.follow();

        assertThat(following.current().isUnderstood()).isTrue();
        assertThat(following.of(CLERK).mayRead("secret-1")).isFalse();
        assertThat(following.of(CLERK).mayRead("order-1")).isTrue();
    }

    private void assertOnlyAdministrators(Policies closed) {
        StreamGuard guard = guard(closed);
        Append append = Append.of(NewEvent.of("order-2", "order.placed", "{}"));
        long end = store.nextPosition();

        assertThatThrownBy(() -> as(CLERK, () -> guard.read(Read.all()))).hasMessage(CLOSED);
        assertThatThrownBy(() -> as(CLERK, () -> guard.read(Read.stream("order-1"))))
                .hasMessage(CLOSED);
        assertThatThrownBy(() -> as(CLERK, () -> guard.append(append))).hasMessage(CLOSED);
        assertThatThrownBy(() -> as(CLERK, () -> guard.appendAsync(append))).hasMessage(CLOSED);
        assertThat(as(CLERK, guard::stats).types()).isEmpty();
        assertThat(closed.of(CLERK).mayRead("$all")).isFalse();
        assertThat(closed.of(CLERK).mayAppend("order-1")).isFalse();
        assertThat(store.nextPosition()).isEqualTo(end);
        assertThat(as(ADMIN, () -> guard.read(Read.all()).toList())).hasSize((int) end);
    }

    @Test
    void a_read_whose_call_has_ended_looks_at_hidden_events_no_further() throws Exception {
        var _ = policies.set(RULES, -1, ADMIN);
        store.append(Append.of(NewEvent.of("secret-1", "happened", "{}"), NewEvent.of("open-1", "happened", "{}")));
        Context.CancellableContext call =
                Context.current().withValue(Caller.KEY, CLERK).withCancellation();

        call.run(() -> {
            try (EventCursor cursor = guard(policies).read(Read.all())) {
                call.cancel(null);

                assertThatThrownBy(cursor::hasNext)
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessage("The call of this read has ended. Read again.");
            }
        });
    }

    private StreamGuard guard(Policies of) {
        return new StreamGuard(store, of);
    }

    private static <V> V as(Caller caller, Callable<V> call) {
        try {
            return Context.ROOT.withValue(Caller.KEY, caller).call(call);
        } catch (RuntimeException refused) {
            throw refused;
        } catch (Exception checked) {
            throw new AssertionError(checked);
        }
    }
}
