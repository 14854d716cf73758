package dev.everfold.server;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.server.state.Reducer;
import dev.everfold.server.state.Reducers;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

/// The console in a real browser: each page, by mouse and by keys, in light and dark, and with whatever events hold.
///
/// After each test: no script ran that is not ours, no dialog was opened, nothing was asked of another server, and the
/// browser had nothing to complain about. Pictures are in `target/console-screenshots`.
@EnabledIf("dev.everfold.server.Chromium#isThere")
@Timeout(60)
class ConsoleTest {

    private static final int STREAMS = 20_000;
    private static final Path PICTURES = Path.of("target", "console-screenshots");
    private static final String OWNED = "window.owned=1;alert(1)";

    private static Chromium chromium;

    private final InMemoryEventStore store = new InMemoryEventStore();
    private final List<String> complaints = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private EverfoldServer server;
    private String base;
    private BrowserContext context;
    private Page page;

    private static final ServerAction GREET = ServerAction.of(
                    "greet", "Greet", "Says good morning to whoever is named.", ConsoleTest::greet)
            .asking("Name", "Grace");

    private static String greet(String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("Nobody is named; expected a name.");
        }
        return "Good morning, " + name + ".";
    }

    @BeforeAll
    static void start() {
        chromium = new Chromium();
    }

    @AfterAll
    static void end() {
        chromium.close();
    }

    @BeforeEach
    void open() {
        Reducer<Long> total =
                new Reducer<>(() -> 0L, (sum, event) -> sum + event.data().length(), sum -> "{\"bytes\":" + sum + "}");
        server = EverfoldServer.start(
                store,
                ServerOptions.DEFAULTS.withPorts(0, 0),
                Application.NONE
                        .withReducers(Reducers.NONE.with("payment", total))
                        .withActions(List.of(GREET))
                        .withHints(List.of(new Application.Hint("Let <b>somebody</b> be greeted.", "actions"))));
        base = "http://localhost:" + server.httpPort();
        context = chromium.browser.newContext(new Browser.NewContextOptions()
                .setViewportSize(1_320, 860)
                .setColorScheme(ColorScheme.LIGHT)
                .setAcceptDownloads(true));
        page = context.newPage();
        page.onDialog(dialog -> {
            complaints.add("dialog: " + dialog.message());
            dialog.dismiss();
        });
        page.onPageError(error -> complaints.add("error: " + error));
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") && !message.text().startsWith("Failed to load resource")) {
                complaints.add("console: " + message.text());
            }
        });
        page.onRequest(request -> asked.add(request.url()));
    }

    @AfterEach
    void close() {
        try {
            Assertions.assertThat(page.evaluate("window.owned === undefined")).isEqualTo(true);
            Assertions.assertThat(complaints).isEmpty();
            Assertions.assertThat(asked).allMatch(url -> url.startsWith(base) || url.startsWith("data:"));
        } finally {
            context.close();
            server.close();
        }
    }

    @Test
    void the_overview_has_figures_plots_and_the_newest_events() {
        ConsoleData.appendOrder(store);
        go("/");

        assertThat(page).hasTitle("Overview · Everfold");
        assertThat(figure("Events")).hasText("9");
        assertThat(figure("Streams")).hasText("5");
        assertThat(page.locator(".plots canvas")).hasCount(4);
        assertThat(page.locator(".rows tbody tr").first()).containsText("$acl.changed");
        store.append(Append.of(NewEvent.of("order-B1", "order.placed", "{}")));
        assertThat(figure("Events")).hasText("10");
        assertThat(page.locator(".rows tbody tr").first()).containsText("order-B1");
        picture("overview");
    }

    @Test
    void an_empty_store_says_how_to_begin() {
        go("/");

        assertThat(page.getByText("The store is empty")).isVisible();
        picture("overview-empty");
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("by hand"))
                .click();
        assertThat(heading()).hasText("Append");
    }

    @Test
    void one_page_of_20000_streams_is_asked_for_and_drawn() {
        ConsoleData.appendStreams(store, STREAMS);
        List<String> answers = new ArrayList<>();
        page.onResponse(response -> {
            if (response.url().contains("/streams?")) {
                answers.add(response.url());
            }
        });
        go("/#/streams");

        assertThat(page.locator("#streams tbody tr")).hasCount(50);
        assertThat(heading()).containsText("20,000");
        Assertions.assertThat(answers).hasSize(1).first().asString().contains("limit=50");
        picture("streams");
        String first = page.locator("#streams tbody tr").first().innerText();
        page.locator("#next").click();
        assertThat(page.locator("#streams tbody tr").first()).not().hasText(first);
        assertThat(page.locator("#streams tbody tr")).hasCount(50);
        Assertions.assertThat(answers).hasSize(2);
        page.goBack();
        assertThat(page.locator("#streams tbody tr").first()).containsText("customer-19999");

        search("begins with", "parcel-1234");
        assertThat(page.locator("#streams tbody tr")).hasCount(3);
        assertThat(page.locator(".pager")).containsText("3 streams among 5,000 looked at, the last page");
        search("is exactly", "customer-4711");
        assertThat(page.locator("#streams tbody tr")).hasCount(1);
        page.locator(".chip").getByText("parcel").click();
        assertThat(page.locator("#streams tbody tr").first()).containsText("parcel-19996");
        search("begins with", "nobody");
        assertThat(page.getByText("No stream begins with “nobody”.")).isVisible();
        picture("streams-none");
    }

    @Test
    void a_stream_is_a_timeline_whose_entries_lead_to_events() {
        ConsoleData.appendOrder(store);
        go("/#/stream?stream=order-A17");

        assertThat(page.locator(".entry")).hasCount(4);
        assertThat(page.locator(".entry").first()).containsText("order.shipped");
        assertThat(page.locator(".entry").nth(1)).containsText("one was left");
        picture("stream");
        page.getByText("Oldest first").click();
        assertThat(page.locator(".entry").first()).containsText("order.placed");
        page.locator(".entry a").first().click();
        assertThat(heading()).hasText("order.placed");
        assertThat(page.locator("pre").first()).containsText("\"name\": \"Ada\"");
        page.locator("a[rel=next]").click();
        assertThat(heading()).hasText("order.paid");
        go("/#/stream?stream=payment-P9");
        assertThat(page.getByText("compensates an earlier event")).isVisible();
    }

    @Test
    void a_long_stream_is_shown_a_page_at_a_time() {
        for (int i = 0; i < 120; i++) {
            store.append(Append.of(NewEvent.of("counter-1", "counter.raised", "{\"count\":" + i + "}")));
        }
        go("/#/stream?stream=counter-1");

        assertThat(page.locator(".entry")).hasCount(50);
        assertThat(page.getByText("Revisions 70 to 119")).isVisible();
        page.locator("#next").click();
        assertThat(page.getByText("Revisions 20 to 69")).isVisible();
        page.locator("#next").click();
        assertThat(page.getByText("Revisions 0 to 19")).isVisible();
        assertThat(page.locator("#next")).hasCount(0);
    }

    @Test
    void an_event_has_its_causes_effects_and_compensations_as_a_graph() {
        ConsoleData.appendOrder(store);
        go("/#/event?stream=order-A17&revision=2");

        assertThat(page.locator(".graph .node.event")).hasCount(8);
        assertThat(page.locator(".graph .node.command")).hasCount(1);
        assertThat(page.locator(".graph .edge.causation")).hasCount(7);
        assertThat(page.locator(".graph .edge.compensation")).hasCount(1);
        assertThat(page.locator(".graph .focus")).containsText("order.packed");
        assertThat(page.locator("#conversation tbody tr")).hasCount(8);
        picture("event");
        page.locator(".graph a.node", new Page.LocatorOptions().setHasText("payment.refunded"))
                .click();
        assertThat(heading()).hasText("payment.refunded");
        page.waitForDownload(() -> page.getByText("Download").click());
    }

    @Test
    void the_slider_shows_the_state_at_each_revision_and_what_changed() {
        ConsoleData.appendOrder(store);
        go("/#/state?stream=order-A17");

        Locator state = page.locator(".document");
        assertThat(state).containsText("12345678901234567890.10");
        assertThat(page.locator(".changes")).containsText("\"London\"");
        assertThat(page.locator(".changes")).containsText("\"Paris\"");
        assertThat(state.locator(".changed")).hasCount(2);
        picture("state");
        Locator slider = page.locator("#revision");
        slider.focus();
        slider.press("ArrowLeft");
        assertThat(page.locator("output")).hasText("2");
        assertThat(state).containsText("\"payment\": \"P9\"");
        assertThat(page.locator(".changes .path")).hasText("/packed");
        slider.press("Home");
        assertThat(state).containsText("\"paid\": false");
        assertThat(page).hasURL(Pattern.compile("revision=0$"));
        slider.fill("1");
        assertThat(state).containsText("\"paid\": true");
        page.getByLabel("As recorded by (UTC)").fill("2020-01-01T00:00:01");
        page.getByText("Show", new Page.GetByTextOptions().setExact(true)).click();
        assertThat(page.locator(".problem"))
                .containsText("Stream \"order-A17\" had no events at 2020-01-01T00:00:01Z. Choose a later time.");
        page.getByLabel("As recorded by (UTC)").fill("2199-01-01T00:00:01");
        page.getByText("Show", new Page.GetByTextOptions().setExact(true)).click();
        assertThat(page.locator("output")).hasText("3");
        assertThat(page.locator(".problem")).hasCount(0);
    }

    @Test
    void a_reducer_of_the_application_folds_its_category() {
        ConsoleData.appendOrder(store);
        go("/#/state?stream=payment-P9");

        assertThat(page.locator(".document")).containsText("\"bytes\": 32");
        assertThat(page.getByText("by the application’s reducer")).isVisible();
    }

    @Test
    void events_appear_as_they_come_filtered_and_paused() {
        go("/#/live?category=order&tag=vip&tag=de");
        assertThat(page.getByRole(AriaRole.STATUS)).hasText("live");

        store.append(Append.of(
                NewEvent.of("order-1", "order.placed", "{\"n\":1}").withTags("vip", "de", "with,comma"),
                NewEvent.of("order-2", "order.placed", "{\"n\":2}").withTags("vip"),
                NewEvent.of("parcel-3", "parcel.sent", "{}").withTags("vip", "de")));

        assertThat(page.locator("tbody tr")).hasCount(1);
        assertThat(page.locator("tbody tr")).containsText("order-1");
        page.locator("#pause").click();
        store.append(Append.of(NewEvent.of("order-4", "order.paid", "{}").withTags("de", "vip")));
        assertThat(page.getByText("1 waiting")).isVisible();
        assertThat(page.locator("tbody tr")).hasCount(1);
        page.locator("#pause").click();
        assertThat(page.locator("tbody tr")).hasCount(2);
        assertThat(page.locator("tbody tr").first()).containsText("order-4");
        picture("live");
        page.getByLabel("Tag").fill("");
        page.getByLabel("Type").fill("order.paid, order.shipped");
        page.getByText("Apply").click();
        assertThat(page.getByRole(AriaRole.STATUS)).hasText("live");
        store.append(
                Append.of(NewEvent.of("order-5", "order.placed", "{}"), NewEvent.of("order-5", "order.shipped", "{}")));
        assertThat(page.locator("tbody tr")).hasCount(1);
        assertThat(page.locator("tbody tr")).containsText("order.shipped");
    }

    @Test
    void an_event_is_appended_by_hand_under_conditions() {
        go("/#/append");
        fill("order-17", "order.placed", "{\"cents\":12345678901234567890}");
        page.getByLabel("Tags, separated by commas").fill("order:17, vip");
        page.getByLabel("Why").fill("it was forgotten");
        page.getByLabel("does not exist yet").check();
        append();
        assertThat(page.locator(".success")).containsText("revision 0");
        RecordedEvent stored = store.read(Read.all()).toList().getFirst();
        Assertions.assertThat(stored.data().utf8()).isEqualTo("{\"cents\":12345678901234567890}");
        Assertions.assertThat(stored.tags()).containsExactly("order:17", "vip");

        append();
        assertThat(page.locator(".problem")).containsText("expected no stream, found 0");
        assertThat(page.locator(".problem")).containsText("Stored: no.");
        picture("append-refused");
        page.getByLabel("ends with revision").check();
        page.locator("[name=revision]").fill("0");
        page.locator("[name=unlessTag]").fill("vip");
        append();
        assertThat(page.locator(".problem")).containsText("tags \"vip\"");
        page.locator("[name=unlessFrom]").fill("1");
        append();
        assertThat(page.locator(".success")).containsText("revision 1");
        picture("append");
        page.getByLabel("Data").fill("{oops");
        append();
        assertThat(page.locator(".problem")).containsText("The data is not JSON");
        Assertions.assertThat(store.nextPosition()).isEqualTo(2);
    }

    @Test
    void keys_lead_everywhere() {
        ConsoleData.appendOrder(store);
        go("/");
        assertThat(figure("Events")).hasText("9");

        press("g", "s");
        assertThat(heading()).containsText("Streams");
        assertThat(page.locator("#streams tbody tr")).hasCount(5);
        press("/");
        assertThat(page.locator("[name=text]")).isFocused();
        press("g", "l", "Escape", "j", "j");
        assertThat(page.locator("#streams [data-row]").nth(1)).isFocused();
        press("k", "Enter");
        assertThat(heading()).hasText("$settings");
        press("j", "Enter");
        assertThat(heading()).hasText("$acl.changed");
        press("?");
        assertThat(page.getByRole(AriaRole.DIALOG)).isVisible();
        picture("keys");
        press("Escape");
        assertThat(page.getByRole(AriaRole.DIALOG)).isHidden();
        press("g", "a");
        assertThat(heading()).hasText("Append");
        press("g", "c");
        assertThat(heading()).hasText("Consumers");
        assertThat(page.locator("#main")).isFocused();
        page.reload();
        assertThat(heading()).hasText("Consumers");
        press("Tab");
        assertThat(page.locator(".skip")).isFocused();
        press("Enter");
        assertThat(page.locator("#main")).isFocused();
    }

    @Test
    void dark_and_light_are_as_the_system_has_them_or_as_chosen() {
        ConsoleData.appendOrder(store);
        go("/");
        assertThat(figure("Events")).hasText("9");
        String light = ground();

        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        String dark = ground();
        picture("overview-dark");
        page.locator("#theme").selectOption("light");
        String chosen = ground();
        page.reload();
        String remembered = ground();
        page.locator("#theme").selectOption("system");

        Assertions.assertThat(dark).isNotEqualTo(light).isEqualTo(ground());
        Assertions.assertThat(chosen).isEqualTo(light).isEqualTo(remembered);
        for (String path : List.of("event?position=5", "state?stream=order-A17", "stream?stream=payment-P9", "live")) {
            go("/#/" + path);
            assertThat(heading()).isVisible();
            page.waitForLoadState();
            picture(path.substring(0, path.concat("?").indexOf('?')) + "-dark");
        }
    }

    @Test
    void nothing_in_a_name_or_a_payload_is_run() {
        String script = "<script>" + OWNED + "</script>";
        String picture = "<img src=x onerror=" + OWNED + ">";
        List<String> streams = List.of(
                script + "-1",
                "../../" + picture + "?a=b&c=%2e#\"'`",
                "javascript:" + OWNED,
                "emoji-🦄👩‍🚀/\u202egnp.exe\n\t",
                "long-" + "x".repeat(1_019));
        for (String stream : streams) {
            store.append(Append.of(new NewEvent(
                    stream,
                    ConsoleData.id(stream.length()),
                    picture + "${" + OWNED + "}",
                    NewEvent.JSON,
                    Bytes.utf8("{\"</pre>" + script.replace("/", "\\/") + "\":\"" + picture
                            + "\",\"__proto__\":{\"a\":1}}"),
                    Bytes.utf8("{\"$actor\":\"" + picture + "\",\"$reason\":\"" + script + "\",\"$correlation\":\""
                            + ConsoleData.CONVERSATION + "\",\"$causation\":\"" + script + "\"}"),
                    List.of(picture, "javascript:" + OWNED, "$correlation:" + ConsoleData.CONVERSATION),
                    java.util.Optional.empty(),
                    java.util.Optional.empty())));
        }
        store.append(Append.of(NewEvent.of("binary", "bytes", "{}")
                .withContent("application/octet-stream", Bytes.of(new byte[] {0, (byte) 0xff, '<'}))));

        go("/");
        assertThat(figure("Events")).hasText("6");
        go("/#/streams");
        assertThat(page.locator("#streams tbody tr")).hasCount(6);
        picture("hostile-streams");
        for (String stream : streams) {
            String name = URLEncoder.encode(stream, StandardCharsets.UTF_8).replace("+", "%20");
            go("/#/stream?stream=" + name);
            assertThat(page.locator(".entry")).hasCount(1);
            page.locator(".entry a").click();
            assertThat(page.locator(".facts")).containsText(picture);
            assertThat(page.locator("pre").first()).containsText(script);
            go("/#/state?stream=" + name);
            assertThat(page.locator(".document")).containsText(script);
            assertThat(page.locator(".changes")).containsText("__proto__");
        }
        picture("hostile-state");
        go("/#/event?position=0");
        assertThat(page.locator(".facts")).containsText(picture);
        assertThat(page.locator(".graph .node.unknown")).hasCount(1);
        picture("hostile-event");
        go("/#/event?stream=binary&revision=0");
        assertThat(page.locator("pre").first()).hasText("AP88");
        go("/#/live?type=" + URLEncoder.encode(picture, StandardCharsets.UTF_8));
        assertThat(page.getByRole(AriaRole.STATUS)).hasText("live");
        go("/#/append?stream=" + URLEncoder.encode(script, StandardCharsets.UTF_8));
        assertThat(page.locator("[name=stream]")).hasValue(script);
        go("/#/event?id=" + URLEncoder.encode(script, StandardCharsets.UTF_8));
        assertThat(page.locator(".problem")).containsText(script);
    }

    @Test
    void consumers_appear_when_an_application_reports_them() {
        ConsoleData.appendOrder(store);
        go("/#/consumers");
        assertThat(page.getByText("No application reports")).isVisible();
        picture("consumers-none");

        page.request()
                .post(
                        base + "/consumers",
                        com.microsoft.playwright.options.RequestOptions.create()
                                .setData("{\"name\":\"balances\",\"position\":7,\"status\":\"catching up\"}"));

        assertThat(page.locator("#consumers tbody tr")).containsText("catching up");
        assertThat(page.locator("#consumers tbody tr td").nth(4)).hasText("2");
        picture("consumers");
    }

    @Test
    void groups_show_what_they_have_parked_and_replay_it() {
        ConsoleData.appendOrder(store);
        go("/#/groups");
        assertThat(page.getByText("No groups")).isVisible();
        ConsoleData.makeGroup(server.grpcPort(), "order-A17", "billing");
        store.append(Append.of(NewEvent.of("$persistentsubscription-order-A17::billing-parked", "$>", "0@order-A17")));

        Locator group = page.locator("#groups tbody tr");
        assertThat(group).containsText("RoundRobin");
        assertThat(group.locator("td").nth(6)).hasText("1");
        picture("groups");
        group.locator("button").click();

        assertThat(page.locator(".problem")).hasCount(0);
        group.getByRole(
                        AriaRole.LINK,
                        new Locator.GetByRoleOptions().setName("1").setExact(true))
                .click();
        assertThat(page).hasTitle("Stream · Everfold");
    }

    @Test
    void a_page_of_groups_that_is_left_while_it_looks_again_after_a_replay_complains_of_nothing() {
        ConsoleData.appendOrder(store);
        ConsoleData.makeGroup(server.grpcPort(), "order-A17", "billing");
        store.append(Append.of(NewEvent.of("$persistentsubscription-order-A17::billing-parked", "$>", "0@order-A17")));
        go("/#/groups");
        Locator group = page.locator("#groups tbody tr");
        assertThat(group.locator("td").nth(6)).hasText("1");

        page.route(base + "/groups", _ -> {}); // no answer
        page.waitForRequest(base + "/groups", () -> group.locator("button").click());
        page.locator("nav").getByText("Streams").click();

        assertThat(page).hasTitle("Streams · Everfold");
        page.unroute(base + "/groups");
    }

    @Test
    void the_first_page_says_what_the_application_has_to_try_and_leads_there() {
        go("/");

        assertThat(page.locator("#hints li")).hasText("Let <b>somebody</b> be greeted.");
        page.locator("#hints a").click();

        assertThat(page).hasTitle("Actions · Everfold");
    }

    @Test
    void an_action_of_the_application_is_a_button_that_says_what_came_of_it() {
        go("/#/actions");
        Locator greet = page.locator("#action-greet");
        assertThat(greet.locator("input")).hasValue("Grace");

        greet.locator("input").fill("<b>Ada</b>");
        greet.locator("button").click();
        assertThat(greet.locator(".said")).hasText("Good morning, <b>Ada</b>.");
        picture("actions");

        greet.locator("input").fill(" ");
        greet.locator("button").click();
        assertThat(greet.locator(".problem")).containsText("Nobody is named; expected a name.");
    }

    @Test
    void what_is_not_there_is_said_in_words() {
        go("/#/stream?stream=nobody");
        assertThat(page.getByText("No such stream")).isVisible();
        go("/#/event?position=0");
        assertThat(page.locator(".problem")).containsText("The store has no such event.");
        go("/#/event?position=77");
        assertThat(page.locator(".problem")).containsText("position");
        go("/#/state?stream=nobody");
        assertThat(page.locator(".problem")).containsText("Stream \"nobody\" has no events.");
        go("/#/live?stream=%00");
        assertThat(page.locator(".problem")).containsText("stream");
        picture("problem");
    }

    @Test
    void a_server_that_ended_is_said_to_have() {
        ConsoleData.appendOrder(store);
        go("/#/streams");
        assertThat(page.locator("#streams tbody tr")).hasCount(5);

        server.close();
        page.locator("button.primary").click();
        page.locator(".chip").first().click();

        assertThat(page.locator(".problem")).containsText("The server does not answer. Is it still running?");
    }

    private void go(String path) {
        page.navigate(base + path);
    }

    private Locator heading() {
        return page.locator("#main h1");
    }

    private Locator figure(String label) {
        return page.locator(".figure", new Page.LocatorOptions().setHasText(Pattern.compile("^\\s*" + label)))
                .locator("dd");
    }

    private void search(String mode, String text) {
        page.locator("[name=mode]").selectOption(new com.microsoft.playwright.options.SelectOption().setLabel(mode));
        page.locator("[name=text]").fill(text);
        page.locator("[name=text]").press("Enter");
    }

    private void fill(String stream, String type, String data) {
        page.getByLabel("Stream").fill(stream);
        page.getByLabel("Type", new Page.GetByLabelOptions().setExact(true)).fill(type);
        page.getByLabel("Data").fill(data);
    }

    private void append() {
        page.locator("button.primary").click();
    }

    private void press(String... keys) {
        for (String key : keys) {
            page.keyboard().press(key);
        }
    }

    private String ground() {
        return String.valueOf(page.evaluate("getComputedStyle(document.body).backgroundColor"));
    }

    private void picture(String name) {
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(PICTURES.resolve(name + ".png"))
                .setFullPage(true));
    }
}
