package io.jenkins.plugins.canary.nginx;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An {@code upstream} block in its file: what is in it, and the edits a share needs. Every edit gives a new
 * file; look the upstream up again in that one.
 *
 * @param directive the block, which must be of this file
 * @param servers active and parked ones, in the order they stand
 */
public record Upstream(ConfigFile file, Directive directive, List<Server> servers) {

    /** Methods that choose by client: the share would be one of clients, and samples could not verify it. */
    private static final Set<String> BY_CLIENT = Set.of("ip_hash", "hash", "sticky");

    private static final Set<String> METHODS =
            Set.of("ip_hash", "hash", "sticky", "least_conn", "least_time", "random");

    public Upstream {
        servers = List.copyOf(servers);
    }

    /**
     * @param directive an {@code upstream} of this file
     * @throws UnsuitableUpstream a line that we parked was changed so that it cannot be read
     */
    public static Upstream of(ConfigFile file, Directive directive) {
        if (!(directive.body() instanceof Directive.Block)) {
            throw new UnsuitableUpstream(file.path(), directive.line(), "this upstream has no block",
                    "NGINX refuses it too: run `nginx -t`");
        }
        return new Upstream(file, directive, SlotLine.all(file, directive).stream().map(SlotLine::server).toList());
    }

    /** The upstream of that name outside all blocks or in the file's {@code http} block. */
    public static Optional<Upstream> in(ConfigFile file, String name) {
        List<Directive> level = new ArrayList<>();
        for (Directive directive : file.directives()) {
            level.add(directive);
            if (directive.is("http")) {
                level.addAll(directive.children());
            }
        }
        return level.stream().filter(found -> found.is("upstream") && found.arg(0).equals(name)).findFirst()
                .map(found -> of(file, found));
    }

    public String name() {
        return directive.arg(0);
    }

    public int line() {
        return directive.line();
    }

    /** How NGINX chooses a server: {@code round robin}, or the directive's name such as {@code least_conn}. */
    public String method() {
        return methodDirective().map(found -> found.name().value()).orElse("round robin");
    }

    /** Whether all workers share one balancing state; without it each worker counts alone. */
    public boolean hasZone() {
        return directive.children().stream().anyMatch(child -> child.is("zone"));
    }

    /**
     * The weights that stand in the file for two ports.
     *
     * @throws UnsuitableUpstream as for {@link #withWeights}, or neither port is active
     */
    public Weights weights(int stablePort, int canaryPort) {
        Slots slots = slots(stablePort, canaryPort);
        long stable = weight(slots.stable());
        long canary = slots.canary().map(this::weight).orElse(0L);
        if (stable + canary == 0) {
            throw refusal(line(), "no server of upstream " + name() + " is active",
                    "Bring one of ports " + stablePort + " and " + canaryPort + " back");
        }
        return Weights.ofRatio(canary, stable);
    }

    /**
     * The file with these weights; only the lines of the two servers change, and only in what weights need:
     *
     * <ul>
     * <li>a slot at 0 is commented out behind our mark and comes back from there. Never {@code down}: beside a
     *     second server, even one that is down, a single dropped answer takes the only live one out for
     *     {@code fail_timeout};
     * <li>while one slot is at the minimum the other carries {@code max_fails=0} for the same reason, and the
     *     user's value waits in a mark behind it;
     * <li>a canary that is not there yet is added after the stable server, with its host and parameters.
     * </ul>
     *
     * The result depends on the weights and the user's own text only, not on earlier weights.
     *
     * @throws UnsuitableUpstream the upstream is none that a share can be set in; the message says why
     */
    public ConfigFile withWeights(int stablePort, int canaryPort, Weights weights) {
        return file.edited(new WeightEdit(file, directive, slots(stablePort, canaryPort), canaryPort, weights).edits());
    }

    /**
     * The file with a shared memory zone named as the upstream, or the same file where it has one.
     *
     * @param size in NGINX's units; {@code 64k} holds about a hundred servers
     */
    public ConfigFile withZone(String size) {
        if (hasZone()) {
            return file;
        }
        int open = ((Directive.Block) directive.body()).inside().start();
        Span rest = new Span(open, file.lineEnd(open));
        boolean lineFree = directive.span().end() > rest.end()
                && directive.children().stream().noneMatch(child -> child.span().start() < rest.end());
        int at = lineFree ? rest.end() : open;
        String indent = directive.children().stream().findFirst()
                .filter(child -> child.line() > directive.line()).map(child -> file.indent(child.span().start()))
                .orElse(file.indent(directive.span().start()) + "    ");
        String zone = "zone " + file.text(directive.args().get(0).span()) + " " + size + ";";
        return file.edited(List.of(new Edit(new Span(at, at), file.newline() + indent + zone)));
    }

