package io.jenkins.plugins.canary.event;

import io.jenkins.plugins.canary.event.Event.Type;
import java.io.PrintStream;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** Plain lines with the time of day; a message of several lines is indented under its first. */
public final class ConsoleSink implements Sink {

    private final PrintStream out;
    private final DateTimeFormatter time;

    public ConsoleSink(PrintStream out, ZoneId zone) {
        this.out = out;
        this.time = DateTimeFormatter.ofPattern("HH:mm:ss").withZone(zone);
    }

    @Override
    public void accept(Event event) {
        if (event.type() == Type.PROGRESS) {
            return;
        }
        out.println(time.format(event.time()) + "  " + String.format("%-12s", event.state()) + "  "
                + event.message().replace("\n", "\n    "));
        out.flush();
    }
}
