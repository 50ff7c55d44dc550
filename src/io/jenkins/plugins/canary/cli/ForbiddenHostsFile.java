package io.jenkins.plugins.canary.cli;

import io.jenkins.plugins.canary.plan.ForbiddenHosts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The hosts that no rollout from this machine may touch: a file of its administrator, and a variable. */
final class ForbiddenHostsFile {

    static final Path USUAL = Path.of("/etc/canary-deploy/forbidden-hosts");

    /** Names with commas between. */
    static final String VARIABLE = "CANARY_FORBIDDEN_HOSTS";

    private ForbiddenHostsFile() {}

    /**
     * @param file a name or address a line, {@code #} begins a comment; it may be missing
     * @throws IOException the file is there and can't be read: who may not be touched is not known then
     */
    static ForbiddenHosts read(Path file, Map<String, String> environment) throws IOException {
        List<String> names = new ArrayList<>(List.of(environment.getOrDefault(VARIABLE, "").split(",")));
        if (Files.exists(file)) {
            Files.readAllLines(file).forEach(line -> names.add(line.replaceFirst("#.*", "")));
        }
        return new ForbiddenHosts(names, file + " or the variable " + VARIABLE);
    }
}
