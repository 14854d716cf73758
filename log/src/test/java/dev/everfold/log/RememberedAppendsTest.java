package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RememberedAppendsTest {

    /// What is kept of an append.
    private record Kept(UUID id, long fromPosition, int events) {}

    /// Ids whose halves cancel out are all at home in one slot; others come again and again.
    @ParameterizedTest
    @CsvSource({"1, 4", "3, 8", "7, 7", "64, 200", "65, 100", "200, 90", "500, 2000"})
    void exactly_the_last_appends_are_found_as_in_a_list_that_is_searched(int appendsMax, int ids) {
        SplittableRandom random = new SplittableRandom(appendsMax);
        RememberedAppends remembered = new RememberedAppends(appendsMax);
        List<Kept> model = new ArrayList<>();
        for (int step = 0; step < 3_000; step++) {
            Kept next = new Kept(id(random.nextInt(ids)), step, random.nextInt(5));
            remembered.add(next.id.getMostSignificantBits(), next.id.getLeastSignificantBits(), step, next.events);
            model.add(next);
            if (model.size() > appendsMax) {
                model.removeFirst();
            }
            for (int probe = 0; probe < 5; probe++) {
                UUID asked = id(random.nextInt(ids));
                assertThat(find(remembered, asked))
                        .as("step %s, %s", step, asked)
                        .isEqualTo(newest(model, asked));
            }
        }
        for (int number = 0; number < ids; number++) {
            assertThat(find(remembered, id(number))).isEqualTo(newest(model, id(number)));
        }
    }

    @Test
    void an_append_that_is_not_remembered_is_not_found() {
        RememberedAppends remembered = new RememberedAppends(10);

        assertThat(remembered.find(0, 0)).isEqualTo(-1);
        remembered.add(0, 0, 7, 2);
        assertThat(find(remembered, new UUID(0, 0))).isEqualTo(new Kept(new UUID(0, 0), 7, 2));
        assertThat(remembered.find(0, 1)).isEqualTo(-1);
    }

    private static UUID id(int number) {
        return number % 3 == 0 ? new UUID(number, number) : new UUID(number * 0x1234_5678_9abcL, number);
    }

    private static Kept find(RememberedAppends remembered, UUID id) {
        int kept = remembered.find(id.getMostSignificantBits(), id.getLeastSignificantBits());
        return kept < 0 ? null : new Kept(id, remembered.fromPosition(kept), remembered.eventCount(kept));
    }

    private static Kept newest(List<Kept> model, UUID id) {
        return model.reversed().stream()
                .filter(kept -> kept.id.equals(id))
                .findFirst()
                .orElse(null);
    }
}
