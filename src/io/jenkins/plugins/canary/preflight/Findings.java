package io.jenkins.plugins.canary.preflight;

import io.jenkins.plugins.canary.commands.Command;
import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.host.Result;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What the checks have found so far; one that fails hides none of the others. */
final class Findings {

    private final Set<Finding> found = new LinkedHashSet<>();

    /** A look at one thing. */
    interface Check {
        void look() throws HostException, Refused;
    }

    /** @return whether it could be looked at */
    boolean check(Check check) {
        try {
            check.look();
            return true;
        } catch (HostException | Refused e) {
            block(e.getMessage());
            return false;
        }
    }

    /** Looks whether a command works. */
    boolean require(Host host, Command command, String problem, String remedy) {
        return check(() -> {
            Result result = host.run(command);
            if (!result.ok()) {
                throw new Refused(problem + " on " + host.name()
                        + (result.errors().isBlank() ? "" : " (" + result.errors() + ")") + "; " + remedy);
            }
        });
    }

    void block(String text) {
        found.add(Finding.blocking(text));
    }

    void advise(String text) {
        found.add(Finding.advice(text));
    }

    List<Finding> all() {
        return List.copyOf(found);
    }
}
