package dev.everfold.eventsourcing.boundary;

import static dev.everfold.eventsourcing.Decision.accept;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.boundary.InvoiceSuite.InvoiceEvent;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventType;
import dev.everfold.eventstore.Read;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Invoice numbers rise by one, without gaps, and finding the next one does not read all invoices.
abstract class InvoiceSuite extends BoundarySuite<InvoiceEvent> {

    sealed interface InvoiceEvent {
        @EventType("invoice.issued")
        record Issued(int number, long cents) implements InvoiceEvent {}
    }

    private static final DecisionModel<Integer> NEXT_NUMBER = DecisionModel.of("next invoice number", 1)
            .on(InvoiceEvent.Issued.class, (_, issued) -> issued.number() + 1)
            .lastOnly();

    InvoiceSuite() {
        super(EventCodec.of(InvoiceEvent.class), _ -> "invoices");
    }

    private static Outcome<InvoiceEvent> issue(Boundary<InvoiceEvent> boundary, long cents) {
        return boundary.decide(NEXT_NUMBER, number -> accept(new InvoiceEvent.Issued(number, cents)));
    }

    @Test
    void the_first_invoice_has_number_1() {
        assertAccepted(issue(boundary, 4_200), new InvoiceEvent.Issued(1, 4_200));
    }

    @Test
    void the_next_invoice_has_the_next_number() {
        given(new InvoiceEvent.Issued(1, 4_200));

        assertAccepted(issue(boundary, 700), new InvoiceEvent.Issued(2, 700));
    }

    @Test
    void the_next_number_is_found_with_one_read_of_one_event() {
        IntStream.rangeClosed(1, 1_000).forEach(number -> given(new InvoiceEvent.Issued(number, 100)));
        WatchedStore watched = new WatchedStore(store);

        assertAccepted(issue(Boundary.on(watched, codec).into(streamOf), 700), new InvoiceEvent.Issued(1_001, 700));

        assertThat(watched.reads()).singleElement().satisfies(read -> {
            assertThat(read.direction()).isEqualTo(Read.Direction.BACKWARDS);
            assertThat(read.limit()).isEqualTo(1);
        });
        assertThat(watched.eventsRead()).isEqualTo(1);
    }

    @Test
    void a_number_that_was_taken_meanwhile_is_not_given_twice() {
        given(new InvoiceEvent.Issued(1, 4_200));
        WatchedStore watched = new WatchedStore(store);
        watched.beforeNextAppend(() -> given(new InvoiceEvent.Issued(2, 1)));

        assertAccepted(issue(Boundary.on(watched, codec).into(streamOf), 700), new InvoiceEvent.Issued(3, 700));

        assertThat(watched.eventsRead()).isEqualTo(2);
    }

    @Test
    void many_at_once_leave_no_gap_and_no_number_twice() throws Exception {
        int writers = 12;
        for (long seed = 1; seed <= 3; seed++) {
            int each = 3;
            StaggeredRacers.race(seed, writers, _ -> {
                for (int i = 0; i < each; i++) {
                    issue(boundary.attempts(200), 100);
                }
                return true;
            });

            List<Integer> numbers = log().stream()
                    .map(event -> ((InvoiceEvent.Issued) event).number())
                    .toList();
            assertThat(numbers)
                    .as("seed %s", seed)
                    .isEqualTo(IntStream.rangeClosed(1, (int) seed * writers * each)
                            .boxed()
                            .toList());
        }
    }
}
