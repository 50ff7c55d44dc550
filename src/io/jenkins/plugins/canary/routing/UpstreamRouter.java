package io.jenkins.plugins.canary.routing;

import io.jenkins.plugins.canary.commands.Command;
import io.jenkins.plugins.canary.commands.Curl;
import io.jenkins.plugins.canary.commands.Nginx;
import io.jenkins.plugins.canary.event.Events;
import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.host.CommandFailed;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.host.Result;
import io.jenkins.plugins.canary.nginx.ConfigFile;
import io.jenkins.plugins.canary.nginx.ConfigTree;
import io.jenkins.plugins.canary.nginx.DefaultConfig;
import io.jenkins.plugins.canary.nginx.Located;
import io.jenkins.plugins.canary.nginx.NginxSyntaxException;
import io.jenkins.plugins.canary.nginx.ProbeAddress;
import io.jenkins.plugins.canary.nginx.ProbeServer;
import io.jenkins.plugins.canary.nginx.UnsuitableConfig;
import io.jenkins.plugins.canary.nginx.Upstream;
import io.jenkins.plugins.canary.nginx.Weights;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.Plan.Service;
import io.jenkins.plugins.canary.plan.SlotName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Shares as {@code weight=} of the two slots' servers in the user's own {@code upstream} blocks. Weights and generation
 * marker stand in one file where the upstreams do, so no reload can ever see one without the other.
 */
public final class UpstreamRouter implements Router {

    /** Old workers have answered new connections until 121 ms after a reload. */
    private static final Duration QUIET = Duration.ofMillis(150);

    private static final Duration RELOAD_LIMIT = Duration.ofSeconds(5);

    private final Plan plan;
    private final Host edge;
    private final Nginx nginx;
    private final Events events;
    private final String stamp;
    /** The hash of each file as this rollout wrote it last. */
    private final Map<String, String> ours = new HashMap<>();
    private NginxFiles files;
    private Boolean hasCurl;

    /** @param stamp names this rollout's backups, rising with time */
    public UpstreamRouter(Plan plan, Host edge, Nginx nginx, Events events, String stamp) {
        this.plan = plan;
        this.edge = edge;
        this.nginx = nginx;
        this.events = events;
        this.stamp = stamp;
    }

    /** One file to be changed: where NGINX and where the host sees it, and both its contents; none before is null. */
    private record Change(String path, String onHost, byte[] before, byte[] after) {}

    @Override
    public Routing read() throws Refused, HostException {
        return routing(tree());
    }

    @Override
    public Routing apply(Map<String, Weights> weights) throws NotApplied, Refused, HostException {
        ConfigTree tree = tree();
        long generation = ProbeServer.generation(tree, plan.app()).orElse(0L) + 1;
        try {
            ConfigTree wanted = withWeights(withDefaults(tree), weights);
            String markerFile = locate(wanted, plan.services().keySet().iterator().next()).path();
            Optional<ProbeAddress> probe = probe(wanted, markerFile);
            List<Change> changes = changes(tree, withMarker(wanted, markerFile, generation, probe), markerFile);
            return routing(install(tree, changes, generation, probe));
        } catch (UnsuitableConfig | NginxSyntaxException e) {
            throw new Refused(e.getMessage());
        }
    }

