package io.jenkins.plugins.canary.host;

/** A command ran and failed. */
public final class CommandFailed extends HostException {

    /** Enough of an error to act on; the rest is in the log of the command itself. */
    private static final int LINES = 20;

    private final transient Result result;

    public CommandFailed(String host, String attempt, Result result) {
        super(host, message(host, attempt, result));
        this.result = result;
    }

    public Result result() {
        return result;
    }

    private static String message(String host, String attempt, Result result) {
        String said = result.errors().isBlank() ? result.text() : result.errors();
        var lines = said.lines().toList();
        String tail = String.join("\n", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
        String how = result.exit() == 124
                ? "no end within " + result.command().timeout().toSeconds() + " s"
                : "exit code " + result.exit();
        return "could not " + attempt + " on " + host + ": `" + result.command() + "` gave " + how
                + (tail.isBlank() ? "" : ":\n" + tail);
    }
}
