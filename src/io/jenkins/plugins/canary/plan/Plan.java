package io.jenkins.plugins.canary.plan;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code canary.yml} says, checked: the app, its hosts, its services and how a rollout of it goes. Made by
 * {@link PlanReader} only, so everything that refers to something else (a service to a host) is known to hold.
 */
public record Plan(
        @Key(help = "The app's name; names its state directory, images and Compose projects.",
                example = "shop", pattern = "[a-z0-9][a-z0-9-]{0,39}",
                allowed = "lower-case letters, digits and `-`, at most 40, the first a letter or a digit")
        String app,
        @Key(help = "The host, where everything runs on one. Use `hosts` for several.",
                example = "{address: 10.0.0.5, user: deploy}")
        Optional<HostEntry> host,
        @Key(help = "The hosts by name, where there are several.",
                example = "{edge: {address: 10.0.0.5, user: deploy}, app1: {address: 10.0.0.6, user: deploy}}",
                byDefault = "{}")
        Map<String, HostEntry> hosts,
        @Key(help = "Where the code comes from.", example = "{url: 'git@gitlab.example.com:shop/shop.git'}")
        Source source,
        @Key(help = "The stable slot's working copy on every service host, an absolute path. The canary's is a git"
                + " worktree beside it, `<directory>.canary`.",
                example = "/srv/shop", pattern = "/.*[^/]",
                allowed = "an absolute path without `/` at its end")
        String directory,
        @Key(help = "Paths in the working copy that both slots share, such as uploads: the canary gets a link to the"
                + " stable slot's.",
                example = "[uploads]", byDefault = "[]", pattern = "[^-/].*",
                allowed = "a path in the working copy, not beginning with `/` or `-`")
        List<String> shared,
        @Key(help = "The two slots' Compose files, projects and directories.",
                example = "{stable: {project: shop}}", byDefault = "{}")
        Slots slots,
        @Key(help = "The `.env` file of a release.", example = "{timezone: Asia/Seoul}", byDefault = "{}")
        EnvFile env,
        @Key(help = "The NGINX in front.", example = "{config: /etc/nginx/conf.d/shop.conf}")
        Nginx nginx,
        @Key(help = "Lets services without `ports` get two free ones of their host, which stay theirs.",
                example = "{range: 8000-8999}")
        Optional<PortRange> ports,
        @Key(help = "The services behind NGINX, by name.",
                example = "{backend: {ports: {stable: 8081, canary: 8082}, health: {path: /health}}}")
        Map<String, Service> services,
        @Key(help = "How the canary gets its share.", example = "{steps: [10, 40, 70], soak: 30s}", byDefault = "{}")
        RolloutSettings rollout,
        @Key(help = "How a held canary becomes the stable release.", example = "{finalize: true}", byDefault = "{}")
        Promote promote,
        @Key(help = "What happens while the canary waits at its last share for a person.", example = "{watch: 30m}",
                byDefault = "{}")
        Hold hold,
        @Key(help = "What becomes of a slot without traffic: `keep` it running, or `stop` its containers.",
                example = "stop", byDefault = "keep")
        IdleSlot idleSlot,
        @Key(help = "How many releases' images are kept to go back to.", example = "5", byDefault = "3", min = 1,
                max = 50)
        int keepReleases,
        @Key(help = "The requests that prove what NGINX serves.", example = "{max: 1000}", byDefault = "{}")
        Probe probe,
        @Key(help = "Backups of what a checkout would change.", example = "{max: 500MB}", byDefault = "{}")
        Backup backup,
        @Key(help = "Where the edge keeps what it must remember, an absolute path; the app gets a directory in it.",
                example = "/var/lib/canary-deploy", byDefault = "/var/lib/canary-deploy", pattern = "/.*[^/]",
                allowed = "an absolute path without `/` at its end")
        String state) {

    /** With {@code host}, the hosts are that one, named {@link #ONLY_HOST}. */
    public Plan {
        if (host.isPresent() && hosts.isEmpty()) {
            hosts = Map.of(ONLY_HOST, host.get());
        }
    }

    /** The name of the only host in a plan that uses {@code host}. */
    public static final String ONLY_HOST = "edge";

    /** The name of the host where NGINX runs. */
    public String edge() {
        return nginx.host().orElseGet(this::onlyHost);
    }

    /** The name of the host where a service's containers run. */
    public String hostOf(String service) {
        return services.get(service).host().orElseGet(this::onlyHost);
    }

    /** The names of the hosts where containers run, in the plan's order, each once. */
    public List<String> serviceHosts() {
        return services.keySet().stream().map(this::hostOf).distinct().toList();
    }

    /** The services whose containers run on a host, in the plan's order. */
    public List<String> servicesOn(String host) {
        return services.keySet().stream().filter(name -> hostOf(name).equals(host)).toList();
    }

    public HostEntry hostEntry(String name) {
        return hosts.get(name);
    }

    public String upstreamOf(String service) {
        return services.get(service).upstream().orElse(service);
    }

    /** The Compose services that make up a service; by default the one of its name. */
    public List<String> composeServicesOf(String service) {
        List<String> named = services.get(service).compose();
        return named.isEmpty() ? List.of(service) : named;
    }

    /** A slot with every default filled in. */
    public Slot slot(SlotName name) {
        SlotEntry entry = name == SlotName.STABLE ? slots.stable() : slots.canary();
        String suffix = name == SlotName.STABLE ? "" : ".canary";
        return new Slot(
                name,
                entry.file().orElse("docker-compose." + name.label() + ".yml"),
                entry.project().orElse(app + "-" + name.label()),
                entry.directory().orElse(directory + suffix));
    }

    /** The app's own directory on the edge and on each service host. */
    public String stateDirectory() {
        return state + "/" + app;
    }

    /** The same with the ports of services that have none. */
    public Plan withPorts(Map<String, Ports> picked) {
        Map<String, Service> complete = new LinkedHashMap<>(services);
        picked.forEach((name, both) -> complete.computeIfPresent(name, (same, service) -> service.withPorts(both)));
        return with(hosts, nginx, Collections.unmodifiableMap(complete), rollout);
    }

    /** The same with other entries for hosts that it names. */
    public Plan withHosts(Map<String, HostEntry> entries) {
        Map<String, HostEntry> all = new LinkedHashMap<>(hosts);
        all.putAll(entries);
        return with(Map.copyOf(all), nginx, services, rollout);
    }

    /** The same with another way to call NGINX. */
    public Plan withNginxCommand(String command) {
        return with(hosts, new Nginx(nginx.host(), nginx.config(), command, nginx.generate()), services, rollout);
    }

    /** The same with another time that each share is watched. */
    public Plan withSoak(Duration soak) {
        return with(hosts, nginx, services, new RolloutSettings(rollout.steps(), soak, rollout.maxSoak(),
                rollout.attempts(), rollout.tolerance(), rollout.drain(), rollout.minRequests(), rollout.onNewRelease()));
    }

    private Plan with(
            Map<String, HostEntry> hosts, Nginx nginx, Map<String, Service> services, RolloutSettings rollout) {
        return new Plan(app, Optional.empty(), hosts, source, directory, shared, slots, env, nginx, ports, services,
                rollout, promote, hold, idleSlot, keepReleases, probe, backup, state);
    }

    private String onlyHost() {
        return hosts.keySet().iterator().next();
    }

    /** How to reach a host. */
    public record HostEntry(
            @Key(help = "Name or address; `local` is the machine that runs the rollout itself, without SSH.",
                    example = "10.0.0.5", pattern = "[A-Za-z0-9_:][A-Za-z0-9._:-]*",
                    allowed = "letters, digits and `.`, `_`, `:`, `-`, not `-` first")
            String address,
            @Key(help = "SSH port.", example = "2222", byDefault = "22", min = 1, max = 65535)
            int port,
            @Key(help = "SSH user; by default the one that runs the rollout.", example = "deploy",
                    pattern = "[A-Za-z0-9_][A-Za-z0-9._-]*",
                    allowed = "letters, digits and `.`, `_`, `-`, the first a letter, a digit or `_`")
            Optional<String> user,
            @Key(help = "Private key file; without it the SSH agent (`SSH_AUTH_SOCK`) is asked, then"
                    + " `~/.ssh/id_ed25519`, `id_ecdsa`, `id_rsa`.",
                    example = "~/.ssh/deploy")
            Optional<String> key,
            @Key(help = "The file with the host's key.", example = "/etc/ssh/ssh_known_hosts",
                    byDefault = "~/.ssh/known_hosts")
            String knownHosts,
            @Key(help = "Whether a host that `knownHosts` does not have is accepted and added. A changed key is never"
                    + " accepted.",
                    example = "true", byDefault = "false")
            boolean acceptNew,
            @Key(help = "Whether NGINX's files, the state directory and Docker need `sudo -n` there.",
                    example = "true", byDefault = "false")
            boolean sudo,
            @Key(help = "Whether git on the host may use the SSH agent of the machine that runs the rollout.",
                    example = "true", byDefault = "false")
            boolean forwardAgent) {

        /** The address that means: no SSH, this machine. */
        public static final String LOCAL = "local";
    }

    /** The repository that releases come from. */
    public record Source(
            @Key(help = "What the hosts clone; they need access to it.",
                    example = "git@gitlab.example.com:shop/shop.git", pattern = "[^-\\s]\\S*",
                    allowed = "a URL without spaces that does not begin with `-`")
            String url,
            @Key(help = "The branch whose newest commit is deployed when none is named.", example = "main",
                    byDefault = "develop", pattern = "(?!.*\\.\\.)[A-Za-z0-9_][A-Za-z0-9._/-]*",
                    allowed = "letters, digits and `.`, `_`, `/`, `-`, without `..`")
            String branch) {}

    public record Slots(
            @Key(help = "The slot that serves when nothing is being released.", example = "{project: shop}",
                    byDefault = "{}")
            SlotEntry stable,
            @Key(help = "The slot that a new release goes to first.", example = "{file: docker-compose.canary.yml}",
                    byDefault = "{}")
            SlotEntry canary) {}

    /** A slot as written; {@link Plan#slot} fills in the rest. */
    public record SlotEntry(
            @Key(help = "Compose file in the working copy; by default `docker-compose.stable.yml` and"
                    + " `docker-compose.canary.yml`.",
                    example = "compose.yml", pattern = "[^-/].*",
                    allowed = "a path in the working copy, not beginning with `/` or `-`")
            Optional<String> file,
            @Key(help = "Compose project; by default `<app>-stable` and `<app>-canary`. Name a running stack's project"
                    + " to adopt it.",
                    example = "shop", pattern = "[a-z0-9][a-z0-9_-]*",
                    allowed = "lower-case letters, digits and `_`, `-`, the first a letter or a digit")
            Optional<String> project,
            @Key(help = "Working copy, an absolute path; by default `directory` and `<directory>.canary`.",
                    example = "/srv/shop-canary", pattern = "/.*[^/]",
                    allowed = "an absolute path without `/` at its end")
            Optional<String> directory) {}

    public record EnvFile(
            @Key(help = "Where in a slot's working copy it is.", example = "backend/.env", byDefault = ".env",
                    pattern = "[^-/].*",
                    allowed = "a path in the working copy, not beginning with `/` or `-`")
            String path,
            @Key(help = "Written as `TZ` where the file has none; every container must run with it.",
                    example = "Asia/Seoul", pattern = "[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*",
                    allowed = "a name of the time zone database")
            Optional<String> timezone) {}

    public record Nginx(
            @Key(help = "The name of NGINX's host, where the plan has several.", example = "edge")
            Optional<String> host,
            @Key(help = "The file with the app's `upstream` blocks, on the host; a main file whose includes have them"
                    + " will do.",
                    example = "/etc/nginx/conf.d/shop.conf", pattern = "/.*[^/]",
                    allowed = "an absolute path without `/` at its end")
            String config,
            @Key(help = "How NGINX is called on that host, as words; the last one is the program, with fixed options"
                    + " after it if need be.",
                    example = "docker exec proxy nginx", byDefault = "nginx", pattern = "\\S.*",
                    allowed = "words, without a space before the first")
            String command,
            @Key(help = "Lets a missing config or upstream be made from the template.",
                    example = "{listen: 80, path: /etc/nginx/conf.d/shop.conf}")
            Optional<Generate> generate) {}

    /** What a generated NGINX config is to be. */
    public record Generate(
            @Key(help = "What the generated server listens on.", example = "80", byDefault = "80",
                    pattern = "[A-Za-z0-9.:*\\[\\]-]+",
                    allowed = "a port, or an address and a port")
            String listen,
            @Key(help = "The file to write, an absolute path that NGINX includes.",
                    example = "/etc/nginx/conf.d/shop.conf", pattern = "/.*[^/]",
                    allowed = "an absolute path without `/` at its end")
            String path) {}

    /** One backend behind NGINX. */
    public record Service(
            @Key(help = "The name of its host, where the plan has several.", example = "app1")
            Optional<String> host,
            @Key(help = "NGINX's `upstream`; by default the service's own name.", example = "backend",
                    pattern = "[A-Za-z0-9._-]+",
                    allowed = "letters, digits and `.`, `_`, `-`")
            Optional<String> upstream,
            @Key(help = "The port of each slot, as NGINX reaches it; without them two are picked on the service's host (see"
                    + " the top level's `ports`). Compose gets the slot's port as `<SERVICE>_PORT`, such as `BACKEND_PORT`.",
                    example = "{stable: 8081, canary: 8082}")
            Optional<Ports> ports,
            @Key(help = "The Compose services that are started for it; by default the one of the service's own name.",
                    example = "[backend, worker]", byDefault = "[]", pattern = "[A-Za-z0-9._][A-Za-z0-9._-]*",
                    allowed = "letters, digits and `.`, `_`, `-`, not `-` first")
            List<String> compose,
            @Key(help = "`web` serves pages with assets, `api` does not.", example = "web", byDefault = "api")
            Kind kind,
            @Key(help = "How to tell that it works.", example = "{path: /actuator/health, text: UP}")
            Health health,
            @Key(help = "The URL path that a generated config sends to it.", example = "/api/", byDefault = "/",
                    pattern = "/[A-Za-z0-9._~/-]*",
                    allowed = "a path that begins with `/`, of letters, digits and `.`, `_`, `~`, `/`, `-`")
            String location) {

        public int port(SlotName slot) {
            Ports both = ports.orElseThrow();
            return slot == SlotName.STABLE ? both.stable() : both.canary();
        }

        Service withPorts(Ports ports) {
            return new Service(host, upstream, Optional.of(ports), compose, kind, health, location);
        }
    }

    /** Where ports are picked for services that have none of their own. */
    public record PortRange(
            @Key(help = "The first and the last port that may be picked, outside the range of the kernel's own"
                    + " (`sysctl net.ipv4.ip_local_port_range`).",
                    example = "8000-8999", pattern = "[1-9][0-9]{0,4}-[1-9][0-9]{0,4}", allowed = "two ports with `-` between")
            String range) {

        public int first() {
            return Integer.parseInt(range.split("-")[0]);
        }

        public int last() {
            return Integer.parseInt(range.split("-")[1]);
        }
    }

    public record Ports(
            @Key(help = "The stable slot's port.", example = "8081", min = 1, max = 65535) int stable,
            @Key(help = "The canary slot's port.", example = "8082", min = 1, max = 65535) int canary) {}

    /** What a working service answers. */
    public record Health(
            @Key(help = "A cheap path that only reads.", example = "/actuator/health",
                    pattern = "/[A-Za-z0-9._~/?&=%:@!,;+-]*",
                    allowed = "a path that begins with `/`, of the characters of a URL")
            String path,
            @Key(help = "The status that means healthy.", example = "204", byDefault = "200", min = 100, max = 599)
            int status,
            @Key(help = "Text that the answer must hold.", example = "UP")
            Optional<String> text,
            @Key(help = "Where HTTP gives no answer: a regular expression that one of the container's last log lines"
                    + " must match.",
                    example = "Started .* in")
            Optional<String> log,
            @Key(help = "How long a container may take to start before a missing answer counts.", example = "90s",
                    byDefault = "60s", min = 0, max = 86400)
            Duration startup,
            @Key(help = "How long one answer may take.", example = "10s", byDefault = "5s", min = 0.1, max = 86400)
            Duration timeout) {}

    public enum Kind {
        WEB,
        API
    }

    public record RolloutSettings(
            @Key(help = "The canary's shares in percent, rising.", example = "[5, 25, 50]", byDefault = "[10, 40, 70]",
                    min = 0.1, max = 100)
            List<Double> steps,
            @Key(help = "How long each share is watched.", example = "2m", byDefault = "30s", min = 0, max = 86400)
            Duration soak,
            @Key(help = "How long a soak may be extended to until `minRequests` have been seen; then the canary is"
                    + " held.",
                    example = "10m", byDefault = "5m", min = 0, max = 86400)
            Duration maxSoak,
            @Key(help = "How often a share is applied before the rollout fails.", example = "5", byDefault = "3",
                    min = 1, max = 10)
            int attempts,
            @Key(help = "How many points a share may differ from the wanted one; the very number still passes.",
                    example = "1.5", byDefault = "2", min = 0.1, max = 50)
            double tolerance,
            @Key(help = "How long requests in flight may take before a slot is replaced.", example = "2m",
                    byDefault = "30s", min = 0, max = 86400)
            Duration drain,
            @Key(help = "How many requests the canary must have answered at a share before the next.",
                    example = "200", byDefault = "50", min = 0, max = 1000000)
            int minRequests,
            @Key(help = "What a new release does to a held one: take its place, or be refused.", example = "refuse",
                    byDefault = "supersede")
            OnNewRelease onNewRelease) {}

    public enum OnNewRelease {
        SUPERSEDE,
        REFUSE
    }

    public record Promote(
            @Key(help = "The shares on the way to 100, rising; by default 10 more points at a time.",
                    example = "[85, 100]", byDefault = "[]", min = 0.1, max = 100)
            List<Double> steps,
            @Key(help = "How long each of them is watched.", example = "30s", byDefault = "5s", min = 0, max = 86400)
            Duration soak,
            @Key(help = "Whether the stable slot is replaced by the promoted release and takes the traffic back."
                    + " `false` stops with the canary at 100.",
                    name = "finalize", example = "false", byDefault = "true")
            boolean finalizes) {}

    public record Hold(
            @Key(help = "How long a held canary is watched: its health every 5 s, how requests split every minute; it"
                    + " is rolled back on a failure. `0s`: nobody watches it.",
                    example = "30m", byDefault = "0s", min = 0, max = 86400)
            java.time.Duration watch) {}

    public enum IdleSlot {
        KEEP,
        STOP
    }

    public record Probe(
            @Key(help = "The most requests that one step is proved with.", example = "500", byDefault = "2000",
                    min = 100, max = 100000)
            int max,
            @Key(help = "How many of them a second.", example = "50", byDefault = "200", min = 1, max = 1000)
            int rate) {}

    public record Backup(
            @Key(help = "The largest backup of local changes that is made; more is refused.", example = "500MB",
                    byDefault = "100MB")
            ByteSize max) {}
}
