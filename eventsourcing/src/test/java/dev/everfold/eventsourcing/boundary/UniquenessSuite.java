package dev.everfold.eventsourcing.boundary;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.reject;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.boundary.UniquenessSuite.SiteEvent;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventType;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Names that are unique within something, and two names at once.
abstract class UniquenessSuite extends BoundarySuite<SiteEvent> {

    sealed interface SiteEvent {
        @EventType("page.published")
        record Published(String tenant, String slug, String page) implements SiteEvent {}

        @EventType("page.moved")
        record Moved(String tenant, String oldSlug, String newSlug, String page) implements SiteEvent {}

        @EventType("member.joined")
        record Joined(String name, String email) implements SiteEvent {}
    }

    record Taken(boolean name, boolean email) {}

    UniquenessSuite() {
        super(
                EventCodec.builder(SiteEvent.class)
                        .tags(event -> switch (event) {
                            case SiteEvent.Published(var tenant, var slug, var _) ->
                                List.of("tenant:" + tenant, "slug:" + slug);
                            case SiteEvent.Moved(var tenant, var oldSlug, var newSlug, var _) ->
                                List.of("tenant:" + tenant, "slug:" + oldSlug, "slug:" + newSlug);
                            case SiteEvent.Joined(var name, var email) -> List.of("name:" + name, "email:" + email);
                        })
                        .build(),
                event -> switch (event) {
                    case SiteEvent.Published(var tenant, var _, var page) -> "page-" + tenant + "-" + page;
                    case SiteEvent.Moved(var tenant, var _, var _, var page) -> "page-" + tenant + "-" + page;
                    case SiteEvent.Joined(var name, var _) -> "member-" + name;
                });
    }

    private static DecisionModel<Boolean> slugTaken(String tenant, String slug) {
        return DecisionModel.of("slug " + slug + " of tenant " + tenant, false)
                .tagged("tenant:" + tenant, "slug:" + slug)
                .on(SiteEvent.Published.class, (_, _) -> true)
                .on(SiteEvent.Moved.class, (_, moved) -> moved.newSlug().equals(slug));
    }

    private Outcome<SiteEvent> publish(String tenant, String slug, String page) {
        return boundary.decide(
                slugTaken(tenant, slug),
                taken -> taken
                        ? reject("slug " + slug + " is taken")
                        : accept(new SiteEvent.Published(tenant, slug, page)));
    }

    private Outcome<SiteEvent> join(String name, String email) {
        DecisionModel<Taken> model = DecisionModel.compose(
                DecisionModel.of("name " + name, false)
                        .tagged("name:" + name)
                        .on(SiteEvent.Joined.class, (_, _) -> true),
                DecisionModel.of("e-mail " + email, false)
                        .tagged("email:" + email)
                        .on(SiteEvent.Joined.class, (_, _) -> true),
                Taken::new);
        return boundary.decide(model, taken -> {
            if (taken.name()) {
                return reject("name " + name + " is taken");
            }
            return taken.email() ? reject("e-mail " + email + " is taken") : accept(new SiteEvent.Joined(name, email));
        });
    }

    @Test
    void a_slug_is_unique_within_its_tenant() {
        given(new SiteEvent.Published("acme", "about", "p1"));

        assertRejected(publish("acme", "about", "p2"), "slug about is taken");
    }

    @Test
    void tenants_have_the_same_slug_without_disturbing_each_other() {
        given(new SiteEvent.Published("acme", "about", "p1"));

        assertAccepted(publish("globex", "about", "p2"), new SiteEvent.Published("globex", "about", "p2"));
    }

    @Test
    void a_slug_that_a_page_moved_from_is_free_and_one_that_it_moved_to_is_taken() {
        given(new SiteEvent.Published("acme", "about", "p1"), new SiteEvent.Moved("acme", "about", "about-us", "p1"));

        assertRejected(publish("acme", "about-us", "p2"), "slug about-us is taken");
        assertAccepted(publish("acme", "about", "p2"), new SiteEvent.Published("acme", "about", "p2"));
    }

    @Test
    void of_all_who_want_a_slug_at_once_one_of_each_tenant_gets_it() throws Exception {
        int tenants = 5;
        for (long seed = 1; seed <= 3; seed++) {
            String slug = "slug" + seed;

            List<Boolean> won = StaggeredRacers.race(
                    seed,
                    20,
                    racer -> publish("tenant" + racer % tenants, slug, "p" + racer)
                            .isAccepted());

            assertThat(won).as("seed %s", seed).filteredOn(each -> each).hasSize(tenants);
        }
    }

    @Test
    void tenants_that_work_side_by_side_never_conflict() throws Exception {
        List<Boolean> won = StaggeredRacers.race(
                5,
                20,
                racer -> boundary.attempts(1)
                        .decide(
                                slugTaken("tenant" + racer, "about"),
                                _ -> accept(new SiteEvent.Published("tenant" + racer, "about", "p1")))
                        .isAccepted());

        assertThat(won).as("seed 5").hasSize(20).containsOnly(true);
    }

    @Test
    void a_member_needs_a_name_and_an_e_mail_that_nobody_has() {
        given(new SiteEvent.Joined("alice", "alice@example.org"));

        assertRejected(join("alice", "other@example.org"), "name alice is taken");
        assertRejected(join("alicia", "alice@example.org"), "e-mail alice@example.org is taken");
        assertAccepted(join("bob", "bob@example.org"), new SiteEvent.Joined("bob", "bob@example.org"));
    }

    @Test
    void members_who_join_at_once_share_neither_name_nor_e_mail() throws Exception {
        for (long seed = 1; seed <= 3; seed++) {
            long round = seed;
            // Every two neighbours share a name or an e-mail: 0 and 1 the name, 1 and 2 the e-mail, and so on.
            StaggeredRacers.race(
                    seed,
                    16,
                    racer -> join("name" + round + "." + racer / 2, round + "." + (racer + 1) / 2 + "@example.org"));
        }

        List<SiteEvent.Joined> joined =
                log().stream().map(event -> (SiteEvent.Joined) event).toList();
        assertThat(joined).extracting(SiteEvent.Joined::name).doesNotHaveDuplicates();
        assertThat(joined).extracting(SiteEvent.Joined::email).doesNotHaveDuplicates();
        // Whoever was refused stands beside somebody who was not, so no three in a row are left out.
        assertThat(joined).hasSizeGreaterThanOrEqualTo(3 * 6);
    }
}
