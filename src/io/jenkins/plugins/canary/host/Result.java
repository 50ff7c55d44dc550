package io.jenkins.plugins.canary.host;

import io.jenkins.plugins.canary.commands.Command;
import java.nio.charset.StandardCharsets;

/**
 * What one command gave.
 *
 * @param command what ran
 * @param exit its exit code; 124 where it was ended at its timeout
 * @param out standard output, byte for byte
 * @param err standard error, byte for byte
 */
public record Result(Command command, int exit, byte[] out, byte[] err) {

    public boolean ok() {
        return exit == 0;
    }

    /** Standard output as text, without trailing line ends. */
    public String text() {
        return new String(out, StandardCharsets.UTF_8).stripTrailing();
    }

    /** Standard error as text, without trailing line ends. */
    public String errors() {
        return new String(err, StandardCharsets.UTF_8).stripTrailing();
    }
}
