package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.everfold.log.audit.Audit;
import dev.everfold.log.audit.Syscall;
import dev.everfold.log.audit.Trace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A real process under strace: no acknowledgement leaves it before the sync that covers it has returned.
///
/// Needs Linux, strace, and the permission to trace one's own children, which not every machine has: it
/// runs with `./mvnw -Paudit verify` only, and fails there when strace is missing.
@Tag("audit")
@Timeout(120)
class SyscallAuditTest {

    private static final List<String> STRACE = List.of(
            "strace",
            "-f",
            "-y",
            "-xx",
            "-s",
            "80",
            "-e",
            "trace=openat,write,pwrite64,writev,pwritev,fdatasync,fsync",
            "-o");

    @TempDir
    Path temporary;

    @Test
    void nothing_is_acknowledged_before_it_and_its_name_are_durable() throws Exception {
        Path file = temporary.resolve("trace");

        run(file, temporary.resolve("store"));

        List<Syscall> calls = Trace.read(Files.readAllLines(file));
        Audit.Report report = Audit.of(calls);
        assertThat(report.findings()).isEmpty();
        assertThat(report.acknowledgements()).isEqualTo(AuditWriter.CLIENTS * AuditWriter.APPENDS_EACH);
        assertThat(report.segments()).isGreaterThan(3);
        System.out.println("acknowledgements before their sync: 0 of " + report.acknowledgements() + ", in "
                + report.frames() + " frames and " + report.segments() + " segments, " + report.syncs()
                + " syncs, " + calls.size() + " system calls");
    }

    /// Who made the folders may not have synced them: a process that was killed, or a person.
    @Test
    void the_names_of_folders_that_were_there_are_durable_before_anything_is_acknowledged() throws Exception {
        Path file = temporary.resolve("trace");
        Path store = Files.createDirectories(temporary.resolve("one/two/store"));

        run(file, store);

        List<Syscall> calls = Trace.read(Files.readAllLines(file));
        Syscall acknowledgement =
                calls.stream().filter(Audit::isAcknowledgement).findFirst().orElseThrow();
        assertThat(calls.stream()
                        .filter(call -> call.isSync() && call.returnedBefore(acknowledgement))
                        .map(Syscall::path))
                .contains(
                        store.toString(),
                        store.getParent().toString(),
                        temporary.resolve("one").toString(),
                        temporary.toString());
    }

    private void run(Path trace, Path store) throws InterruptedException {
        List<String> command = new ArrayList<>(STRACE);
        command.add(trace.toString());
        command.addAll(ChildJvm.command(AuditWriter.class, List.of(), List.of(store.toString())));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            assertThat(process.waitFor()).as("exit code of strace").isZero();
        } catch (IOException missing) {
            fail(
                    "The audit needs strace on the path. Install the package strace, or leave the profile audit out.",
                    missing);
        }
    }
}
