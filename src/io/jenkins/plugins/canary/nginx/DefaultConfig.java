package io.jenkins.plugins.canary.nginx;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A config for an app that has none: an upstream for each service and one server in front of them. It belongs
 * directly into {@code http}, as a file of {@code conf.d} or {@code sites-enabled} does.
 *
 * @param listen what stands behind {@code listen}, such as {@code 80} or {@code 127.0.0.1:8080}
 * @param serverName one or more names, separated by spaces; {@code _} for none
 */
public record DefaultConfig(String app, String listen, String serverName, List<Route> routes) {

    private static final Pattern WORDS = Pattern.compile("[A-Za-z0-9_.:*\\[\\] -]+");
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.:\\[\\]-]+");
    private static final Pattern LOCATION = Pattern.compile("/[A-Za-z0-9/_.~%+@-]*");

    /**
     * One service.
     *
     * @param location the prefix of its requests' paths
     * @param host where its containers listen, as seen by NGINX
     * @param stablePort the stable slot's port; the canary's is added with the first share
     */
    public record Route(String upstream, String location, String host, int stablePort) {

        public Route {
            require(WORD, upstream, "upstream");
            require(LOCATION, location, "location");
            require(WORD, host, "host");
            if (stablePort < 1 || stablePort > 65535) {
                throw new IllegalArgumentException("upstream " + upstream + " cannot have port " + stablePort);
            }
        }

        private List<String> lines() {
            return """
                    upstream %1$s {
                        zone %1$s 64k;
                        server %2$s:%3$d;
                        keepalive 16;
                    }
                    """.formatted(upstream, host, stablePort).lines().toList();
        }
    }

    public DefaultConfig {
        require(WORD, app, "app");
        require(WORDS, listen, "listen");
        require(WORDS, serverName, "server_name");
        routes = List.copyOf(routes);
    }

    /** The whole file. */
    public ConfigFile file(String path) {
        List<String> lines = new ArrayList<>();
        for (Route route : routes) {
            lines.addAll(route.lines());
            lines.add("");
        }
        String connection = "$canary_connection_" + variable(app);
        lines.addAll("""
                map $http_upgrade %s {
                    default upgrade;
                    '' '';
                }

                server {
                    listen %s;
                    server_name %s;
                """.formatted(connection, listen, serverName).lines().toList());
        for (Route route : routes) {
            lines.addAll("""

                        location %s {
                            proxy_pass http://%s;
                            proxy_http_version 1.1;
                            proxy_set_header Host $host;
                            proxy_set_header Upgrade $http_upgrade;
                            proxy_set_header Connection %s;
                            proxy_set_header X-Real-IP $remote_addr;
                            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                            proxy_set_header X-Forwarded-Host $host;
                            proxy_set_header X-Forwarded-Proto $scheme;
                        }
                    """.formatted(route.location(), route.upstream(), connection).lines().toList());
        }
        lines.add("}");
        return ConfigFile.parse(path, (String.join("\n", lines) + "\n").getBytes(ISO_8859_1));
    }

    /** The file with the route's upstream after everything else; nothing passes requests to it yet. */
    public static ConfigFile withUpstream(ConfigFile file, Route route) {
        return HttpLevel.append(file, route.lines());
    }

    /** Another variable for every app: letters and digits stay, others become their code. */
    private static String variable(String app) {
        StringBuilder name = new StringBuilder();
        app.chars().forEach(c -> name.append(
                Character.isLetterOrDigit(c) ? String.valueOf((char) c) : "_%02x".formatted(c)));
        return name.toString();
    }

    private static void require(Pattern pattern, String text, String what) {
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException("this " + what + " cannot stand in NGINX's config: " + text);
        }
    }
}