    /**
     * From staging to proof in one exchange with the host: a connection that drops can't stop in the middle, and a
     * person's edit can only come between the last look and the rename, which are one command.
     *
     * @return what NGINX's files are afterwards
     */
    private ConfigTree install(ConfigTree tree, List<Change> changes, long generation, Optional<ProbeAddress> probe)
            throws NotApplied, Refused, HostException {
        Map<String, byte[]> after = new LinkedHashMap<>();
        changes.forEach(change -> after.put(change.path(), change.after()));
        Map<String, byte[]> staged = tree.staged(after, plan.app());
        List<Command> commands = new ArrayList<>();
        for (Change change : changes) {
            if (change.before() != null) {
                commands.add(Nginx.backup(change.onHost(), backupOf(change, generation)));
            }
        }
        staged.forEach((path, content) -> commands.add(nginx.stage(path).input(content)));
        int prepared = commands.size();
        commands.add(nginx.test(ConfigTree.stagedPath(tree.main(), plan.app())));
        commands.add(nginx.unstage(List.copyOf(staged.keySet())));
        int tested = commands.size();
        for (Change change : changes) {
            String sha256 = change.before() == null ? "none" : NginxFiles.sha256(change.before());
            commands.add(replace(change, sha256).input(change.after()));
        }
        int written = commands.size();
        commands.add(nginx.reload());
        probe.ifPresent(address -> commands.add(nginx.there(Curl.awaitGeneration(
                url(address) + "/generation", ProbeServer.serverName(plan.app()), generation, QUIET, RELOAD_LIMIT))));
        commands.add(nginx.read());

        List<Result> results = edge.run(commands);
        Result last = results.get(results.size() - 1);
        if (last.ok()) {
            changes.forEach(change -> ours.put(change.path(), NginxFiles.sha256(change.after())));
            return NginxFiles.tree(last.out());
        }
        int failed = results.size() - 1;
        if (failed < tested) {
            edge.run(nginx.unstage(List.copyOf(staged.keySet())));
            throw new NotApplied(failed < prepared
                    ? "the new configuration could not be written beside " + String.join(", ", after.keySet()) + " on "
                            + edge.name() + ", so nothing was changed: " + said(last) + "\nLook there at `df -h`,"
                            + " `df -i` and the rights of the directory."
                    : "NGINX on " + edge.name() + " does not accept the new configuration, so it was not installed: "
                            + said(last), false);
        }
        if (failed < written) {
            restore(changes.subList(0, failed - tested), generation);
            if (last.exit() == Nginx.EDITED_MEANWHILE
                    && !ProbeServer.generations(tree()).equals(ProbeServer.generations(tree))) {
                throw new NotApplied("the rollout of another app changed "
                        + changes.get(failed - tested).onHost() + " on " + edge.name() + " at the same time.", true);
            }
            throw new NotApplied(last.exit() == Nginx.EDITED_MEANWHILE
                    ? changes.get(failed - tested).onHost() + " on " + edge.name() + " was edited by someone while its"
                            + " weights were being changed. The edit was kept and no weight changed; deploy again when"
                            + " the edit is finished."
                    : "could not write " + changes.get(failed - tested).onHost() + " on " + edge.name() + ": "
                            + said(last), false);
        }
        restore(changes, generation);
        requireReload();
        throw new NotApplied("NGINX on " + edge.name() + " did not take the new configuration over within "
                + RELOAD_LIMIT.toSeconds() + " s, so the old file is back: " + said(last)
                + ". Its error log says why.", true);
    }

    private void requireReload() throws HostException {
        edge.require("reload NGINX with the old configuration", nginx.reload());
    }

    /** Puts files back that hold what we wrote; a file that someone edited since is theirs and stays. */
    private void restore(List<Change> changes, long generation) throws HostException {
        for (Change change : changes) {
            Result result = change.before() == null
                    ? edge.run(nginx.there(Command.of("rm", "-f", "--", change.path())))
                    : edge.run(replace(change, NginxFiles.sha256(change.after())).input(change.before()));
            if (result.exit() == Nginx.EDITED_MEANWHILE) {
                events.warning(change.onHost() + " on " + edge.name() + " was edited by someone meanwhile and was left"
                        + " so; what it was before is in " + backupOf(change, generation));
            } else if (!result.ok()) {
                throw new CommandFailed(edge.name(), "put " + change.onHost() + " back (its copy is "
                        + backupOf(change, generation) + ")", result);
            }
        }
    }

    private Command replace(Change change, String sha256) {
        return files.isMountedAlone(change.path())
                ? Nginx.replaceInPlace(change.onHost(), sha256)
                : Nginx.replace(change.onHost(), sha256);
    }

    private String backupOf(Change change, long generation) {
        return plan.stateDirectory() + "/backups/nginx/" + stamp + "-" + generation + change.onHost().replace('/', '_');
    }