    /** The two slots' lines; the canary's may be missing. */
    record Slots(SlotLine stable, Optional<SlotLine> canary) {
    }

    private Slots slots(int stablePort, int canaryPort) {
        if (stablePort == canaryPort) {
            throw new IllegalArgumentException("both slots of upstream " + name() + " have port " + stablePort);
        }
        refuseMethod();
        directive.children().stream().filter(child -> child.is("include")).findFirst().ifPresent(include -> {
            throw refusal(include.line(), "upstream " + name() + " includes a file, which may hold further servers",
                    "Write its servers into the upstream block");
        });
        List<SlotLine> lines = SlotLine.all(file, directive);
        Optional<SlotLine> stable = only(lines, stablePort);
        Optional<SlotLine> canary = only(lines, canaryPort);
        if (stable.isEmpty()) {
            String ports = servers.isEmpty() ? "no server" : "only " + String.join(", ", servers.stream()
                    .map(server -> server.address() + (server.parked() ? " (parked)" : "")).toList());
            throw refusal(line(), "upstream " + name() + " has no server with the stable port " + stablePort + ", "
                    + ports, "Correct the port in the plan, or add the server here");
        }
        for (SlotLine line : lines) {
            refuseServer(line.server(), stablePort, canaryPort);
        }
        return new Slots(stable.get(), canary);
    }

    private void refuseMethod() {
        methodDirective().filter(method -> BY_CLIENT.contains(method.name().value())).ifPresent(method -> {
            throw refusal(method.line(), "upstream " + name() + " chooses by client (" + method.name().value()
                    + "), so a weight is a share of clients, not of requests, and cannot be verified",
                    "Remove that line, or use the plan's bucket router with a sticky key");
        });
    }

    private void refuseServer(Server server, int stablePort, int canaryPort) {
        if (server.unix()) {
            throw refusal(server.line(), "server " + server.address() + " is a unix socket, slots are known by port",
                    "Let the service listen on a port of the loopback address");
        }
        if (server.port() != stablePort && server.port() != canaryPort) {
            if (!server.parked()) {
                throw refusal(server.line(), "server " + server.address() + " is a third server of upstream " + name()
                        + (server.has("backup") ? " (a backup)" : "")
                        + ", slots are the ports " + stablePort + " (stable) and " + canaryPort + " (canary)",
                        "Remove or comment out that line, or correct the ports in the plan");
            }
            return;
        }
        for (String flag : List.of("down", "backup")) {
            if (server.has(flag)) {
                throw refusal(server.line(), "server " + server.address() + " of a slot carries \"" + flag
                        + "\", so NGINX would not send it a share",
                        "Remove that word; at share 0 we comment the line out");
            }
        }
        if (!server.parameter("weight").orElse("1").matches("[0-9]{1,9}")) {
            throw refusal(server.line(), "server " + server.address() + " has a weight that is no number",
                    "NGINX refuses it too: run `nginx -t`");
        }
    }

    private Optional<SlotLine> only(List<SlotLine> lines, int port) {
        List<SlotLine> found = lines.stream().filter(line -> line.server().port() == port).toList();
        if (found.size() > 1) {
            throw refusal(found.get(1).server().line(), "upstream " + name() + " has two servers with port " + port
                    + ", " + describe(found.get(0)) + " and " + describe(found.get(1)), "Keep one of them");
        }
        return found.stream().findFirst();
    }

    private static String describe(SlotLine line) {
        return line.server().address() + " in line " + line.server().line()
                + (line.server().parked() ? " (parked in a comment)" : "");
    }

    private long weight(SlotLine line) {
        return line.server().weight();
    }

    private Optional<Directive> methodDirective() {
        return directive.children().stream().filter(child -> METHODS.contains(child.name().value())).findFirst();
    }

    private UnsuitableUpstream refusal(int line, String found, String remedy) {
        return new UnsuitableUpstream(file.path(), line, found, remedy);
    }
}
