package io.jenkins.plugins.canary.preflight;

import io.jenkins.plugins.canary.commands.Command;
import io.jenkins.plugins.canary.commands.Compose;
import io.jenkins.plugins.canary.commands.Docker;
import io.jenkins.plugins.canary.commands.Git;
import io.jenkins.plugins.canary.commands.Probing;
import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.host.Result;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.Plan.Kind;
import io.jenkins.plugins.canary.routing.Router;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Everything that can be known before a rollout changes anything; all of it at once, not only the first problem. */
public final class Preflight {

    private static final long LEAST_FREE = 500_000_000;

    /** For a changed file, its copy and the copy that NGINX tests. */
    private static final long LEAST_FREE_FOR_CONFIG = 1_000_000;

    private final Plan plan;
    private final Map<String, Host> hosts;
    private final Router router;
    private final List<Finding> findings = new ArrayList<>();

    public Preflight(Plan plan, Map<String, Host> hosts, Router router) {
        this.plan = plan;
        this.hosts = hosts;
        this.router = router;
    }

    /** Runs every check that the state of the hosts allows; nothing is changed. */
    public List<Finding> run() {
        runWithoutSource();
        for (String name : plan.serviceHosts()) {
            try {
                source(hosts.get(name));
            } catch (HostException e) {
                findings.add(Finding.blocking(e.getMessage()));
            }
        }
        return findings.stream().distinct().toList();
    }

    /** Only what a release needs that is on the hosts already. */
    public List<Finding> runWithoutSource() {
        Set<String> names = new LinkedHashSet<>(plan.serviceHosts());
        names.add(plan.edge());
        for (String name : names) {
            Host host = hosts.get(name);
            try {
                host.require("log in", Command.of("true"));
                stateDirectory(host);
                if (plan.serviceHosts().contains(name)) {
                    serviceHost(host);
                }
                if (name.equals(plan.edge())) {
                    edge(host);
                }
            } catch (HostException e) {
                findings.add(Finding.blocking(e.getMessage()));
            }
        }
        plan.services().forEach((service, spec) -> {
            if (spec.kind() == Kind.WEB) {
                findings.add(Finding.advice("service " + service + " is `kind: web` and shares are by request: a page"
                        + " from one release may ask the other for its assets and get 404; keep the assets of both"
                        + " releases available"));
            }
        });
        return List.copyOf(findings);
    }

    private void stateDirectory(Host host) throws HostException {
        Result writable = host.run(Probing.canMake(plan.stateDirectory()).root());
        if (!writable.ok()) {
            findings.add(Finding.blocking(plan.stateDirectory() + " can't be made on " + host.name() + " ("
                    + writable.errors() + "). Create it for the deploying user with mode 700, name another one"
                    + " (`state`), or set `sudo: true` on the host."));
        }
        if (!host.run(Probing.has("flock")).ok()) {
            findings.add(Finding.blocking("flock is missing on " + host.name() + "; install util-linux"));
        }
    }

    private void serviceHost(Host host) throws HostException {
        required(host, Docker.version(), "Docker does not answer", "start it, or add the user to group docker");
        required(host, Compose.detect(), "there is no Docker Compose", "install docker-compose-plugin");
        long free = freeBytes(host, plan.directory());
        if (free < LEAST_FREE) {
            findings.add(Finding.blocking("only " + free / 1_000_000 + " MB are free for " + plan.directory() + " on "
                    + host.name() + "; make room, for example with `docker image prune`"));
        }
    }

    private void source(Host host) throws HostException {
        Result branches = host.run(Git.remoteBranches(plan.source().url()));
        if (!branches.ok()) {
            findings.add(Finding.blocking("git on " + host.name() + " can't read " + plan.source().url() + " ("
                    + branches.errors() + "). Give the host a deploy key, or set `forwardAgent: true` on it."));
        } else if (branches.text().lines().noneMatch(line -> line.endsWith("\trefs/heads/" + plan.source().branch()))) {
            findings.add(Finding.blocking("branch " + plan.source().branch() + " is not in " + plan.source().url()));
        }
    }

    private void edge(Host host) throws HostException {
        try {
            router.read().remarks().forEach(remark -> findings.add(Finding.advice(remark)));
        } catch (Refused e) {
            findings.add(Finding.blocking(e.getMessage()));
        }
        String config = plan.nginx().config();
        String directory = config.substring(0, Math.max(1, config.lastIndexOf('/')));
        long free = freeBytes(host, directory);
        if (free < LEAST_FREE_FOR_CONFIG) {
            findings.add(Finding.blocking("only " + free / 1000 + " kB are free in " + directory + " on " + host.name()
                    + ", where NGINX's configuration is changed; make room there (`df -h " + directory + "`)"));
        }
    }

    private static long freeBytes(Host host, String path) throws HostException {
        return Long.parseLong(host.require("measure free disk", Probing.freeBytes(path)).text());
    }

    private void required(Host host, Command command, String problem, String remedy) throws HostException {
        Result result = host.run(command);
        if (!result.ok()) {
            findings.add(Finding.blocking(problem + " on " + host.name() + " (" + result.errors() + "); " + remedy));
        }
    }
}
