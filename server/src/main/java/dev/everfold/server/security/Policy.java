package dev.everfold.server.security;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.kurrent.Caller;
import dev.everfold.kurrent.StreamRights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Rules by which names of streams narrow what users may read and append to: of those whose prefix a name has, the one
/// with the longest counts, and names that none has are as without a policy. Immutable; safe for use by many threads.
///
/// Rules are sorted by prefix. Of all prefixes that are not above a name, the last one is either how the name
/// begins, or begins itself with the one that is; so one binary search and a few steps up find the rule.
public final class Policy {

    /// Before anybody has set one.
    static final Policy NONE = new Policy(-1, List.of(), true);

    /// Most rules.
    static final int RULES_MAX = 1_000;

    /// Type of the events that hold one.
    static final String TYPE = "$PolicySet";

    private static final int FORM = 1;
    private static final int CALLERS_MAX = 10_000;
    private static final JsonMapper JSON = new JsonMapper();

    private final long revision;
    private final List<PolicyRule> rules;
    private final boolean isUnderstood;
    private final String[] prefixes;

    /// For each rule the one with the longest prefix that its own prefix begins with, -1 where there is none.
    private final int[] above;

    /// What was found out about callers, while there are few enough.
    private final Map<Caller, StreamRights> known = new ConcurrentHashMap<>();

    private Policy(long revision, List<PolicyRule> rules, boolean isUnderstood) {
        this.revision = revision;
        this.rules = rules;
        this.isUnderstood = isUnderstood;
        this.prefixes = rules.stream().map(PolicyRule::prefix).toArray(String[]::new);
        this.above = new int[prefixes.length];
        for (int i = 0; i < prefixes.length; i++) {
            above[i] = longestOf(prefixes[i], i - 1);
        }
    }

    /// @param revision of the event that holds it
    /// @throws IllegalArgumentException when there are too many rules, or two for a prefix
    static Policy of(long revision, List<PolicyRule> rules) {
        if (rules.size() > RULES_MAX) {
            throw new IllegalArgumentException(
                    "The policy has " + rules.size() + " rules; expected at most " + RULES_MAX + ".");
        }
        List<PolicyRule> sorted =
                rules.stream().sorted(Comparator.comparing(PolicyRule::prefix)).toList();
        for (int i = 1; i < sorted.size(); i++) {
            String prefix = sorted.get(i).prefix();
            if (prefix.equals(sorted.get(i - 1).prefix())) {
                throw new IllegalArgumentException("The prefix \"" + prefix + "\" has two rules; expected one.");
            }
        }
        return new Policy(revision, sorted, true);
    }

    /// One that nobody here can read, and so lets nobody but administrators read or append.
    ///
    /// @param revision -1 where not even that is known
    static Policy notUnderstood(long revision) {
        return new Policy(revision, List.of(), false);
    }

    /// @throws IllegalArgumentException when the event holds no policy that this server knows
    static Policy decode(RecordedEvent event) {
        if (!event.type().equals(TYPE)) {
            throw new IllegalArgumentException("it is of type " + event.type());
        }
        try {
            JsonNode json = JSON.readTree(event.data().toArray());
            if (!json.isObject() || !List.of("form", "rules").containsAll(json.propertyNames())) {
                throw new IllegalArgumentException("it has members that are not known");
            }
            if (!json.path("form").isInt() || json.path("form").intValue() != FORM) {
                throw new IllegalArgumentException(
                        "its form is " + json.path("form") + ", and this server knows " + FORM);
            }
            return of(event.revision(), parse(json.path("rules")));
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException("it is not JSON", malformed);
        }
    }

    /// The rules of a list in JSON.
    ///
    /// @throws IllegalArgumentException when it is none
    public static List<PolicyRule> parse(JsonNode list) {
        if (!list.isArray()) {
            throw new IllegalArgumentException("The policy has no list \"rules\"; expected rules in brackets.");
        }
        List<PolicyRule> rules = new ArrayList<>();
        list.forEach(rule -> rules.add(PolicyRule.parse(rule)));
        return rules;
    }

    /// As an event holds it.
    Bytes encode() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("form", FORM);
        members.put("rules", rules.stream().map(PolicyRule::toMembers).toList());
        return Bytes.of(JSON.writeValueAsBytes(members));
    }

    /// `revision`, `isUnderstood` and `rules`.
    public Map<String, Object> toMembers() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("revision", revision);
        members.put("isUnderstood", isUnderstood);
        members.put("rules", rules.stream().map(PolicyRule::toMembers).toList());
        return members;
    }

    /// Revision of the event that holds it; -1 where there is none.
    public long revision() {
        return revision;
    }

    int size() {
        return rules.size();
    }

    boolean isUnderstood() {
        return isUnderstood;
    }

    /// What it leaves to a caller.
    StreamRights of(Caller caller) {
        if (caller.isAdmin() || (isUnderstood && rules.isEmpty())) {
            return StreamRights.ALL;
        }
        StreamRights rights = known.get(caller);
        if (rights == null) {
            rights = rights(caller);
            if (known.size() < CALLERS_MAX) {
                known.put(caller, rights);
            }
        }
        return rights;
    }

    private StreamRights rights(Caller caller) {
        if (!isUnderstood) {
            return Nothing.RIGHTS;
        }
        BitSet reads = new BitSet();
        BitSet appends = new BitSet();
        for (int i = 0; i < prefixes.length; i++) {
            reads.set(i, rules.get(i).mayRead(caller));
            appends.set(i, rules.get(i).mayAppend(caller));
        }
        boolean isAll = reads.cardinality() == prefixes.length && appends.cardinality() == prefixes.length;
        return isAll ? StreamRights.ALL : new ByRule(this, reads, appends);
    }

    /// Whether a caller may not read something that he might while another policy held.
    boolean hidesMoreThan(Policy before, Caller caller) {
        StreamRights was = before.of(caller);
        StreamRights is = of(caller);
        // Each prefix is a name of its own to which the same rules apply as to all that go on from it otherwise.
        return !was.equals(is)
                && Stream.of(Arrays.stream(before.prefixes), Arrays.stream(prefixes), Stream.of(""))
                        .flatMap(names -> names)
                        .anyMatch(name -> was.mayRead(name) && !is.mayRead(name));
    }

    /// The rule for a name, -1 where none is.
    private int ruleOf(String stream) {
        int found = Arrays.binarySearch(prefixes, stream);
        return found >= 0 ? found : longestOf(stream, -found - 2);
    }

    /// @param from the last prefix that is not above the name
    private int longestOf(String name, int from) {
        int rule = from;
        while (rule >= 0 && !name.startsWith(prefixes[rule])) {
            rule = above[rule];
        }
        return rule;
    }

    /// Two of the same policy are equal when they allow the same.
    private record ByRule(Policy policy, BitSet reads, BitSet appends) implements StreamRights {

        @Override
        public boolean mayRead(String stream) {
            return may(reads, stream);
        }

        @Override
        public boolean mayAppend(String stream) {
            return may(appends, stream);
        }

        private boolean may(BitSet rules, String stream) {
            int rule = StreamGuard.isSystem(stream) ? -1 : policy.ruleOf(stream);
            return rule < 0 || rules.get(rule);
        }
    }

    private enum Nothing implements StreamRights {
        RIGHTS;

        @Override
        public boolean mayRead(String stream) {
            return false;
        }

        @Override
        public boolean mayAppend(String stream) {
            return false;
        }
    }
}
