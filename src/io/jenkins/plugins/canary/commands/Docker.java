package io.jenkins.plugins.canary.commands;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Command lines for Docker. Containers are found by Compose's labels, never by their names. */
public final class Docker {

    private static final String PROJECT = "com.docker.compose.project";
    private static final String SERVICE = "com.docker.compose.service";

    private static final String INSPECT = """
            ids=$(docker ps --all --quiet --no-trunc "$@") || exit
            if [ -n "$ids" ]; then docker inspect $ids; else echo '[]'; fi
            """;

    /** Images of releases that are no longer kept; one that a container still uses stays, docker refuses it. */
    private static final String PRUNE = """
            repository=$1
            shift
            docker image ls --format '{{.Repository}}:{{.Tag}}' "$repository" | while IFS= read -r image; do
                for kept; do [ "$image" = "$repository:$kept" ] && continue 2; done
                [ -z "$(docker ps --all --quiet --filter "ancestor=$image")" ] || continue
                docker image rm "$image" >/dev/null 2>&1 && printf '%s\\n' "$image"
            done
            """;

    /** A container that shares the host's network publishes nothing; one of ours is what listens then. */
    private static final String HOLDER = """
            cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v port="$(printf ':%04X' "$1")" '
                $4 == "0A" && substr($2, length($2) - 4) == port { found = 1 } END { exit !found }' || exit 0
            project="label=com.docker.compose.project=$2"
            [ -z "$(docker ps --quiet --filter "$project" --filter "publish=$1")" ] || exit 0
            [ -z "$(docker ps --quiet --filter "$project" --filter network=host)" ] || exit 0
            names=$(docker ps --filter "publish=$1" --format '{{.Names}}' | tr '\\n' ' ')
            if [ -n "$names" ]; then echo "container ${names% }"; else echo "a process (see \\`ss -ltnp\\`)"; fi
            """;

    private Docker() {}

    /** All containers of a project as {@code docker inspect} gives them, running or not. */
    public static Command inspectProject(String project) {
        return Command.script(INSPECT, "--filter", "label=" + PROJECT + "=" + project).root().repeatable();
    }

    /** The containers of one Compose service in a project. */
    public static Command inspect(String project, String service) {
        return Command.script(
                        INSPECT, "--filter", "label=" + PROJECT + "=" + project,
                        "--filter", "label=" + SERVICE + "=" + service)
                .root().repeatable();
    }

    /** The running containers of a Compose service in whatever project. */
    public static Command inspectRunning(String service) {
        return Command.script(INSPECT, "--filter", "label=" + SERVICE + "=" + service, "--filter", "status=running")
                .root().repeatable();
    }

    public static Command volumes() {
        return Command.of("docker", "volume", "ls", "--quiet").root().repeatable();
    }

    public static Command tag(String image, String name) {
        return Command.of("docker", "image", "tag", image, name).root().repeatable();
    }

    /** Fails where the image is not there. */
    public static Command imageId(String image) {
        return Command.of("docker", "image", "inspect", "--format", "{{.Id}}", image).root().repeatable();
    }

    /** The last lines that a container wrote, to either stream. */
    public static Command logs(String container, int lines) {
        return Command.script("docker logs --tail \"$2\" \"$1\" 2>&1", container, Integer.toString(lines))
                .root().repeatable();
    }

    /** Removes a repository's images whose tag is not kept and that no container uses; prints the removed ones. */
    public static Command prune(String repository, List<String> keptTags) {
        List<String> arguments = new ArrayList<>(List.of(repository));
        arguments.addAll(keptTags);
        return Command.script(PRUNE, arguments.toArray(String[]::new)).root().timeout(Duration.ofMinutes(2));
    }

    /** Prints where Docker keeps images and containers. */
    public static Command rootDirectory() {
        return Command.of("docker", "info", "--format", "{{.DockerRootDir}}").root().repeatable();
    }

    /** Prints who listens on a port; nothing where nobody does, or a container of the project. */
    public static Command holderOfPort(int port, String project) {
        return Command.script(HOLDER, Integer.toString(port), project).root().repeatable();
    }

    /** Fails where a registry does not have an image for this host, or can't be reached. */
    public static Command inRegistry(String image) {
        return Command.of("docker", "manifest", "inspect", image).root().repeatable().timeout(Duration.ofSeconds(15));
    }

    public static Command pull(String image) {
        return Command.of("docker", "image", "pull", "--quiet", image).root().repeatable().timeout(Duration.ofMinutes(30));
    }

    /** Says who answers, to tell a daemon that is not there from a user who may not use it. */
    public static Command version() {
        return Command.of("docker", "version", "--format", "{{.Server.Version}}").root().repeatable();
    }
}
