package io.jenkins.plugins.canary.bench;

import io.jenkins.plugins.canary.commands.Nginx;
import io.jenkins.plugins.canary.event.Events;
import io.jenkins.plugins.canary.event.Secrets;
import io.jenkins.plugins.canary.fixture.ProductionHost;
import io.jenkins.plugins.canary.host.Login;
import io.jenkins.plugins.canary.host.TestSshd;
import io.jenkins.plugins.canary.nginx.Weights;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.PlanReader;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.rollout.Hosts;
import io.jenkins.plugins.canary.routing.Router;
import io.jenkins.plugins.canary.routing.UpstreamRouter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * {@code bin/bench weights}: how long it takes to change the shares of a service to <em>applied</em> (tested, written,
 * reloaded and proved), beside three other ways that are measured alternately in the same run. Nobody asks NGINX for
 * anything meanwhile.
 */
public final class WeightsBench {

    private static final int WARM_UP = 15;
    private static final int ROUNDS = 15;
    private static final int ANSIBLE_ROUNDS = 3;
    private static final String SERVICE = "backend";

    private final ProductionHost host;
    private final Router router;
    private final Path work;
    private int changes;

    private WeightsBench(ProductionHost host, Router router) throws IOException {
        this.host = host;
        this.router = router;
        this.work = Files.createDirectory(host.home().resolve("bench"));
        Files.createFile(work.resolve("ansible.cfg"));
    }

    public static void main(String[] args) throws Exception {
        try (ProductionHost host = ProductionHost.start()) {
            Plan plan = PlanReader.read("canary.yml", host.plan(List.of(SERVICE)));
            try (Hosts hosts = new Hosts(plan, address -> Login.of(address, System.getenv()))) {
                Events events = new Events(new Secrets(), List.of(), Clock.systemUTC());
                Router router = new UpstreamRouter(plan, hosts.byName().get(plan.edge()),
                        Nginx.of(plan.nginx().command()), events, "bench");
                new WeightsBench(host, router).run().print(List.of(args).contains("--json"));
            }
        }
    }

    private Report run() throws Exception {
        Path script = script();
        List<String> playbook = playbook();
        boolean ansible = isInstalled("ansible-playbook");
        for (int i = 0; i < WARM_UP; i++) {
            change();
        }
        Series ours = new Series();
        Series limit = new Series();
        Series scripted = new Series();
        Series played = new Series();
        for (int i = 0; i < ROUNDS; i++) {
            ours.time(this::change);
            limit.time(() -> call(limitCommand()));
            scripted.time(() -> call(List.of("sh", script.toString(), next(), rest())));
            if (ansible && i % (ROUNDS / ANSIBLE_ROUNDS) == 0) {
                played.time(() -> call(Stream.concat(playbook.stream(),
                        Stream.of("-e", "canary_weight=" + next() + " stable_weight=" + rest())).toList()));
            }
        }
        Report report = new Report("Changing a share on one host, median of " + ROUNDS + " in turn, the JVM warm");
        report.row("Canary Deploy: to applied and proved", ours);
        report.ratio("vsLimit", "one ssh: nginx -t && nginx -s reload", limit, ours, 1.3);
        report.ratio("vsScript", "a script with one ssh for each command", scripted, ours, 0.25);
        report.ratio("vsAnsible", ansible ? "an Ansible playbook, median of " + ANSIBLE_ROUNDS
                : "an Ansible playbook: ansible is not installed", played, ours, 0.06);
        return report;
    }

    private void change() throws Exception {
        int canary = Integer.parseInt(next());
        router.apply(Map.of(SERVICE, new Weights(canary, 1000 - canary)));
    }

    private String next() {
        changes++;
        return Integer.toString(changes % 2 == 0 ? 300 : 400);
    }

    private String rest() {
        return Integer.toString(changes % 2 == 0 ? 700 : 600);
    }

    private List<String> limitCommand() {
        String nginx = String.join(" ", host.nginxCommand());
        return ssh(nginx + " -t && " + nginx + " -s reload");
    }

    private List<String> ssh(String command) {
        List<String> words = new ArrayList<>(List.of("ssh"));
        words.addAll(sshOptions());
        words.addAll(List.of("-p", Integer.toString(host.sshd().port()), TestSshd.USER + "@127.0.0.1", command));
        return words;
    }

