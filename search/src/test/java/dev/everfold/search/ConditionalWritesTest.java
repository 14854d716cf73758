package dev.everfold.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.search.Document.WriteToken;
import dev.everfold.testkit.Racers;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ObjectNode;

@Timeout(300)
@ParameterizedClass
@EnumSource
class ConditionalWritesTest {

    private static final String LEASE = "lease";
    private static final int WRITERS = 8;
    private static final int WINS = 5;

    private final SearchClient client;
    private final TestIndex leases;
    private final ConditionalWrites writes;

    ConditionalWritesTest(TestServer server) {
        client = server.open();
        leases = TestIndex.create(client);
        writes = client.conditionalWrites();
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void what_is_there_is_not_created_again() {
        Optional<WriteToken> first = writes.create(leases.name(), LEASE, held("alice", 0));

        Optional<WriteToken> second = writes.create(leases.name(), LEASE, held("bob", 0));

        assertThat(first).isPresent();
        assertThat(second).isEmpty();
        assertThat(leases.get(LEASE)).hasValueSatisfying(lease -> {
            assertThat(lease.token()).isEqualTo(first.orElseThrow());
            assertThat(lease.source()).isEqualTo(held("alice", 0));
        });
    }

    @Test
    void only_who_knows_the_last_write_replaces_it() {
        WriteToken first = writes.create(leases.name(), LEASE, held("alice", 0)).orElseThrow();
        WriteToken second =
                writes.replace(leases.name(), LEASE, first, held("alice", 1)).orElseThrow();

        assertThat(writes.replace(leases.name(), LEASE, first, held("bob", 2))).isEmpty();
        assertThat(writes.delete(leases.name(), LEASE, first)).isEmpty();

        assertThat(leases.get(LEASE).orElseThrow().source()).isEqualTo(held("alice", 1));
        assertThat(writes.delete(leases.name(), LEASE, second)).isPresent();
        assertThat(leases.get(LEASE)).isEmpty();
    }

    @Test
    void what_is_gone_is_not_replaced_and_not_deleted() {
        WriteToken token = writes.create(leases.name(), LEASE, held("alice", 0)).orElseThrow();
        writes.delete(leases.name(), LEASE, token);

        assertThat(writes.replace(leases.name(), LEASE, token, held("bob", 1))).isEmpty();
        assertThat(writes.delete(leases.name(), LEASE, token)).isEmpty();
        assertThat(writes.delete(leases.name(), "never", token)).isEmpty();
        assertThat(leases.get(LEASE)).isEmpty();
    }

    @Test
    void of_those_who_create_at_once_one_succeeds() throws Exception {
        List<Boolean> created = Racers.race(
                WRITERS,
                writer -> () -> writes.create(leases.name(), LEASE, held("writer-" + writer, 0))
                        .isPresent());

        assertThat(created).containsOnlyOnce(true);
        String winner = "writer-" + created.indexOf(true);
        assertThat(leases.get(LEASE).orElseThrow().source()).isEqualTo(held(winner, 0));
    }

    @Test
    void those_who_replace_at_once_lose_no_write_of_each_other() throws Exception {
        writes.create(leases.name(), LEASE, held("nobody", 0));

        Racers.race(WRITERS, writer -> () -> {
            for (int wins = 0; wins < WINS; ) {
                Document lease = leases.get(LEASE).orElseThrow();
                int count = lease.source().path("cents").asInt();
                ObjectNode next = held("writer-" + writer, count + 1);
                wins += writes.replace(leases.name(), LEASE, lease.token(), next)
                                .isPresent()
                        ? 1
                        : 0;
            }
            return true;
        });

        assertThat(leases.cents(LEASE)).isEqualTo(WRITERS * WINS);
    }

    private static ObjectNode held(String owner, int count) {
        return TestIndex.order(owner, count);
    }
}