    private ConfigTree tree() throws Refused, HostException {
        if (files == null) {
            files = nginx.container().isEmpty()
                    ? NginxFiles.onHost()
                    : NginxFiles.inContainer(edge.require(
                            "look at NGINX's container", Nginx.mounts(nginx.container().get())).text());
        }
        Result read = edge.run(nginx.read());
        if (!read.ok()) {
            throw new Refused("NGINX's configuration on " + edge.name() + " could not be read with `"
                    + plan.nginx().command() + " -T`: " + said(read) + "\nNothing was changed. Mend it first.");
        }
        try {
            ConfigTree tree = NginxFiles.tree(read.out());
            tellOfEdits(tree);
            return tree;
        } catch (UnsuitableConfig | NginxSyntaxException e) {
            throw new Refused(e.getMessage());
        }
    }

    /** What others wrote into a file since this rollout did is theirs: it stays, and is told once. */
    private void tellOfEdits(ConfigTree tree) {
        for (var file : List.copyOf(ours.entrySet())) {
            ConfigFile now = tree.files().get(file.getKey());
            if (now == null || !NginxFiles.sha256(now.bytes()).equals(file.getValue())) {
                events.warning(file.getKey() + " on " + edge.name() + (now == null ? " was removed" : " was edited")
                        + " by someone since this rollout wrote it; the edit is kept");
                ours.remove(file.getKey());
            }
        }
    }

    private Routing routing(ConfigTree tree) throws Refused, HostException {
        try {
            ConfigTree complete = withDefaults(tree);
            Map<String, Weights> weights = new LinkedHashMap<>();
            List<String> remarks = new ArrayList<>();
            for (String service : plan.services().keySet()) {
                Upstream upstream = upstream(complete, service);
                Service spec = plan.services().get(service);
                // Asked for its refusals: an upstream that no share can be set in is known before anything changes.
                upstream.withWeights(spec.port(SlotName.STABLE), spec.port(SlotName.CANARY), Weights.MINIMUM);
                onHost(upstream.file().path());
                weights.put(service, upstream.weights(spec.port(SlotName.STABLE), spec.port(SlotName.CANARY)));
                if (!upstream.hasZone()) {
                    remarks.add("upstream " + upstream.name() + " (" + upstream.file().path() + ":" + upstream.line()
                            + ") has no `zone`, so every worker of NGINX balances alone and small shares are uneven;"
                            + " add `zone " + upstream.name() + " 64k;`");
                }
            }
            String markerFile = locate(complete, plan.services().keySet().iterator().next()).path();
            Optional<ProbeAddress> probe = probe(complete, markerFile);
            if (probe.isEmpty()) {
                remarks.add("no probe can reach NGINX on " + edge.name() + " ("
                        + (hasCurl() ? "it has no TCP `listen` that a probe can share" : "there is no curl")
                        + "), so only its files are verified, not what it serves");
            }
            Optional<Long> generation = ProbeServer.generation(tree, plan.app());
            return new Routing(weights, generation.orElse(0L), generation.flatMap(marked -> probe), remarks);
        } catch (UnsuitableConfig | NginxSyntaxException e) {
            throw new Refused(e.getMessage());
        }
    }

    private ConfigTree withWeights(ConfigTree tree, Map<String, Weights> weights) {
        ConfigTree edited = tree;
        for (var entry : weights.entrySet()) {
            Service spec = plan.services().get(entry.getKey());
            ConfigFile file = upstream(edited, entry.getKey())
                    .withWeights(spec.port(SlotName.STABLE), spec.port(SlotName.CANARY), entry.getValue());
            edited = edited.with(Map.of(file.path(), file.bytes()));
        }
        return edited;
    }

    private ConfigTree withMarker(ConfigTree tree, String path, long generation, Optional<ProbeAddress> probe) {
        if (probe.isEmpty()) {
            return tree;
        }
        List<ProbeServer.Split> splits = plan.services().keySet().stream()
                .map(service -> new ProbeServer.Split(
                        service, plan.upstreamOf(service), plan.services().get(service).health().path()))
                .toList();
        ConfigFile file = new ProbeServer(plan.app(), generation, probe.get(), splits).in(tree.files().get(path));
        return tree.with(Map.of(path, file.bytes()));
    }