    private List<String> sshOptions() {
        return List.of("-F", "none", "-i", host.sshd().key().toString(), "-o", "IdentitiesOnly=yes",
                "-o", "BatchMode=yes", "-o", "UserKnownHostsFile=" + host.sshd().knownHosts());
    }

    /** Backup, edit, test, reload, check; {@code $1} and {@code $2} are the weights. */
    private Path script() throws IOException {
        String nginx = String.join(" ", host.nginxCommand());
        String on = String.join(" ", ssh(""));
        return Files.writeString(work.resolve("weights.sh"), """
                set -e
                on="%s"
                $on "cp -p %2$s %2$s.bak"
                $on "sed -i -E 's/(server 127.0.0.1:%3$d .*weight=)[0-9]+/\\\\1$1/;
                    s/(server 127.0.0.1:%4$d .*weight=)[0-9]+/\\\\1$2/' %2$s"
                $on "%5$s -t"
                $on "%5$s -s reload"
                $on "curl --fail --silent --show-error http://127.0.0.1:%6$d/api/version"
                """.formatted(on.strip(), host.nginxConf(), host.port(SERVICE, SlotName.CANARY),
                host.port(SERVICE, SlotName.STABLE), nginx, host.port()));
    }

    /** The same; without the facts of the host, which it does not need. */
    private List<String> playbook() throws IOException {
        Path inventory = Files.writeString(work.resolve("hosts"), ("edge ansible_connection=ssh ansible_host=127.0.0.1"
                + " ansible_port=%d ansible_user=%s ansible_ssh_private_key_file=%s"
                + " ansible_ssh_common_args='-F none -o UserKnownHostsFile=%s'\n").formatted(host.sshd().port(),
                TestSshd.USER, host.sshd().key(), host.sshd().knownHosts()));
        Path book = Files.writeString(work.resolve("weights.yml"), """
                - hosts: edge
                  gather_facts: false
                  tasks:
                    - name: backup
                      copy: {src: "%1$s", dest: "%1$s.bak", remote_src: true, mode: preserve}
                    - name: canary
                      replace:
                        path: "%1$s"
                        regexp: '(server 127\\.0\\.0\\.1:%2$d .*weight=)[0-9]+'
                        replace: '\\g<1>{{ canary_weight }}'
                    - name: stable
                      replace:
                        path: "%1$s"
                        regexp: '(server 127\\.0\\.0\\.1:%3$d .*weight=)[0-9]+'
                        replace: '\\g<1>{{ stable_weight }}'
                    - name: test
                      command: %4$s -t
                    - name: reload
                      command: %4$s -s reload
                    - name: check
                      uri: {url: "http://127.0.0.1:%5$d/api/version"}
                """.formatted(host.nginxConf(), host.port(SERVICE, SlotName.CANARY),
                host.port(SERVICE, SlotName.STABLE), String.join(" ", host.nginxCommand()), host.port()));
        return List.of("ansible-playbook", "-i", inventory.toString(), book.toString());
    }

    private void call(List<String> words) throws IOException, InterruptedException {
        File output = work.resolve("output").toFile();
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output);
        Map<String, String> own = new LinkedHashMap<>();
        own.put("ANSIBLE_CONFIG", work.resolve("ansible.cfg").toString());
        own.put("ANSIBLE_LOCAL_TEMP", work.resolve("local").toString());
        own.put("ANSIBLE_REMOTE_TEMP", work.resolve("remote").toString());
        own.put("ANSIBLE_SSH_CONTROL_PATH_DIR", work.resolve("cp").toString());
        own.put("LC_ALL", "C.UTF-8");
        builder.environment().putAll(own);
        Process process = builder.start();
        process.getOutputStream().close();
        if (process.waitFor() != 0) {
            throw new IOException(String.format(Locale.ROOT, "`%s` gave exit code %d:%n%s",
                    String.join(" ", words), process.exitValue(), Files.readString(output.toPath())));
        }
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv("PATH").split(":")).anyMatch(at -> Files.isExecutable(Path.of(at, program)));
    }
}
