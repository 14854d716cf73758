package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The suites notice what they are there for: each planted fault must fail each suite that it names.
class PlantedFaultsTest {

    /// What random histories do not notice, or not in so few steps; suites that are named at each fault do.
    private static final Set<String> NOT_BY_CHANCE = Set.of(
            "every store has the same lineage",
            "an asynchronous refusal is thrown at once",
            "the last position ahead is told",
            "equal failures are told once",
            "events in another order are taken for a repeat",
            "a read that is empty anyway may begin ahead of the log",
            "a cursor begins again once it is exhausted",
            "JSON is stripped of spaces",
            "only the first 63 tags are kept",
            "names are cut to 300 characters",
            "the store does not know its limits",
            "a limit is told by the future",
            "a read ends after 4,096 events",
            "a backwards read leaves one out where blocks meet",
            "only 512 streams are in the catalogue",
            "an append of an interrupted thread is not remembered",
            "an interruption is swallowed",
            "what is stored during the close is refused");

    /// For what these leave out, a suite waits until its patience is over; so they begin first, beside the others.
    private static final Set<String> WAITED_FOR_IN_VAIN =
            Set.of("what was accepted is refused at the close", "what was accepted is never answered");

    private static final Map<String, FutureTask<Map<Class<? extends ConformanceSuite>, List<String>>>> BEGUN =
            new HashMap<>();

    private static final List<String> TABLE = new ArrayList<>();

    static List<PlantedFault> faults() {
        Stream<PlantedFault> histories = Stream.of(
                        AppendFaults.all(),
                        ConditionFaults.all(),
                        RepeatFaults.all(),
                        ReadFaults.all(),
                        CursorFaults.all(),
                        ContentFaults.all(),
                        RestartFaults.all())
                .flatMap(List::stream)
                .map(fault ->
                        NOT_BY_CHANCE.contains(fault.name()) ? fault : fault.noticedBy(DifferentialConformance.class));
        Stream<PlantedFault> lives = Stream.of(LifeFaults.all(), ConcurrencyFaults.all(), CopyFaults.all())
                .flatMap(List::stream);
        return Stream.concat(histories, lives).toList();
    }

    @BeforeAll
    static void shortenRandomHistories() {
        System.setProperty("everfold.differential.seeds", "20");
    }

    @BeforeAll
    static void beginWhatIsWaitedForInVain() {
        for (PlantedFault fault : LifeFaults.all()) {
            if (WAITED_FOR_IN_VAIN.contains(fault.name())) {
                var begun = new FutureTask<>(() -> SuiteRunner.failures(fault.fixture(), fault.noticedBy()));
                BEGUN.put(fault.name(), begun);
                Thread.ofPlatform().daemon().start(begun);
            }
        }
    }

    @AfterAll
    static void printTable() {
        System.clearProperty("everfold.differential.seeds");
        System.out.println("Planted faults and the suites that noticed them, with the number of tests that failed:");
        TABLE.forEach(System.out::println);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void a_planted_fault_is_noticed_by_the_suites_that_it_names(PlantedFault fault) throws Exception {
        var begun = BEGUN.get(fault.name());
        Map<Class<? extends ConformanceSuite>, List<String>> failures =
                begun == null ? SuiteRunner.failures(fault.fixture(), fault.noticedBy()) : begun.get();

        TABLE.add(row(fault, failures));
        assertThat(fault.noticedBy()).isNotEmpty();
        assertThat(failures.keySet()).as("suites that notice: %s", fault).containsAll(fault.noticedBy());
    }

    @Test
    void faults_have_names_of_their_own() {
        assertThat(faults())
                .extracting(PlantedFault::name)
                .doesNotHaveDuplicates()
                .containsAll(WAITED_FOR_IN_VAIN);
    }

    private static String row(PlantedFault fault, Map<Class<? extends ConformanceSuite>, List<String>> failures) {
        return String.format("  %-65s ", fault.name())
                + failures.entrySet().stream()
                        .map(entry -> entry.getKey().getSimpleName().replace("Conformance", "") + " "
                                + entry.getValue().size())
                        .collect(Collectors.joining(", "));
    }
}
