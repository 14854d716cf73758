package dev.everfold.eventsourcing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StateCacheTest {

    @Test
    void what_was_used_last_stays_and_the_bound_is_kept() {
        StateCache<String> cache = new StateCache<>(64);
        cache.put("account-42", at(0));

        for (int i = 0; i < 10_000; i++) {
            cache.put("other-" + i, at(0));
            assertThat(cache.get("account-42")).isPresent();
        }

        long kept = IntStream.range(0, 10_000)
                .filter(i -> cache.get("other-" + i).isPresent())
                .count();
        assertThat(kept).isBetween(32L, 63L);
    }

    @Test
    void an_older_state_does_not_take_the_place_of_a_newer_one() {
        StateCache<String> cache = new StateCache<>(10);
        cache.put("account-42", at(5));

        cache.put("account-42", at(3));

        assertThat(cache.get("account-42")).contains(at(5));
    }

    @Test
    void a_cache_of_no_entries_keeps_nothing() {
        StateCache<String> cache = new StateCache<>(0);

        cache.put("account-42", at(5));

        assertThat(cache.get("account-42")).isEmpty();
    }

    @Test
    void a_negative_bound_is_refused() {
        assertThatThrownBy(() -> new StateCache<>(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A cache of -1 states cannot be; expected 0 or more.");
    }

    private static Folded<String> at(long revision) {
        return new Folded<>("state " + revision, revision, revision, Folded.NONE, Instant.EPOCH);
    }
}
