package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.fixture.Program;
import io.jenkins.plugins.canary.fixture.ProductionHost;
import io.jenkins.plugins.canary.host.TestSshd;
import io.jenkins.plugins.canary.plan.SlotName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a host or its NGINX: each time the canary that is held goes on at its 50 %. */
class EdgeFaultsTest {

    @RegisterExtension
    static final HeldCanary held = new HeldCanary("backend");

    private static ProductionHost host;

    @BeforeAll
    static void start() throws IOException {
        host = held.host();
    }

    /** A deployment that must be refused before anything changed. */
    private Outcome refused(String plan) throws IOException {
        Map<String, String> slots = held.slots();
        Outcome outcome = new Deployer(plan).canaryAuto();
        assertThat(outcome.end()).as(outcome.message()).isEqualTo(Outcome.End.REFUSED);
        assertThat(outcome.end().exitCode()).isEqualTo(3);
        assertThat(outcome.state()).isEqualTo(State.REFUSED);
        assertThat(held.slots()).isEqualTo(slots);
        return outcome;
    }

    @Test
    void refusesAHostThatCannotBeReached() throws IOException {
        int port = TestSshd.freePort();
        Outcome outcome = refused(held.plan().replace("port: " + host.sshd().port(), "port: " + port));

        assertThat(outcome.message()).contains("could not connect to", "127.0.0.1", "port " + port,
                "nothing listens on the port");
        held.assertUntouched();
    }

    @Test
    void refusesAKeyThatTheHostDoesNotTake() throws IOException {
        Path key = host.sshd().newKey("stranger", "ed25519", "");
        Outcome outcome = refused(held.plan().replace("key: " + host.sshd().key(), "key: " + key));

        assertThat(outcome.message()).contains("refused the key " + key, "authorized_keys");
        held.assertUntouched();
    }

    @Test
    void refusesAHostKeyThatChanged() throws IOException {
        Path other = host.sshd().newKey("other-host", "ed25519", "");
        Path known = Files.writeString(host.home().resolve("changed"),
                host.sshd().knownAs() + " " + Files.readString(Path.of(other + ".pub")));
        Outcome outcome = refused(held.plan().replace(host.sshd().knownHosts().toString(), known.toString()));

        assertThat(outcome.message()).contains("changed", "nothing was sent", "ssh-keygen -R");
        held.assertUntouched();
    }

    @Test
    void refusesAHostThatIsNotKnown() throws IOException {
        Path known = Files.writeString(host.home().resolve("empty"), "");
        Outcome outcome = refused(held.plan().replace(host.sshd().knownHosts().toString(), known.toString()));

        assertThat(outcome.message()).contains("is not a known host", "ssh-keyscan", "acceptNew");
        assertThat(known).isEmptyFile();
        held.assertUntouched();
    }

    @Test
    void refusesSudoThatAsksForAPassword() throws IOException {
        String user = "canary" + ProcessHandle.current().pid();
        asRoot("useradd", "--no-create-home", "--password", "*", "--shell", "/bin/sh", user);
        try {
            Outcome outcome = refused(held.plan().replace("user: " + TestSshd.USER, "user: " + user + ", sudo: true"));

            assertThat(outcome.message()).contains("sudo on", "does not let " + user, "password is required", "visudo");
        } finally {
            asRoot("userdel", "--force", user);
        }
        held.assertUntouched();
    }

    @Test
    void refusesToDeployWhereTheConfigsFolderIsFull() throws IOException {
        withFullFolder(() -> {
            Outcome outcome = refused(held.plan());

            assertThat(outcome.message()).contains("kB are free in " + host.nginxConf().getParent());
            held.assertUntouched();
        });
    }

    @Test
    void keepsSharesWhereTheConfigsFolderIsFull() throws IOException {
        withFullFolder(() -> {
            Outcome outcome = new Deployer(held.plan()).run(rollout -> rollout.setWeights(Map.of("backend", 20.0)));

            assertThat(outcome.end()).as(outcome.message()).isEqualTo(Outcome.End.ROLLED_BACK);
            assertThat(outcome.message()).contains("No space left on device", host.nginxConf().getParent().toString())
                    .contains("the shares are as before").doesNotContain("stable slot serves everyone");
            held.assertUntouched();
        });
    }

    @Test
    void refusesAConfigThatNginxDoesNotAccept() throws IOException {
        String broken = held.configured().replace("keepalive 16;", "keepalive sixteen;");
        Files.writeString(host.nginxConf(), broken);

        Outcome outcome = refused(held.plan());

        assertThat(outcome.message()).contains("could not be read", "sixteen", "shop.conf:", "Mend it first");
        assertThat(held.configured()).isEqualTo(broken);
        held.assertServed("backend", 50);
    }

    @Test
    void leavesTrafficAsItIsWhenTheConfigIsBrokenByHandDuringASoak() throws IOException {
        Deployer deployer = new Deployer(held.plan("rollout: {steps: [30, 50], soak: 200ms, minRequests: 10}\n"));
        deployer.at(event -> event.type() == Type.SHARE && event.message().contains("30"), () -> edit(
                text -> text.replace("keepalive 16;", "keepalive sixteen;")));
        Outcome outcome = deployer.canaryAuto();

        assertThat(outcome.end()).as(outcome.message()).isEqualTo(Outcome.End.PERSON_MUST_LOOK);
        assertThat(outcome.message()).contains("a person must look", "sixteen", "canary rollback");
        assertThat(held.configured()).contains("keepalive sixteen;", "weight=300");
        held.assertServed("backend", 30);

        edit(text -> text.replace("keepalive sixteen;", "keepalive 16;"));
        Outcome resumed = deployer.run(Rollout::resume);
        assertThat(resumed.state()).as(resumed.message()).isEqualTo(State.ROLLED_BACK);
        held.assertServed("backend", 0);
    }

