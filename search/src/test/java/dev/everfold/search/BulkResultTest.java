package dev.everfold.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.EventStoreException.Stored;
import dev.everfold.search.BulkResult.Failure;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a bulk means of which some items failed.
class BulkResultTest {

    private static final IndexName INDEX = new IndexName("orders-1");
    private static final Failure REJECTED =
            new Failure("order-17", 429, "rejected_execution_exception", "rejected_execution_exception: queue full");
    private static final Failure WRONG =
            new Failure("order-18", 400, "document_parsing_exception", "document_parsing_exception: cents");
    private static final Failure FORBIDDEN =
            new Failure("order-19", 403, "security_exception", "security_exception: not you");

    @Test
    void items_that_the_server_has_no_room_for_are_sent_again() {
        assertThatThrownBy(() -> new BulkResult(2, 1, List.of(REJECTED)).check(INDEX))
                .isInstanceOfSatisfying(SearchFailedException.class, failed -> {
                    assertThat(failed.retryable()).isTrue();
                    assertThat(failed.stored()).isEqualTo(Stored.YES);
                    assertThat(SearchClaim.isPassing(failed)).isTrue();
                })
                .hasMessage("Storing 1 of 4 documents in index \"orders-1\" failed: document \"order-17\": status 429, "
                        + "rejected_execution_exception: queue full; no more. The rest is stored; try again later.");
    }

    @Test
    void an_item_that_does_not_fit_is_the_fault_of_its_event_also_beside_others_that_may_pass() {
        assertThatThrownBy(() -> new BulkResult(0, 0, List.of(REJECTED, WRONG)).check(INDEX))
                .isInstanceOfSatisfying(
                        SearchFailedException.class,
                        failed -> assertThat(SearchClaim.isPassing(failed)).isFalse());
    }

    @Test
    void an_item_that_is_forbidden_is_no_fault_of_any_event() {
        assertThatThrownBy(() -> new BulkResult(0, 0, List.of(FORBIDDEN, WRONG)).check(INDEX))
                .isInstanceOfSatisfying(SearchFailedException.class, failed -> {
                    assertThat(failed.retryable()).isFalse();
                    assertThat(SearchClaim.isPassing(failed)).isTrue();
                })
                .hasMessageEndingWith("Nothing was changed; give its user the right to do so, or take away what blocks "
                        + "the index.");
    }
}
