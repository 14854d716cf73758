package dev.everfold.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MultiRowInsertTest {

    private static String expanded(String head, String row, String tail) {
        return head + (row + ", ").repeat(MultiRowInsert.ROWS - 1) + row + tail;
    }

    @Test
    void an_insertion_of_one_row_becomes_one_of_many() {
        assertThat(MultiRowInsert.of("insert into \"t_1\" (a, b) values (?, coalesce(?, 'x?)'))"))
                .contains(new MultiRowInsert(
                        expanded("insert into \"t_1\" (a, b) values ", "(?, coalesce(?, 'x?)'))", ""), 2));
    }

    @Test
    void what_is_done_on_a_conflict_stays_at_the_end() {
        String head = "INSERT INTO t AS old VALUES ";
        String tail = "\non conflict (a) do update set n = old.n + excluded.n";

        assertThat(MultiRowInsert.of(head + "(?, 1)" + tail))
                .contains(new MultiRowInsert(expanded(head, "(?, 1)", tail), 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update t set a = ? where b = ?",
                "insert into t (a) select ?",
                "insert into t (a) values (?), (?)",
                "insert into t (a) values (?) on conflict (a) do update set n = ?",
                "insert into t (a) values (?) returning a",
                "insert into t (a) values (1)",
                "insert into t (a) values (?",
                "insert into t (a) values (? ?? ?)",
                "insert into t (a) values (?) -- a comment",
                "insert into t (a) values (?); delete from t",
                "insert into t (a) values (E'\\'', ?)",
                "insert into t (a) values ($$($$, ?)",
                "insert into t default values",
                "with w as (select 1) insert into t (a) values (?)"
            })
    void anything_else_stays_as_it_is(String sql) {
        assertThat(MultiRowInsert.of(sql)).isEqualTo(Optional.empty());
    }
}
