package dev.everfold.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.kurrent.Caller;
import dev.everfold.kurrent.StreamRights;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/// Which rule counts for a name, what that leaves to whom, and what makes no policy.
class PolicyTest {

    private static final Caller ADMIN = new Caller("admin", Set.of(Caller.ADMINS));
    private static final Caller FIONA = new Caller("fiona", Set.of("finance"));
    private static final Caller CLERK = new Caller("clerk", Set.of(Permission.READERS));

    private final Policy policy = policy(
            rule("secret", Set.of("finance"), Set.of("finance")),
            rule("secret-open-", Set.of("$all"), Set.of("clerk")),
            rule("closed-", Set.of(), Set.of()));

    @ParameterizedTest
    @CsvSource({
        "order-1,       true,  true,  true,  true",
        "secret,        true,  true,  false, false",
        "secret-1,      true,  true,  false, false",
        "secret-open,   true,  true,  false, false",
        "secret-open-1, true,  false, true,  true",
        "secre,         true,  true,  true,  true",
        "closed-1,      false, false, false, false",
        "closed,        true,  true,  true,  true",
        "$audit,        true,  true,  true,  true"
    })
    void the_longest_prefix_counts_and_names_without_a_rule_are_as_before(
            String stream, boolean fionaReads, boolean fionaAppends, boolean clerkReads, boolean clerkAppends) {
        assertThat(policy.of(FIONA).mayRead(stream)).isEqualTo(fionaReads);
        assertThat(policy.of(FIONA).mayAppend(stream)).isEqualTo(fionaAppends);
        assertThat(policy.of(CLERK).mayRead(stream)).isEqualTo(clerkReads);
        assertThat(policy.of(CLERK).mayAppend(stream)).isEqualTo(clerkAppends);
        assertThat(policy.of(ADMIN)).isSameAs(StreamRights.ALL);
    }

    @Test
    void an_empty_prefix_is_for_every_name_that_no_other_rule_has() {
        Policy strict = policy(rule("", Set.of(), Set.of()), rule("order-", Set.of("$all"), Set.of("$all")));

        assertThat(strict.of(CLERK).mayRead("order-1")).isTrue();
        assertThat(strict.of(CLERK).mayRead("secret-1")).isFalse();
    }

