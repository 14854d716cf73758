package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.eventstore.StoreUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a URI `log:DIRECTORY?…` may say.
class LogEventStoreProviderTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"65536", "64KiB"})
    void the_segment_parameter_sets_the_length_of_segments(String size) {
        String uri = "log:" + folder.resolve("store") + "?segment=" + size;
        try (EventStore store = EventStores.open(uri)) {
            append(store, 10);

            assertThat(store.stats().segments()).isGreaterThan(1);
        }
    }

    @Test
    void a_store_may_be_opened_with_another_length_of_segments() {
        String store = "log:" + folder.resolve("store");
        try (EventStore small = EventStores.open(store + "?mode=create&segment=64KiB")) {
            append(small, 10);
        }
        try (EventStore large = EventStores.open(store + "?mode=existing&segment=1GiB")) {
            long segments = large.stats().segments();
            append(large, 10);

            assertThat(large.nextPosition()).isEqualTo(20);
            assertThat(large.stats().segments()).isEqualTo(segments);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "65535", "63KiB", "2GiB", "1073741825", "-1MiB", "32MB", "1.5MiB", "99999999999"})
    void a_segment_that_is_no_size_or_out_of_range_is_refused(String size) {
        String uri = "log:" + folder.resolve("store") + "?segment=" + size;

        assertThatThrownBy(() -> EventStores.open(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Store URI \"" + uri + "\" has the parameter segment=" + size
                        + "; expected a size of 64KiB to 1GiB, such as segment=32MiB.");
        assertThat(folder.resolve("store")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "mode=write, 'mode=create, mode=existing or mode=read'",
        "segments=1MiB, mode or segment",
    })
    void a_parameter_that_is_not_known_is_refused(String parameter, String expected) {
        String uri = "log:" + folder.resolve("store") + "?" + parameter;

        assertThatThrownBy(() -> EventStores.open(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Store URI \"" + uri + "\" has the parameter " + parameter + "; expected " + expected + ".");
    }

    @Test
    void mode_existing_makes_no_store() {
        String uri = "log:" + folder.resolve("store") + "?mode=existing";

        assertThatThrownBy(() -> EventStores.open(uri)).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void a_path_through_a_file_is_refused_in_words() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "a file");

        assertThatThrownBy(() -> EventStores.open("log:" + file.resolve("store")))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessage("The store in " + file + "/store cannot be opened: a folder is expected where a file is."
                        + " Correct its name, or name another one.");
    }

    @Test
    void a_uri_without_a_directory_is_refused() {
        assertThatThrownBy(() -> EventStores.open("log:"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Store URI \"log:\" names no directory; expected log:DIRECTORY.");
    }

    @Test
    void a_copy_that_is_there_keeps_its_lineage_and_what_it_holds() {
        StoreUri uri = StoreUri.parse("log:" + folder.resolve("copy"));
        UUID lineage = UUID.randomUUID();
        try (EventStore copy = EventStores.provider(uri).openCopy(uri, lineage)) {
            append(copy, 2);
            copy.append(Append.track("shop", 7));
        }

        try (EventStore again = EventStores.provider(uri).openCopy(uri.with("mode", "existing"), UUID.randomUUID());
                EventStore reader = EventStores.open(uri.with("mode", "read").toString())) {
            assertThat(again.lineage()).isEqualTo(lineage);
            assertThat(again.nextPosition()).isEqualTo(2);
            assertThat(again.trackedPositions()).containsExactly(Map.entry("shop", 7L));
            assertThat(reader.lineage()).isEqualTo(lineage);
            assertThat(reader.trackedPositions()).containsExactly(Map.entry("shop", 7L));
        }
    }

    @Test
    void a_copy_is_not_created_with_mode_existing() {
        StoreUri uri = StoreUri.parse("log:" + folder.resolve("copy") + "?mode=existing");

        assertThatThrownBy(() -> EventStores.provider(uri).openCopy(uri, UUID.randomUUID()))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageStartingWith("There is no store in ");
    }

    @Test
    void a_directory_is_the_same_however_it_is_spelled() throws IOException {
        Path store = Files.createDirectory(folder.resolve("store"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), store);

        assertThat(isSame(store, folder.resolve("x/../store/."))).isTrue();
        assertThat(isSame(store, link)).isTrue();
        assertThat(isSame(store, folder.resolve("other"))).isFalse();
        assertThat(isSame(folder.resolve("not-there"), folder.resolve("./not-there")))
                .isTrue();
    }

    private static boolean isSame(Path one, Path other) {
        return new LogEventStoreProvider()
                .isSameStore(StoreUri.parse("log:" + one), StoreUri.parse("log:" + other + "?segment=1MiB"));
    }

    private static void append(EventStore store, int events) {
        for (int i = 0; i < events; i++) {
            store.append(Append.of(NewEvent.of("order-17", "order.changed", Bytes.of(new byte[20_000]))));
        }
    }
}