    @Test
    void keepsAHandEditMadeMeanwhile() throws IOException {
        String plan = held.planWithNginx(Deployer.QUICK, """
                case "$*" in *-t*) echo '# edited by hand' >>%s ;; esac
                """.formatted(host.nginxConf()));
        String before = held.configured();

        Outcome outcome = new Deployer(plan).run(rollout -> rollout.setWeights(Map.of("backend", 20.0)));

        assertThat(outcome.end()).as(outcome.message()).isEqualTo(Outcome.End.ROLLED_BACK);
        assertThat(outcome.message()).contains("was edited by someone", "The edit was kept and no weight changed");
        assertThat(held.configured()).isEqualTo(before + "# edited by hand\n");
        held.assertServed("backend", 50);
    }

    @ParameterizedTest
    @ValueSource(strings = {"30", "50"})
    void keepsAndReportsAHandEditMadeDuringASoak(String step) throws IOException {
        Deployer deployer = new Deployer(held.plan("rollout: {steps: [30, 50], soak: 200ms, minRequests: 10}\n"));
        deployer.at(event -> event.type() == Type.SHARE && event.message().contains(step), () -> edit(
                text -> text.replace("keepalive 16;", "keepalive 17;  # typed by hand")));
        Outcome outcome = deployer.canaryAuto();

        assertThat(outcome.state()).as(outcome.message()).isEqualTo(State.HOLDING);
        assertThat(deployer.log()).containsOnlyOnce("shop.conf on edge was edited by someone since this rollout wrote it;"
                + " the edit is kept");
        assertThat(held.configured()).contains("keepalive 17;  # typed by hand", "weight=500")
                .doesNotContain("weight=300");
        held.assertServed("backend", 50);
    }

    @Test
    void putsTheOldFileBackWhenNginxDoesNotTakeTheNewOne() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Files.writeString(host.nginxConf().resolveSibling("status.conf"),
                    "server { listen 127.0.0.1:" + taken.getLocalPort() + "; }\n");
            byte[] before = Files.readAllBytes(host.nginxConf());

            Outcome outcome = new Deployer(held.plan("rollout: {attempts: 1}\n"))
                    .run(rollout -> rollout.setWeights(Map.of("backend", 20.0)));

            assertThat(outcome.end()).as(outcome.message()).isEqualTo(Outcome.End.ROLLED_BACK);
            assertThat(outcome.message()).contains("did not take the new configuration over", "the old file is back",
                    "error log");
            assertThat(Files.readAllBytes(host.nginxConf())).isEqualTo(before);
            held.assertServed("backend", 50);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "server 127.0.0.1:1;, 127.0.0.1:1 is a third server of upstream backend",
        "server 127.0.0.1:1 backup;, 127.0.0.1:1 is a third server of upstream backend (a backup)",
        "ip_hash;, upstream backend chooses by client (ip_hash)",
        "hash $request_uri consistent;, upstream backend chooses by client (hash)",
    })
    void refusesAnUpstreamThatNoShareCanBeSetIn(String line, String why) throws IOException {
        String text = held.configured().replace("zone backend 64k;", "zone backend 64k; " + line)
                .replace("keepalive 16;", "");
        held.configure(text);

        Outcome outcome = refused(held.plan());

        assertThat(outcome.message()).contains(why, "shop.conf:");
        assertThat(held.configured()).isEqualTo(text);
    }

    @Test
    void refusesAStablePortThatTheUpstreamDoesNotHave() throws IOException {
        int port = TestSshd.freePort();
        int stable = host.port("backend", SlotName.STABLE);
        Outcome outcome = refused(held.plan().replace("stable: " + stable, "stable: " + port));

        assertThat(outcome.message()).contains("upstream backend has no server with the stable port " + port,
                "127.0.0.1:" + stable);
        held.assertUntouched();
    }

    @Test
    void refusesAnUpstreamThatIsNotThereAndListsThoseThatAre() throws IOException {
        Outcome outcome = refused(held.plan().replace("    kind: api", "    kind: api\n    upstream: backent"));

        assertThat(outcome.message()).contains("NGINX has no upstream backent for service backend",
                "[backend, frontend, python]", "nginx.generate");
        held.assertUntouched();
    }

    private static void edit(UnaryOperator<String> change) {
        try {
            Files.writeString(host.nginxConf(), change.apply(held.configured()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private interface Attempt {
        void run() throws IOException;
    }

    /** The folder of NGINX's files becomes a file system of its own without a free byte. */
    private static void withFullFolder(Attempt attempt) throws IOException {
        Path folder = host.nginxConf().getParent();
        byte[] config = Files.readAllBytes(host.nginxConf());
        asRoot("mount", "-t", "tmpfs", "-o", "size=256k,mode=0777", "tmpfs", folder.toString());
        try {
            Files.write(host.nginxConf(), config);
            asRoot("sh", "-c", "cat /dev/zero >\"$1\" 2>/dev/null; [ -s \"$1\" ]", "fill", folder + "/filling");
            attempt.run();
        } finally {
            asRoot("umount", folder.toString());
        }
    }

    private static void asRoot(String... words) throws IOException {
        List<String> all = new ArrayList<>(TestSshd.USER.equals("root") ? List.of() : List.of("sudo", "-n"));
        all.addAll(List.of(words));
        Program.run(Path.of("/"), all);
    }
}
