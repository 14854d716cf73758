package dev.everfold.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StatementGroupsTest {

    private static final long SEED = Long.getLong("everfold.seed", 7);
    private static final int RUNS = 200;

    private final StatementGroups groups = new StatementGroups();

    private void add(String sql, String key) {
        groups.add(sql, key, List.of(key));
    }

    @Test
    void equal_statements_of_different_keys_are_one_group() {
        add("insert", "alice");
        add("update", "alice");
        add("insert", "bob");
        add("update", "bob");

        assertThat(groups.plan()).containsExactly("2 × insert", "2 × update");
    }

    @Test
    void statements_of_one_key_keep_their_order() {
        add("insert", "alice");
        add("update", "alice");
        add("insert", "alice");
        add("insert", "bob");

        assertThat(groups.plan()).containsExactly("2 × insert", "1 × update", "1 × insert");
    }

    @Test
    void each_key_sees_its_statements_in_order_whatever_the_others_do() {
        for (long seed = SEED; seed < SEED + RUNS; seed++) {
            Random random = new Random(seed);
            StatementGroups all = new StatementGroups();
            Map<String, List<String>> given = new HashMap<>();
            int count = random.nextInt(1, 60);
            for (int i = 0; i < count; i++) {
                String key = "key-" + random.nextInt(4);
                String sql = "sql-" + random.nextInt(4);
                all.add(sql, key, List.of(key, i));
                given.computeIfAbsent(key, _ -> new ArrayList<>()).add(sql + " " + i);
            }

            Map<String, List<String>> executed = new HashMap<>();
            all.inOrder((sql, row) -> executed.computeIfAbsent((String) row.getFirst(), _ -> new ArrayList<>())
                    .add(sql + " " + row.get(1)));

            assertThat(executed).as("seed %s", seed).isEqualTo(given);
        }
    }
}
