package dev.everfold.eventsourcing.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Serializable;
import org.junit.jupiter.api.Test;

class StateClassTest {

    sealed interface Thing {}

    sealed interface Door extends Thing {}

    record Open() implements Serializable, Door {}

    record Closed() implements Door {}

    record Alone() {}

    @Test
    void a_record_that_is_a_case_of_something_stands_for_all_cases() {
        assertThat(StateClass.of(new Open())).isEqualTo(Thing.class);
        assertThat(StateClass.<Thing>of(new Closed())).isEqualTo(Thing.class);
    }

    @Test
    void any_other_value_stands_for_its_own_class() {
        assertThat(StateClass.of(new Alone())).isEqualTo(Alone.class);
        assertThat(StateClass.of("text")).isEqualTo(String.class);
    }
}
