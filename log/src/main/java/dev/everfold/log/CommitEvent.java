package dev.everfold.log;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// Flight Recorder: a commit frame was made durable. The duration is that of its write and its sync.
@Name("dev.everfold.log.Commit")
@Label("Commit")
@Category({"Everfold", "Log"})
@Description("A commit frame was written and synced")
@StackTrace(false)
final class CommitEvent extends Event {

    @Label("Frame")
    @Description("Number of frames before it")
    long frame;

    @Label("Appends")
    int appends;

    @Label("Events")
    int events;

    @Label("Bytes")
    @DataAmount
    int bytes;
}
