package dev.everfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SafeTextTest {

    @Test
    void what_can_be_seen_stays() {
        assertThat(SafeText.of("order-17 größe € 😀 \"\\")).isEqualTo("order-17 größe € 😀 \"\\");
        assertThat(SafeText.of("")).isEmpty();
    }

    @Test
    void what_steers_a_terminal_is_spelled_out() {
        assertThat(SafeText.of("a\u0000b\u001b[31m\u007f\u009b")).isEqualTo("a\\u0000b\\u001b[31m\\u007f\\u009b");
        assertThat(SafeText.of("a\nb\rc\td")).isEqualTo("a\\nb\\rc\\td");
    }

    @Test
    void what_turns_the_direction_of_writing_is_spelled_out() {
        assertThat(SafeText.of("\u202eevil\u2066\u200f\ufeff\u2028"))
                .isEqualTo("\\u202eevil\\u2066\\u200f\\ufeff\\u2028");
    }

    @Test
    void half_a_character_is_spelled_out() {
        assertThat(SafeText.of("a\ud83d")).isEqualTo("a\\ud83d");
        assertThat(SafeText.of("\ude00a")).isEqualTo("\\ude00a");
    }

    @Test
    void what_does_not_fit_is_shortened() {
        assertThat(SafeText.shortened("order-17", 8)).isEqualTo("order-17");
        assertThat(SafeText.shortened("order-17", 7)).isEqualTo("order-…");
        assertThat(SafeText.shortened("😀😀😀", 2)).isEqualTo("😀…");
        assertThat(SafeText.shortened("a\nb", 3)).isEqualTo("a\\…");
        assertThat(SafeText.shortened("x".repeat(1_000_000), 4)).isEqualTo("xxx…");
        assertThat(SafeText.shortened("order-17", 0)).isEmpty();
    }
}
