package io.jenkins.plugins.canary.event;

import io.jenkins.plugins.canary.event.Event.Type;
import java.io.PrintStream;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** For a person at a terminal: colours, and while a share soaks one line with a bar that is drawn again in place. */
public final class TerminalSink implements Sink {

    private static final int BAR = 30;
    private static final String CLEAR_LINE = "\r\u001b[K";
    private static final String RESET = "\u001b[0m";

    private final PrintStream out;
    private final DateTimeFormatter time;
    private boolean barShown;

    public TerminalSink(PrintStream out, ZoneId zone) {
        this.out = out;
        this.time = DateTimeFormatter.ofPattern("HH:mm:ss").withZone(zone);
    }

    @Override
    public void accept(Event event) {
        if (event.type() == Type.PROGRESS) {
            out.print(CLEAR_LINE + bar(event) + " " + event.message());
            barShown = true;
        } else {
            out.println((barShown ? CLEAR_LINE : "") + "\u001b[2m" + time.format(event.time()) + RESET + "  "
                    + String.format("%-12s", event.state()) + "  " + colour(event.type())
                    + event.message().replace("\n", "\n    ") + RESET);
            barShown = false;
        }
        out.flush();
    }

    private static String bar(Event event) {
        double part = event.facts().get("part") instanceof Double number ? Math.min(1, number) : 0;
        int full = (int) Math.round(part * BAR);
        return "[" + "#".repeat(full) + ".".repeat(BAR - full) + "]";
    }

    private static String colour(Type type) {
        return switch (type) {
            case WARNING -> "\u001b[33m";
            case FAILURE -> "\u001b[31m";
            case SHARE, OBSERVED -> "\u001b[36m";
            case OUTCOME -> "\u001b[1m";
            default -> "";
        };
    }
}
