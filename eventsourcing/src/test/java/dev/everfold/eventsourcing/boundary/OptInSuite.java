package dev.everfold.eventsourcing.boundary;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.reject;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.boundary.OptInSuite.SignUpEvent;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A one-time code that was sent by mail confirms a sign-up: the right one, once, in time.
abstract class OptInSuite extends BoundarySuite<SignUpEvent> {

    private static final Duration VALID_FOR = Duration.ofMinutes(60);

    sealed interface SignUpEvent {
        String email();

        @EventType("sign-up.initiated")
        record Initiated(String email, String code, String name) implements SignUpEvent {}

        @EventType("sign-up.confirmed")
        record Confirmed(String email, String code, String name) implements SignUpEvent {}
    }

    /// One code of one address.
    sealed interface Code {
        record Unknown() implements Code {}

        record Pending(String name, Instant sentAt) implements Code {}

        record Used() implements Code {}
    }

    OptInSuite() {
        super(
                EventCodec.builder(SignUpEvent.class)
                        .tags(event -> switch (event) {
                            case SignUpEvent.Initiated(var email, var code, var _) ->
                                List.of("email:" + email, "code:" + code);
                            case SignUpEvent.Confirmed(var email, var code, var _) ->
                                List.of("email:" + email, "code:" + code);
                        })
                        .build(),
                event -> "sign-up-" + event.email());
    }

    private static DecisionModel<Code> code(String email, String code) {
        return DecisionModel.<Code>of("code for " + email, new Code.Unknown())
                .tagged("email:" + email, "code:" + code)
                .on(
                        SignUpEvent.Initiated.class,
                        (_, initiated, context) -> new Code.Pending(initiated.name(), context.occurred()))
                .on(SignUpEvent.Confirmed.class, (_, _) -> new Code.Used());
    }

    private static Outcome<SignUpEvent> confirm(Boundary<SignUpEvent> boundary, String email, String code) {
        return boundary.decide(code(email, code), (known, now) -> switch (known) {
            case Code.Unknown _ -> reject("there is no such code for " + email);
            case Code.Used _ -> reject("the code was used already");
            case Code.Pending(var _, Instant sentAt)
            when !now.isBefore(sentAt.plus(VALID_FOR)) -> reject("the code has expired");
            case Code.Pending(String name, var _) -> accept(new SignUpEvent.Confirmed(email, code, name));
        });
    }

    @Test
    void a_code_that_nobody_was_sent_confirms_nothing() {
        assertRejected(confirm(boundary, "alice@example.org", "123456"), "there is no such code for alice@example.org");
    }

    @Test
    void a_code_that_somebody_else_was_sent_confirms_nothing() {
        given(
                new SignUpEvent.Initiated("alice@example.org", "123456", "Alice"),
                new SignUpEvent.Initiated("bob@example.org", "654321", "Bob"));

        assertRejected(confirm(boundary, "alice@example.org", "654321"), "there is no such code for alice@example.org");
    }

    @Test
    void a_code_confirms_once() {
        given(
                new SignUpEvent.Initiated("alice@example.org", "123456", "Alice"),
                new SignUpEvent.Confirmed("alice@example.org", "123456", "Alice"));

        assertRejected(confirm(boundary, "alice@example.org", "123456"), "the code was used already");
    }

    @Test
    void the_code_that_was_sent_confirms() {
        given(new SignUpEvent.Initiated("alice@example.org", "123456", "Alice"));

        assertAccepted(
                confirm(at(NOON.plus(VALID_FOR).minusNanos(1_000)), "alice@example.org", "123456"),
                new SignUpEvent.Confirmed("alice@example.org", "123456", "Alice"));
    }

    @Test
    void a_code_expires() {
        given(new SignUpEvent.Initiated("alice@example.org", "123456", "Alice"));

        assertRejected(confirm(at(NOON.plus(VALID_FOR)), "alice@example.org", "123456"), "the code has expired");
    }

    @Test
    void of_many_that_use_a_code_at_once_one_confirms() throws Exception {
        given(new SignUpEvent.Initiated("alice@example.org", "123456", "Alice"));

        List<Boolean> won = StaggeredRacers.race(
                7, 16, _ -> confirm(boundary, "alice@example.org", "123456").isAccepted());

        assertThat(won).as("seed 7").filteredOn(each -> each).hasSize(1);
    }
}