    /** With the template's upstreams where the plan allows it and NGINX has none. */
    private ConfigTree withDefaults(ConfigTree tree) {
        List<DefaultConfig.Route> missing = new ArrayList<>();
        for (String service : plan.services().keySet()) {
            if (tree.upstream(plan.upstreamOf(service)).isEmpty()) {
                boolean sameHost = plan.hostOf(service).equals(plan.edge());
                Service spec = plan.services().get(service);
                missing.add(new DefaultConfig.Route(plan.upstreamOf(service), spec.location(),
                        sameHost ? "127.0.0.1" : plan.hostEntry(plan.hostOf(service)).address(), spec.port(SlotName.STABLE)));
            }
        }
        if (missing.isEmpty() || plan.nginx().generate().isEmpty()) {
            return tree;
        }
        String path = plan.nginx().generate().get().path();
        ConfigFile file = tree.files().get(path);
        if (file == null) {
            file = new DefaultConfig(plan.app(), plan.nginx().generate().get().listen(), "_", missing).file(path);
        } else {
            for (DefaultConfig.Route route : missing) {
                file = DefaultConfig.withUpstream(file, route);
            }
        }
        return tree.with(Map.of(path, file.bytes()));
    }

    private List<Change> changes(ConfigTree before, ConfigTree after, String markerFile) throws Refused {
        List<Change> changes = new ArrayList<>();
        for (ConfigFile file : after.files().values()) {
            ConfigFile old = before.files().get(file.path());
            if (old != null && Arrays.equals(old.bytes(), file.bytes())) {
                continue;
            }
            String onHost = onHost(file.path());
            changes.add(new Change(file.path(), onHost, old == null ? null : old.bytes(), file.bytes()));
            if (old == null) {
                events.done("made " + onHost + " from the template:\n"
                        + new String(file.bytes(), StandardCharsets.ISO_8859_1).stripTrailing());
            }
        }
        // The marker comes last: a reload between two renames must not prove what is not there yet.
        changes.sort((one, other) ->
                Boolean.compare(one.path().equals(markerFile), other.path().equals(markerFile)));
        return changes;
    }

    /** Where a file that is to be changed is on the host. */
    private String onHost(String path) throws Refused {
        return files.onHost(path).orElseThrow(() -> new Refused(path + " is inside NGINX's container "
                + nginx.container().orElse("") + " only, where a change would be lost with it; mount its directory"
                + " from the host"));
    }

    private Upstream upstream(ConfigTree tree, String service) {
        Located located = locate(tree, service);
        return Upstream.of(tree.files().get(located.path()), located.directive());
    }

    private Located locate(ConfigTree tree, String service) {
        String name = plan.upstreamOf(service);
        return tree.upstream(name).orElseThrow(() -> {
            List<String> known = tree.directives("upstream", "http").stream()
                    .map(located -> located.directive().arg(0)).toList();
            return new UnsuitableConfig(plan.nginx().config(), 1, "NGINX has no upstream " + name + " for service "
                    + service + "; it has " + known + " in " + tree.files().keySet(),
                    "Name one of those in the plan (`upstream`), or let a default be made (`nginx.generate`)");
        });
    }

    private Optional<ProbeAddress> probe(ConfigTree tree, String markerFile) throws HostException {
        return hasCurl() ? ProbeAddress.choose(tree, markerFile, plan.app()) : Optional.empty();
    }

    private boolean hasCurl() throws HostException {
        if (hasCurl == null) {
            hasCurl = edge.run(nginx.there(Curl.version())).ok();
        }
        return hasCurl;
    }

    static String url(ProbeAddress address) {
        String host = address.host().contains(":") ? "[" + address.host() + "]" : address.host();
        return address.scheme() + "://" + host + ":" + address.port();
    }

    private static String said(Result result) {
        return result.errors().isBlank() ? "exit code " + result.exit() : result.errors();
    }
}
