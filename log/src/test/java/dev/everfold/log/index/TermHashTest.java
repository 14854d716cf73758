package dev.everfold.log.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TermHashTest {

    private static final String ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!?%&/()=ä";

    private final TermHash terms = new TermHash(RandomLog.STORE);

    @Test
    void a_name_has_the_same_hash_as_its_slice_of_a_buffer_whatever_its_length() {
        for (int length = 0; length <= 70; length++) {
            String name = ALPHABET.substring(0, length);
            byte[] buffer = ("xx" + name + "yyy").getBytes(StandardCharsets.UTF_8);

            assertThat(terms.tag(buffer, 2, buffer.length - 5)).isEqualTo(terms.tag(name));
            assertThat(terms.stream(buffer, 2, buffer.length - 5)).isEqualTo(terms.stream(name));
            assertThat(terms.type(buffer, 2, buffer.length - 5)).isEqualTo(terms.type(name));
        }
    }

    @Test
    void the_category_of_a_stream_is_its_part_before_the_first_dash() {
        byte[] stream = "order-17-b".getBytes(StandardCharsets.UTF_8);
        byte[] plain = "order".getBytes(StandardCharsets.UTF_8);
        byte[] dash = "-17".getBytes(StandardCharsets.UTF_8);

        assertThat(terms.categoryOf(stream, 0, stream.length)).isEqualTo(terms.category("order"));
        assertThat(terms.categoryOf(plain, 0, plain.length)).isEqualTo(terms.category("order"));
        assertThat(terms.categoryOf(dash, 0, dash.length)).isEqualTo(terms.category(""));
    }

    @Test
    void kinds_names_lengths_and_stores_are_told_apart() {
        Set<Long> hashes = new HashSet<>();
        int count = 0;
        for (UUID store : new UUID[] {RandomLog.STORE, new UUID(0, 0), new UUID(0, 1), new UUID(1, 0)}) {
            TermHash each = new TermHash(store);
            for (String name : new String[] {"a", "b", "aa", "aaa", "aaaa", "a".repeat(16), "a".repeat(17)}) {
                hashes.add(each.stream(name));
                hashes.add(each.category(name));
                hashes.add(each.type(name));
                hashes.add(each.tag(name));
                count += 4;
            }
            hashes.add(each.firstOfStream());
            hashes.add(each.id(0, 0));
            hashes.add(each.id(0, 1));
            hashes.add(each.id(1, 0));
            count += 4;
        }

        assertThat(hashes).hasSize(count);
    }

    @Test
    void a_million_similar_names_and_ids_have_a_million_hashes_and_each_bit_is_set_in_half_of_them() {
        int names = 500_000;
        Set<Long> hashes = new HashSet<>();
        int[] set = new int[Long.SIZE];
        for (int i = 0; i < names; i++) {
            for (long hash : new long[] {terms.tag("customer:" + i), terms.id(0x0190_0000_0000_7000L + i, 5)}) {
                hashes.add(hash);
                for (int bit = 0; bit < Long.SIZE; bit++) {
                    set[bit] += (int) (hash >>> bit & 1);
                }
            }
        }

        assertThat(hashes).hasSize(2 * names);
        for (int count : set) {
            assertThat(count / (2.0 * names)).isCloseTo(0.5, within(0.005));
        }
    }

    @Test
    void changing_one_bit_of_a_name_changes_about_half_of_the_hash() {
        long seed = 20_261;
        Random random = new Random(seed);
        double changed = 0;
        int trials = 0;
        for (int length = 1; length < 60; length++) {
            byte[] name = new byte[length];
            random.nextBytes(name);
            long before = terms.stream(name, 0, length);
            for (int bit = 0; bit < 8 * length; bit++) {
                name[bit / 8] ^= (byte) (1 << bit % 8);
                int bits = Long.bitCount(before ^ terms.stream(name, 0, length));
                assertThat(bits)
                        .as("seed %d length %d bit %d", seed, length, bit)
                        .isBetween(10, 54);
                changed += bits;
                trials++;
                name[bit / 8] ^= (byte) (1 << bit % 8);
            }
        }

        assertThat(changed / trials).isCloseTo(32, within(0.3));
    }

    @Test
    void a_weakened_hash_keeps_the_bits_of_its_mask_only_and_is_told_apart() {
        TermHash weak = new TermHash(RandomLog.STORE, 3);

        assertThat(weak.tag("order:17")).isEqualTo(terms.tag("order:17") & 3);
        assertThat(weak.id(1, 2)).isEqualTo(terms.id(1, 2) & 3);
        assertThat(weak.probe()).isNotEqualTo(terms.probe());
        assertThat(new TermHash(RandomLog.STORE).probe()).isEqualTo(terms.probe());
    }
}