    @Test
    void the_rule_that_is_found_is_the_one_that_trying_all_of_them_finds() {
        long seed = 20_261_126;
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            Set<String> prefixes = new HashSet<>();
            IntStream.range(0, random.nextInt(20)).forEach(_ -> prefixes.add(text(random, 4)));
            List<PolicyRule> rules = new ArrayList<>();
            prefixes.forEach(prefix -> rules.add(rule(prefix, Set.of("of " + prefix), Set.of())));
            Policy searched = Policy.of(0, rules);
            for (int i = 0; i < 20; i++) {
                String stream = text(random, 6);
                String longest = prefixes.stream()
                        .filter(stream::startsWith)
                        .reduce((one, other) -> one.length() > other.length() ? one : other)
                        .orElse("none");
                for (String prefix : prefixes) {
                    Caller reader = new Caller("reader", Set.of("of " + prefix));

                    assertThat(searched.of(reader).mayRead(stream))
                            .as("seed %d: %s of %s, prefix %s", seed, stream, prefixes, prefix)
                            .isEqualTo(longest.equals("none") || longest.equals(prefix));
                }
            }
        }
    }

    private static String text(Random random, int max) {
        StringBuilder text = new StringBuilder();
        IntStream.range(0, random.nextInt(max + 1))
                .forEach(_ -> text.append(random.nextBoolean() ? 'a' : random.nextBoolean() ? 'b' : '\uffff'));
        return text.toString();
    }

    @Test
    void who_is_not_narrowed_by_any_rule_is_as_where_there_is_none() {
        assertThat(Policy.NONE.of(CLERK)).isSameAs(StreamRights.ALL);
        assertThat(policy(rule("order-", Set.of("clerk"), Set.of("$all"))).of(CLERK))
                .isSameAs(StreamRights.ALL);
        assertThat(policy.of(new Caller("one", Set.of()))).isEqualTo(policy.of(new Caller("two", Set.of("x"))));
    }

    @Test
    void a_policy_hides_more_than_another_for_those_who_could_read_what_they_may_not_any_more() {
        Policy wider = policy(rule("secret", Set.of("finance"), Set.of()));
        Policy narrower =
                policy(rule("secret", Set.of("finance"), Set.of()), rule("order-", Set.of("clerk"), Set.of()));

        assertThat(narrower.hidesMoreThan(wider, FIONA)).isTrue();
        assertThat(narrower.hidesMoreThan(wider, CLERK)).isFalse();
        assertThat(narrower.hidesMoreThan(wider, ADMIN)).isFalse();
        assertThat(wider.hidesMoreThan(narrower, FIONA)).isFalse();
        assertThat(Policy.NONE.hidesMoreThan(narrower, FIONA)).isFalse();
        assertThat(wider.hidesMoreThan(Policy.NONE, CLERK)).isTrue();
        assertThat(Policy.notUnderstood(1).hidesMoreThan(Policy.NONE, CLERK)).isTrue();
        assertThat(Policy.NONE.hidesMoreThan(Policy.notUnderstood(1), CLERK)).isFalse();
    }

    @Test
    void what_is_hidden_by_a_longer_rule_that_is_gone_counts_too() {
        Policy before = policy(rule("a", Set.of(), Set.of()), rule("ab", Set.of("$all"), Set.of()));
        Policy now = policy(rule("a", Set.of(), Set.of()));

        assertThat(now.hidesMoreThan(before, CLERK)).isTrue();
        assertThat(before.hidesMoreThan(now, CLERK)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "'{}' | The policy has no list \"rules\"; expected rules in brackets.",
                "'[1]' | 'A rule of the policy is not one; expected"
                        + " {\"prefix\":\"…\",\"readers\":[…],\"appenders\":[…]}.'",
                "'[{\"prefix\":\"a\",\"readers\":[],\"appenders\":[],\"writers\":[]}]' |"
                        + " 'A rule of the policy is not one; expected"
                        + " {\"prefix\":\"…\",\"readers\":[…],\"appenders\":[…]}.'",
                "'[{\"prefix\":\"a\",\"readers\":\"all\",\"appenders\":[]}]' |"
                        + " The readers of the prefix \"a\" are no list; expected names in brackets.",
                "'[{\"prefix\":\"a\",\"readers\":[],\"appenders\":[7]}]' |"
                        + " The appenders of the prefix \"a\" are no list; expected names in brackets.",
                "'[{\"prefix\":\"$audit\",\"readers\":[],\"appenders\":[]}]' |"
                        + " 'The prefix \"$audit\" begins with $; expected one of streams of users, since the system''s"
                        + " are for $admins.'",
                "'[{\"prefix\":\"a\",\"readers\":[\" \"],\"appenders\":[]}]' |"
                        + " One of the readers of the prefix \"a\" has no name; expected a group or a user.",
                "'[{\"prefix\":\"\\ud800\",\"readers\":[],\"appenders\":[]}]' |"
                        + " The prefix is not valid Unicode; expected how names of streams begin.",
                "'[{\"prefix\":\"a\",\"readers\":[],\"appenders\":[]},"
                        + "{\"prefix\":\"a\",\"readers\":[],\"appenders\":[]}]' |"
                        + " The prefix \"a\" has two rules; expected one."
            })
    void what_makes_no_policy_is_refused_by_what_is_wrong(String rules, String message) {
        assertThatThrownBy(() -> Policy.of(0, Policy.parse(new JsonMapper().readTree(rules))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void what_is_too_much_is_refused_with_its_limit() {
        List<PolicyRule> rules = IntStream.rangeClosed(0, Policy.RULES_MAX)
                .mapToObj(i -> rule("stream-" + i, Set.of(), Set.of()))
                .toList();
        Set<String> roles = new HashSet<>();
        IntStream.rangeClosed(0, PolicyRule.ROLES_MAX).forEach(i -> roles.add("role-" + i));

        assertThatThrownBy(() -> Policy.of(0, rules)).hasMessage("The policy has 1001 rules; expected at most 1000.");
        assertThatThrownBy(() -> rule("a", roles, Set.of()))
                .hasMessage("The prefix \"a\" has 101 readers; expected at most 100. Make a group of them.");
        assertThatThrownBy(() -> rule("a".repeat(1_025), Set.of(), Set.of()))
                .hasMessage("The prefix has 1025 characters; expected at most 1024.");
    }

    private static PolicyRule rule(String prefix, Set<String> readers, Set<String> appenders) {
        return new PolicyRule(prefix, readers, appenders);
    }

    private static Policy policy(PolicyRule... rules) {
        return Policy.of(0, List.of(rules));
    }
}
