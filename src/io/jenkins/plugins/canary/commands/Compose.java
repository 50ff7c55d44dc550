package io.jenkins.plugins.canary.commands;

import io.jenkins.plugins.canary.plan.Slot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Command lines for Docker Compose.
 *
 * @param variables what its files may use beside their {@code .env}
 * @param tool {@code docker compose} (v2) or {@code docker-compose} (v1), as words
 */
public record Compose(List<String> tool, Map<String, String> variables) {

    private static final Duration BUILD = Duration.ofMinutes(30);

    private static final String DETECT = """
            if docker compose version >/dev/null 2>&1; then echo docker compose
            elif command -v docker-compose >/dev/null; then echo docker-compose
            else echo 'neither "docker compose" nor "docker-compose" is here' >&2; exit 1
            fi
            """;

    public Compose {
        tool = List.copyOf(tool);
        variables = Map.copyOf(variables);
    }

    /**
     * Prints the words of the Compose that a host has; v2 where both are there. Only v2 is started for that: v1 takes most
     * of a second to say its version.
     */
    public static Command detect() {
        return Command.script(DETECT).root().repeatable();
    }

    /** Prints the whole configuration with every default and variable filled in, secrets too. */
    public Command config(Slot slot, String envFile) {
        return compose(slot, envFile, List.of(), List.of("config")).repeatable();
    }

    /**
     * Starts services of a slot and nothing else.
     *
     * @param envFile for the variables in the Compose file, or empty
     * @param override a Compose file over the slot's own, absolute
     * @param build whether images are built, or must be there
     */
    public Command up(Slot slot, String envFile, String override, List<String> services, boolean build) {
        List<String> arguments =
                new ArrayList<>(List.of("up", "-d", "--no-deps", build ? "--build" : "--no-build", "--"));
        if (tool.size() == 1) {
            // docker-compose v1 takes no "--".
            arguments.remove("--");
        }
        arguments.addAll(services);
        return compose(slot, envFile, List.of(override), arguments).timeout(BUILD);
    }

    /** Stops a slot's services and leaves the containers, so that their logs can still be read. */
    public Command stop(Slot slot, String envFile, List<String> services) {
        List<String> arguments = new ArrayList<>(List.of("stop"));
        arguments.addAll(services);
        return compose(slot, envFile, List.of(), arguments).timeout(Duration.ofMinutes(2));
    }

    private Command compose(Slot slot, String envFile, List<String> overrides, List<String> arguments) {
        List<String> words = new ArrayList<>(List.of("env"));
        variables.forEach((name, value) -> words.add(name + "=" + value));
        words.addAll(tool);
        words.addAll(List.of("--project-name", slot.project(), "--file", slot.directory() + "/" + slot.file()));
        for (String override : overrides) {
            words.addAll(List.of("--file", override));
        }
        if (!envFile.isEmpty()) {
            words.addAll(List.of("--env-file", envFile));
        }
        words.addAll(arguments);
        return Command.of(words).in(slot.directory()).root();
    }
}
