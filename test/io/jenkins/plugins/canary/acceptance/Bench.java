package io.jenkins.plugins.canary.acceptance;

import io.jenkins.plugins.canary.fixture.ProductionHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** A controller, an agent beside it, and a production host that Jenkins knows. */
final class Bench implements AutoCloseable {

    static final String AGENT = "deployer";
    static final String QUICK = """
            rollout: {steps: [30, 60], soak: 2s, minRequests: 5, drain: 5s}
            promote: {steps: [100], soak: 200ms}
            """;

    /** Long enough to do something in the middle of a soak, also on a busy machine. */
    static final String SLOW = """
            rollout: {steps: [30, 60], soak: 25s, minRequests: 5, drain: 5s}
            promote: {steps: [100], soak: 200ms}
            """;

    final ProductionHost host;
    final Controller jenkins;
    Process agent;

    private Bench(ProductionHost host, Controller jenkins) {
        this.host = host;
        this.jenkins = jenkins;
    }

    static Bench start() throws IOException {
        ProductionHost host = ProductionHost.start();
        Controller jenkins;
        try {
            jenkins = Controller.start();
        } catch (IOException | RuntimeException | Error e) {
            host.close();
            throw e;
        }
        Bench bench = new Bench(host, jenkins);
        try {
            bench.configure();
            bench.startAgent();
        } catch (IOException | RuntimeException | Error e) {
            bench.close();
            throw e;
        }
        return bench;
    }

    void startAgent() throws IOException {
        agent = jenkins.startAgent(AGENT, System.getenv("DOCKER_HOST") == null
                ? java.util.Map.of() : java.util.Map.of("DOCKER_HOST", System.getenv("DOCKER_HOST")));
    }

    private void configure() throws IOException {
        Path env = Files.writeString(host.home().resolve("release.env"), "RELEASE_TOKEN=" + token() + "\n"
                + host.secrets().entrySet().stream().map(pair -> pair.getKey() + "=" + pair.getValue())
                        .collect(Collectors.joining("\n", "", "\n")));
        jenkins.script("""
                import com.cloudbees.plugins.credentials.*
                import com.cloudbees.plugins.credentials.domains.*
                import com.cloudbees.jenkins.plugins.sshcredentials.impl.*
                import org.jenkinsci.plugins.plaincredentials.impl.*
                import hudson.util.Secret
                def store = SystemCredentialsProvider.instance.store
                def add = { store.addCredentials(Domain.global(), it) }
                add(new BasicSSHUserPrivateKey(CredentialsScope.GLOBAL, 'deploy-key', '%1$s',
                    new BasicSSHUserPrivateKey.DirectEntryPrivateKeySource(new File('%2$s').text), '', ''))
                add(new FileCredentialsImpl(CredentialsScope.GLOBAL, 'shop-env', '', 'release.env',
                    SecretBytes.fromBytes(new File('%3$s').bytes)))
                add(new StringCredentialsImpl(CredentialsScope.GLOBAL, 'claude-key', '', Secret.fromString('%4$s')))
                """.formatted(io.jenkins.plugins.canary.host.TestSshd.USER, host.sshd().key(), env, apiKey()));
        knowHost();
    }

    /** Tells Jenkins of the host, as an administrator does. */
    void knowHost() throws IOException {
        String keys = Files.readAllLines(host.sshd().knownHosts()).stream()
                .map(line -> line.substring(line.indexOf(' ') + 1)).collect(Collectors.joining("\\n"));
        jenkins.script("""
                def plugin = jenkins.model.Jenkins.get().pluginManager.uberClassLoader
                def known = plugin.loadClass('io.jenkins.plugins.canary.jenkins.NamedHost')
                    .getConstructor(String, String).newInstance('edge', '127.0.0.1')
                known.port = %d
                known.user = '%s'
                known.hostKey = '%s'
                def configuration = jenkins.model.GlobalConfiguration.all()
                    .get(plugin.loadClass('io.jenkins.plugins.canary.jenkins.CanaryConfiguration'))
                configuration.hosts = [known]
                configuration.save()
                """.formatted(host.sshd().port(), io.jenkins.plugins.canary.host.TestSshd.USER, keys));
    }

    /** A value of the release's .env that must be seen nowhere. */
    String token() {
        return "token-of-" + host.app();
    }

    String apiKey() {
        return "claude-of-" + host.app();
    }

    /** Lines of a scripted pipeline that have a fresh clone with the plan in the workspace. */
    String checkout(String settings) throws IOException {
        String plan = host.plan(java.util.List.of("backend")).replaceFirst("host: \\{.*\\}",
                "host: {address: edge, acceptNew: false}") + settings;
        return "deleteDir(); sh 'git clone -q " + host.remote() + " .'; writeFile file: 'canary.yml', text: '''"
                + plan + "'''\n";
    }

    String onAgent(String settings, String steps) throws IOException {
        return "node('" + AGENT + "') {\n" + checkout(settings) + steps + "\n}";
    }

    /** The share that NGINX's file gives the backend's canary, in thousandths. */
    int canaryWeight() throws IOException {
        String port = String.valueOf(host.port("backend", io.jenkins.plugins.canary.plan.SlotName.CANARY));
        java.util.regex.Matcher line = java.util.regex.Pattern.compile("(?m)^\\s*server 127\\.0\\.0\\.1:" + port
                + "[^;]*weight=(\\d+)").matcher(Files.readString(host.nginxConf()));
        return line.find() ? Integer.parseInt(line.group(1)) : 0;
    }

    /** All that a rollout of a new release needs, and what it prints of its result. */
    static String deploy(String more) {
        return "def result = canaryDeploy(sshCredentialsId: 'deploy-key', envFileCredentialsId: 'shop-env',"
                + " envCredentialsIds: [CLAUDE_API_KEY: 'claude-key']" + more + ")\n"
                + "echo \"RESULT ${result.state}\"\n";
    }

    @Override
    public void close() throws IOException {
        try (host) {
            jenkins.close();
        }
    }
}
