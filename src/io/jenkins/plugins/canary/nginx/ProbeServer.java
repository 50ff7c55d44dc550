package io.jenkins.plugins.canary.nginx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The server that proves what NGINX runs: it answers which generation of the config a worker has, and passes
 * sample requests to an upstream and says which server took them. It stands between two marker comments in the
 * file of the app's upstreams, so that weights and generation change in one write.
 *
 * <p>It answers only to its own name and only to connections from the machine itself: where both ends of a
 * connection have the same address. Any other gets 444 in the rewrite phase, which runs before {@code allow}
 * and {@code deny}. The {@code add_header} lines harm nobody: no server of the user inherits from this one.
 *
 * @param generation counts up with every change, 0 or more
 * @param splits one for each service
 */
public record ProbeServer(String app, long generation, ProbeAddress address, List<Split> splits) {

    private static final String DOMAIN = ".canary-probe.invalid";
    private static final String GENERATION = "/generation";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");
    private static final Pattern PATH = Pattern.compile("/[A-Za-z0-9/_.~%!&'()*+,:@=?-]*");

    /**
     * A service whose split can be sampled at {@code /split/<service>}.
     *
     * @param path what is asked of the app: cheap and read-only, with a query if it needs one
     */
    public record Split(String service, String upstream, String path) {

        public Split {
            require(NAME, service, "service");
            require(NAME, upstream, "upstream");
            require(PATH, path, "probe path");
        }
    }

    public ProbeServer {
        require(NAME, app, "app");
        if (generation < 0) {
            throw new IllegalArgumentException("generation " + generation + " of " + app + " is negative");
        }
        splits = List.copyOf(splits);
    }

    /** The {@code Host} to ask for; {@code .invalid} never resolves (RFC 6761). */
    public static String serverName(String app) {
        return app + DOMAIN;
    }

    /**
     * The file with this server: in place of the app's earlier one, or after everything else.
     *
     * @throws UnsuitableConfig the markers of the app are not one pair
     */
    public ConfigFile in(ConfigFile file) {
        return markers(file, app).map(markers -> {
            Span span = new Span(markers.begin().span().start(), markers.end().span().end());
            String indent = file.indent(span.start());
            String text = HttpLevel.join(file, indent, lines()).substring(indent.length());
            return file.edited(List.of(new Edit(span, text)));
        }).orElseGet(() -> HttpLevel.append(file, lines()));
    }

    /**
     * The file without the app's managed server; the same file where it has none.
     *
     * @throws UnsuitableConfig the markers of the app are not one pair
     */
    public static ConfigFile removedFrom(ConfigFile file, String app) {
        return markers(file, app).map(markers -> {
            int start = file.lineStart(markers.begin().span().start());
            int end = file.lineEnd(markers.end().span().end());
            boolean unended = end == file.length() && start > 0;
            Span span = unended ? new Span(file.lineEnd(file.lineStart(start - 1)), end)
                    : new Span(start, file.nextLine(end));
            return file.edited(List.of(new Edit(span, "")));
        }).orElse(file);
    }

    /** The generation that the config's files hold for an app; what NGINX runs is what it answers. */
    public static Optional<Long> generation(ConfigTree tree, String app) {
        return Optional.ofNullable(generations(tree).get(serverName(app)));
    }

    /** The generation of each managed server by its name, of other apps too. */
    public static Map<String, Long> generations(ConfigTree tree) {
        Map<String, Long> generations = new LinkedHashMap<>();
        tree.servers().stream().filter(ProbeServer::isManaged).forEach(server -> server.directives().stream()
                .map(Located::directive)
                .filter(found -> found.is("location") && found.arg(1).equals(GENERATION))
                .flatMap(location -> location.children().stream()).filter(found -> found.is("return"))
                .map(found -> found.arg(1).split(" ", 2)[0])
                .filter(text -> text.matches("[0-9]{1,18}")).map(Long::valueOf).findFirst()
                .ifPresent(number -> server.names().forEach(name -> generations.put(name, number))));
        return generations;
    }

    static boolean isManaged(HttpServer server) {
        return server.names().stream().anyMatch(name -> name.endsWith(DOMAIN));
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(begin(app));
        lines.addAll("""
                server {
                    listen %s;
                    server_name %s;
                    access_log off;
                    set $canary_probe_peer "$remote_addr=$server_addr";
                    if ($canary_probe_peer !~ "^(.+)=\\1$") {
                        return 444;
                    }
                    location = /generation {
                        default_type text/plain;
                        return 200 "%d $pid\\n";
                    }
                """.formatted(address.listen(), serverName(app), generation).lines().toList());
        for (Split split : splits) {
            lines.addAll("""
                        location = /split/%s {
                            proxy_pass http://%s%s;
                            proxy_http_version 1.1;
                            proxy_set_header Connection "";
                            proxy_set_header Host localhost;
                            proxy_set_header User-Agent canary-probe;
                            proxy_connect_timeout 2s;
                            proxy_read_timeout 10s;
                            add_header X-Canary-Upstream "$upstream_addr" always;
                            add_header X-Canary-Status "$upstream_status" always;
                        }
                    """.formatted(split.service(), split.upstream(), split.path()).lines().toList());
        }
        lines.add("}");
        lines.add(end(app));
        return lines;
    }

    private record Markers(Comment begin, Comment end) {
    }

    private static Optional<Markers> markers(ConfigFile file, String app) {
        List<Comment> begins = marked(file, begin(app));
        List<Comment> ends = marked(file, end(app));
        if (begins.isEmpty() && ends.isEmpty()) {
            return Optional.empty();
        }
        if (begins.size() != 1 || ends.size() != 1 || begins.get(0).line() > ends.get(0).line()) {
            Comment found = begins.isEmpty() ? ends.get(0) : begins.get(0);
            throw new UnsuitableConfig(file.path(), found.line(), "the managed block of " + app + " has "
                    + begins.size() + " begin and " + ends.size() + " end markers, one of each in order is needed",
                    "Restore the file from the backup, or remove all lines of the block");
        }
        return Optional.of(new Markers(begins.get(0), ends.get(0)));
    }

    private static List<Comment> marked(ConfigFile file, String marker) {
        return file.comments().stream()
                .filter(comment -> file.text(comment.span()).stripTrailing().equals(marker)).toList();
    }

    private static String begin(String app) {
        return "# canary-deploy begin " + app;
    }

    private static String end(String app) {
        return "# canary-deploy end " + app;
    }

    private static void require(Pattern pattern, String text, String what) {
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException("this " + what + " cannot stand in NGINX's config: " + text);
        }
    }
}
