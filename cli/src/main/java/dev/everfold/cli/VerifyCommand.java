package dev.everfold.cli;

import dev.everfold.eventstore.Verification;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

/// Checks a store.
@Command(
        name = "verify",
        description = "Check everything that a store keeps, without changing it, and say what was checked.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  everfold verify --store log:data", "  everfold verify --store log:data --json"})
final class VerifyCommand implements Callable<Integer> {

    private final Console console;

    @Mixin
    StoreOptions storeOptions = new StoreOptions();

    @Option(names = "--json", description = "Answer with one JSON object.")
    boolean json;

    VerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Progress progress = new Progress(console, "checked", "events");
        Verification verification;
        try {
            verification = storeOptions.provider().verify(storeOptions.uri(), progress.until(console.interruption()));
        } finally {
            progress.end();
        }
        try {
            print(verification);
        } catch (Output.FailedException unread) {
            // Damage is damage also when the reader has seen enough of it.
            if (verification.passed() || !unread.isBrokenPipe()) {
                throw unread;
            }
        }
        return (verification.passed() ? ExitCode.OK : ExitCode.REFUSED).number();
    }

    private void print(Verification verification) {
        if (json) {
            printJson(verification);
        } else {
            printText(verification);
        }
    }

    private void printText(Verification verification) {
        Output out = console.out();
        verification.checked().forEach(sentence -> out.line("checked  " + SafeText.of(sentence)));
        verification.notes().forEach(note -> out.line("note     " + SafeText.of(note)));
        verification.damages().forEach(damage -> out.line("damage   " + SafeText.of(damage.toString())));
        out.line(String.format(
                Locale.ROOT,
                "%s  %,d events, %,d bytes, %,d damages",
                verification.passed() ? "passed " : "FAILED ",
                verification.events(),
                verification.bytes(),
                verification.damages().size()));
    }

    private void printJson(Verification verification) {
        console.out().line(JsonText.object(members -> {
            members.writeBooleanProperty("passed", verification.passed());
            members.writeNumberProperty("events", verification.events());
            members.writeNumberProperty("bytes", verification.bytes());
            writeTexts(members, "checked", verification.checked());
            writeTexts(members, "notes", verification.notes());
            members.writeArrayPropertyStart("damages");
            for (Verification.Damage damage : verification.damages()) {
                members.writeStartObject();
                members.writeStringProperty("file", damage.file());
                members.writeNumberProperty("offset", damage.offset());
                members.writeStringProperty("what", damage.what());
                members.writeEndObject();
            }
            members.writeEndArray();
        }));
    }

    private static void writeTexts(JsonGenerator members, String name, Iterable<String> texts) {
        members.writeArrayPropertyStart(name);
        texts.forEach(members::writeString);
        members.writeEndArray();
    }
}
