package io.jenkins.plugins.canary.container;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jenkins.plugins.canary.commands.Docker;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A container as {@code docker inspect} shows it (Docker Engine API, ContainerInspect).
 *
 * @param service its Compose service
 * @param image the name it was made from
 * @param imageId the image it really runs
 * @param status {@code running}, {@code restarting}, {@code exited}, …
 * @param restarts how often Docker started it again
 * @param environment its variables; may hold secrets
 * @param networks the names of its networks
 */
public record Container(
        String id,
        String name,
        String service,
        String image,
        String imageId,
        String status,
        int exitCode,
        int restarts,
        Map<String, String> environment,
        Set<String> networks) {

    /** The containers of one Compose service, running or not. */
    public static List<Container> of(Host host, String project, String service) throws HostException {
        return parse(host.require("look at the containers of " + service, Docker.inspect(project, service)).text());
    }

    public static List<Container> ofProject(Host host, String project) throws HostException {
        return parse(host.require("look at the containers of " + project, Docker.inspectProject(project)).text());
    }

    /** The running containers of a Compose service in any project. */
    public static List<Container> running(Host host, String service) throws HostException {
        return parse(host.require("look for the containers of " + service, Docker.inspectRunning(service)).text());
    }

    public boolean running() {
        return status.equals("running");
    }

    /** The end of what it wrote. */
    public String logs(Host host, int lines) throws HostException {
        return host.require("read the log of container " + name, Docker.logs(id, lines)).text();
    }

    static List<Container> parse(String json) {
        List<Container> containers = new ArrayList<>();
        for (JsonElement element : JsonParser.parseString(json).getAsJsonArray()) {
            JsonObject object = element.getAsJsonObject();
            JsonObject config = object.getAsJsonObject("Config");
            JsonObject state = object.getAsJsonObject("State");
            JsonElement service = config.getAsJsonObject("Labels").get("com.docker.compose.service");
            containers.add(new Container(
                    object.get("Id").getAsString(),
                    object.get("Name").getAsString().replaceFirst("^/", ""),
                    service == null ? "" : service.getAsString(),
                    config.get("Image").getAsString(),
                    object.get("Image").getAsString(),
                    state.get("Status").getAsString(),
                    state.get("ExitCode").getAsInt(),
                    object.get("RestartCount").getAsInt(),
                    environment(config.get("Env")),
                    new LinkedHashSet<>(object.getAsJsonObject("NetworkSettings").getAsJsonObject("Networks").keySet())));
        }
        return containers;
    }

    private static Map<String, String> environment(JsonElement variables) {
        Map<String, String> environment = new LinkedHashMap<>();
        JsonArray list = variables == null || variables.isJsonNull() ? new JsonArray() : variables.getAsJsonArray();
        for (JsonElement variable : list) {
            String[] pair = variable.getAsString().split("=", 2);
            environment.put(pair[0], pair.length == 2 ? pair[1] : "");
        }
        return environment;
    }
}
