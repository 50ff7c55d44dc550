package io.jenkins.plugins.canary.release;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * What {@code docker compose config} prints, as far as a rollout must know it (the Compose Specification; v1 and v2
 * print the same things in different forms).
 */
final class ComposeModel {

    private final String project;
    private final Map<?, ?> root;

    private ComposeModel(String project, Map<?, ?> root) {
        this.project = project;
        this.root = root;
    }

    static ComposeModel parse(String project, String yaml) {
        Object loaded = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        return new ComposeModel(project, map(loaded));
    }

    Set<String> services() {
        Set<String> names = new LinkedHashSet<>();
        map(root.get("services")).keySet().forEach(name -> names.add(String.valueOf(name)));
        return names;
    }

    boolean builds(String service) {
        return service(service).get("build") != null;
    }

    /** The image that a service runs, as it is named; empty where only a build names it. */
    Optional<String> image(String service) {
        return Optional.ofNullable(service(service).get("image")).map(String::valueOf);
    }

    /** The real names of the named volumes of a service that this project would make itself. */
    Set<String> ownVolumes(String service) {
        Set<String> names = new LinkedHashSet<>();
        for (Object volume : list(service(service).get("volumes"))) {
            String source = volume instanceof Map<?, ?> entry
                    ? ("volume".equals(entry.get("type")) && entry.get("source") != null
                            ? String.valueOf(entry.get("source")) : "")
                    : String.valueOf(volume).split(":", 2)[0];
            Map<?, ?> definition = map(map(root.get("volumes")).get(source));
            boolean named = map(root.get("volumes")).containsKey(source);
            if (named && !isExternal(definition)) {
                names.add(realName(source, definition));
            }
        }
        return names;
    }

    /** The services that one needs to be reachable. */
    Set<String> dependencies(String service) {
        Set<String> names = new LinkedHashSet<>();
        Object dependsOn = service(service).get("depends_on");
        if (dependsOn instanceof Map<?, ?> map) {
            map.keySet().forEach(name -> names.add(String.valueOf(name)));
        } else {
            list(dependsOn).forEach(name -> names.add(String.valueOf(name)));
        }
        list(service(service).get("links")).forEach(link -> names.add(String.valueOf(link).split(":", 2)[0]));
        return names;
    }

    /** The service whose container one can't start without, and through which key, if there is one. */
    Optional<String> joined(String service) {
        for (String key : List.of("network_mode", "ipc", "pid")) {
            String value = String.valueOf(service(service).get(key));
            if (value.startsWith("service:")) {
                return Optional.of(value.substring("service:".length()));
            }
        }
        return list(service(service).get("volumes_from")).stream()
                .map(String::valueOf)
                .filter(from -> !from.startsWith("container:"))
                // v1 prints `service:db:rw` where v2 prints `db` or `db:ro`.
                .map(from -> from.replaceFirst("^service:", "").split(":", 2)[0])
                .findFirst();
    }

    boolean usesHostNetwork(String service) {
        return "host".equals(service(service).get("network_mode"));
    }

    /** The real names of a service's networks. */
    Set<String> networks(String service) {
        Object networks = service(service).get("networks");
        List<String> keys = new ArrayList<>();
        if (networks instanceof Map<?, ?> map) {
            map.keySet().forEach(key -> keys.add(String.valueOf(key)));
        } else {
            list(networks).forEach(key -> keys.add(String.valueOf(key)));
        }
        if (keys.isEmpty()) {
            keys.add("default");
        }
        Set<String> names = new LinkedHashSet<>();
        for (String key : keys) {
            names.add(realName(key, map(map(root.get("networks")).get(key))));
        }
        return names;
    }

    private Map<?, ?> service(String name) {
        return map(map(root.get("services")).get(name));
    }

    private String realName(String key, Map<?, ?> definition) {
        if (definition.get("name") != null) {
            return String.valueOf(definition.get("name"));
        }
        if (definition.get("external") instanceof Map<?, ?> external && external.get("name") != null) {
            return String.valueOf(external.get("name"));
        }
        return isExternal(definition) ? key : project + "_" + key;
    }

    private static boolean isExternal(Map<?, ?> definition) {
        Object external = definition.get("external");
        return external instanceof Map || Boolean.TRUE.equals(external);
    }

    private static Map<?, ?> map(Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static List<?> list(Object value) {
        return value instanceof List<?> list ? list : List.of();
    }
}
