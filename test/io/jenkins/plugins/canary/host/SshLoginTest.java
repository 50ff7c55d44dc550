package io.jenkins.plugins.canary.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.canary.commands.Command;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SshLoginTest {

    @TempDir
    static Path home;

    @TempDir
    Path temporary;

    private static TestSshd sshd;

    @BeforeAll
    static void startServer() throws IOException {
        sshd = TestSshd.start(home);
    }

    @AfterAll
    static void stopServer() {
        sshd.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The server's address with other ways to check its key. */
    private static Address known(Path knownHosts, boolean acceptNew) {
        return new Address("web1", "127.0.0.1", sshd.port(), TestSshd.USER, sshd.key(), knownHosts, acceptNew, false,
                false, Address.DEFAULT_CONNECT_TIMEOUT);
    }

    private static Address at(String host, int port, Duration timeout) {
        return new Address("web1", host, port, TestSshd.USER, sshd.key(), sshd.knownHosts(), false, false,
                false, timeout);
    }

    private static void works(Address address, Login login) throws HostException {
        try (SshHost host = new SshHost(address, login)) {
            assertThat(host.run(Command.of("echo", "in")).text()).isEqualTo("in");
        }
    }

    private static void works(Login login) throws HostException {
        works(sshd.address(), login);
    }

    /** Every failure to log in names the host as the plan and as the network does. */
    private static AbstractThrowableAssert<?, ?> failure(Address address, Login login) {
        return assertThatThrownBy(() -> works(address, login)).isInstanceOf(HostException.class)
                .hasMessageContaining(
                        "web1 (" + TestSshd.USER + "@" + address.host() + ", port " + address.port() + ")");
    }

    private static AbstractThrowableAssert<?, ?> failure(Login login) {
        return failure(sshd.address(), login);
    }

    private static Login withKey() {
        return Login.of(sshd.address(), Map.of());
    }

    @ParameterizedTest
    @CsvSource({"ed25519,", "rsa,", "rsa,PEM", "ecdsa,", "ecdsa,PEM"})
    void takesKeysOfEachTypeWithAndWithoutPassphrase(String type, String form) throws IOException, HostException {
        String[] options = form == null ? new String[0] : new String[] {"-m", form};
        Path plain = sshd.newKey(type + form, type, "", options);
        Path locked = sshd.newKey(type + form + "-locked", type, "open sesame", options);
        sshd.authorize(plain);
        sshd.authorize(locked);

        works(new Login.KeyFile(plain, new byte[0]));
        works(new Login.KeyFile(locked, bytes("open sesame")));
        works(new Login.KeyContent("deploy-key", Files.readAllBytes(locked), bytes("open sesame")));
        failure(new Login.KeyFile(locked, bytes("wrong"))).hasMessageContaining("the passphrase does not open the key");
        failure(new Login.KeyFile(locked, new byte[0]))
                .hasMessageContaining("protected by a passphrase and none was given");
    }

    @Test
    void aRefusedKeyIsNamedWithWhatToDo() throws IOException {
        Path other = sshd.newKey("refused", "ed25519", "");

        failure(new Login.KeyFile(other, new byte[0]))
                .hasMessageContaining("refused the key " + other + " for user " + TestSshd.USER)
                .hasMessageContaining("add its public half to ~" + TestSshd.USER + "/.ssh/authorized_keys");
    }

    @Test
    void aKeyFileThatIsMissingOrNoKeyIsSaid() throws IOException {
        failure(new Login.KeyFile(Path.of("/no/key"), new byte[0]))
                .hasMessageContaining("there is no key file /no/key");
        failure(new Login.KeyFile(temporary, new byte[0])).hasMessageContaining("cannot read the key " + temporary);
        failure(new Login.KeyFile(Path.of(sshd.key() + ".pub"), new byte[0]))
                .hasMessageContaining("is not a private key");
    }

    @Test
    void aServerWithoutKeysForLoginIsSaid() throws IOException {
        try (TestSshd server = TestSshd.start(temporary, "PubkeyAuthentication no", "PasswordAuthentication yes")) {
            assertThatThrownBy(() -> works(server.address(), Login.of(server.address(), Map.of())))
                    .hasMessageContaining("takes no keys for login, only password");
        }
    }

    @Test
    void secretsDoNotShowInALogin() {
        assertThat(new Login.KeyFile(Path.of("/k"), bytes("hush")).toString()).isEqualTo("the key /k");
        assertThat(new Login.KeyContent("id", bytes("PRIVATE"), bytes("hush")).toString())
                .isEqualTo("the key of credential id");
    }

    @Test
    void anUnknownHostIsRefusedWithItsFingerprint() throws IOException {
        String fingerprint = TestSshd
                .tool(List.of("ssh-keygen", "-lf", home.resolve("host_key.pub").toString())).split(" ")[1];

        failure(known(temporary.resolve("none"), false), withKey())
                .hasMessageContaining("is not a known host: it shows ssh-ed25519 " + fingerprint)
                .hasMessageContaining("`ssh-keyscan -p " + sshd.port() + " 127.0.0.1 >> ")
                .hasMessageContaining("acceptNew: true");
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void anUnknownHostIsRecordedWhereThatIsWanted() throws IOException, HostException {
        Path file = temporary.resolve("ssh/known_hosts");

        works(known(file, true), withKey());
        works(known(file, false), withKey());

        assertThat(file).hasContent(Files.readString(sshd.knownHosts()).replaceAll(" key\n| host_key\n", "\n").strip());
    }

    @Test
    void recordingKeepsWhatIsThere() throws IOException, HostException {
        Path file = temporary.resolve("known_hosts");
        String before = "# ours\n@cert-authority *.example.org ssh-ed25519 AAAA\nnonsense";
        Files.writeString(file, before);

        works(known(file, true), withKey());

        assertThat(file).content().startsWith(before + "\n" + sshd.knownAs() + " ssh-ed25519 ");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aChangedHostKeyIsNeverAccepted(boolean acceptNew) throws IOException {
        Path other = sshd.newKey("other-host-" + acceptNew, "ed25519", "");
        Path file = temporary.resolve("known_hosts");
        String line = sshd.knownAs() + " " + Files.readString(Path.of(other + ".pub"));
        Files.writeString(file, line);
        String known = TestSshd.tool(List.of("ssh-keygen", "-lf", other + ".pub")).split(" ")[1];

        failure(known(file, acceptNew), withKey())
                .hasMessageContaining("changed: it shows ssh-ed25519 SHA256:")
                .hasMessageContaining("knows ssh-ed25519 " + known)
                .hasMessageContaining("Someone may be between you and the host")
                .hasMessageContaining("ssh-keygen -R '" + sshd.knownAs() + "'");
        assertThat(file).content().isEqualTo(line);
    }

    @Test
    void aHostKnownByAKeyOfAnotherTypeIsNotNew() throws IOException {
        Path other = sshd.newKey("other-type", "ecdsa", "");
        Path file = temporary.resolve("known_hosts");
        Files.writeString(file, sshd.knownAs() + " " + Files.readString(Path.of(other + ".pub")));

        failure(known(file, true), withKey()).hasMessageContaining("changed");
    }

    @Test
    void anotherPortIsAnotherHost() throws IOException, HostException {
        Path other = sshd.newKey("port-22", "ed25519", "");
        Path file = temporary.resolve("known_hosts");
        Files.writeString(file, "127.0.0.1 " + Files.readString(Path.of(other + ".pub")));

        failure(known(file, false), withKey()).hasMessageContaining("is not a known host");
        works(known(file, true), withKey());
    }

    @Test
    void readsHashedKnownHosts() throws IOException, HostException {
        Path file = Files.copy(sshd.knownHosts(), temporary.resolve("known_hosts"));
        TestSshd.tool(List.of("ssh-keygen", "-q", "-H", "-f", file.toString()));
        assertThat(file).content().startsWith("|1|");

        works(known(file, false), withKey());
    }

    @Test
    void anUnreachableHostSaysHow() throws IOException {
        Duration limit = Duration.ofMillis(300);
        failure(at("127.0.0.1", TestSshd.freePort(), limit), withKey())
                .isInstanceOf(Unreachable.class).hasMessageContaining("nothing listens on the port");
        failure(at("no-such-host.invalid", 22, limit), withKey())
                .isInstanceOf(Unreachable.class)
                .hasMessageContaining("no address is known for the name no-such-host.invalid");
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            failure(at("127.0.0.1", silent.getLocalPort(), limit), withKey())
                    .isInstanceOf(Unreachable.class).hasMessageContaining("no answer within 300 ms");
        }
    }

    /** A private ssh-agent with the given keys, for as long as the test needs it. */
    private record Agent(Process process, Path socket) implements AutoCloseable {

        static Agent start(Path directory, Path... keys) throws IOException {
            Path socket = directory.resolve("agent");
            Process process = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            Await.until("the agent listens", () -> Files.exists(socket));
            for (Path key : keys) {
                TestSshd.tool(List.of("env", "SSH_AUTH_SOCK=" + socket, "ssh-add", "-q", key.toString()));
            }
            return new Agent(process, socket);
        }

        Login login() {
            return Login.Agent.of(Map.of("SSH_AUTH_SOCK", socket.toString()));
        }

        @Override
        public void close() {
            process.destroy();
            Await.until("the agent ended", () -> !process.isAlive());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "rsa", "ecdsa"})
    void takesTheKeysOfAnAgent(String type) throws IOException, HostException {
        Path key = sshd.newKey("agent-" + type, type, "");
        sshd.authorize(key);
        try (Agent agent = Agent.start(temporary, key)) {
            works(agent.login());
        }
    }

    @Test
    void anAgentThatDoesNotHelpIsSaid() throws IOException {
        failure(Login.Agent.of(Map.of())).hasMessageContaining("SSH_AUTH_SOCK is not set");
        failure(new Login.Agent(temporary.resolve("agent"))).hasMessageContaining("there is no socket " + temporary);
        try (Agent agent = Agent.start(temporary)) {
            failure(agent.login()).hasMessageContaining("has no keys");
            Path key = sshd.newKey("agent-unknown", "ed25519", "");
            TestSshd.tool(List.of("env", "SSH_AUTH_SOCK=" + agent.socket(), "ssh-add", "-q", key.toString()));
            failure(agent.login()).hasMessageContaining("refused all 1 keys of the ssh-agent");
        }
    }

    @Test
    void offersTheAgentOnlyToCommandsThatAskAndHostsThatMay() throws IOException, HostException {
        Command list = Command.of("ssh-add", "-L");
        String offered = Files.readString(Path.of(sshd.key() + ".pub")).split(" ")[1];
        Address plain = sshd.address();
        Address forwarding = new Address(plain.name(), plain.host(), plain.port(), plain.user(), plain.key(),
                plain.knownHosts(), false, false, true, plain.connectTimeout());
        try (Agent agent = Agent.start(temporary, sshd.key());
                SshHost without = new SshHost(plain, agent.login());
                SshHost host = new SshHost(forwarding, agent.login())) {
            assertThat(host.run(list.withAgent()).text()).contains(offered);
            assertThat(host.run(List.of(Command.of("true").withAgent(), list)).get(1).ok()).isFalse();
            assertThat(host.run(list).ok()).isFalse();
            assertThat(without.run(list.withAgent()).ok()).isFalse();

            Path signed = Files.writeString(temporary.resolve("text"), "to sign");
            host.require("sign", Command.of(
                    "ssh-keygen", "-Y", "sign", "-f", sshd.key() + ".pub", "-n", "test", signed.toString())
                    .withAgent());
            assertThat(temporary.resolve("text.sig")).content().contains("BEGIN SSH SIGNATURE");
        }
    }

    private static final String OTHER = "canary-test";

    /** A user without any right, for what root cannot show. */
    private static void ensureOtherUser() throws IOException {
        List<String> add = new ArrayList<>(List.of("sh", "-c",
                "id -u \"$1\" >/dev/null 2>&1 || "
                        + "useradd --system --create-home --shell /bin/sh --password '*' \"$1\"",
                "sh", OTHER));
        TestSshd.tool(add);
    }

    private static Address asOther() {
        Address plain = sshd.address();
        return new Address(plain.name(), plain.host(), plain.port(), OTHER, plain.key(), plain.knownHosts(), false,
                true, false, plain.connectTimeout());
    }

    @Test
    void sudoThatWantsAPasswordSaysWhichLineIsMissing() throws IOException, HostException {
        ensureOtherUser();
        try (SshHost host = new SshHost(asOther(), Login.of(sshd.address(), Map.of()))) {
            assertThat(host.run(Command.of("id", "-un")).text()).isEqualTo(OTHER);
            assertThatThrownBy(() -> host.run(List.of(Command.of("true"), Command.of("nginx", "-t").root())))
                    .isExactlyInstanceOf(HostException.class)
                    .hasMessageContaining("does not let " + OTHER + " run `nginx -t` as root without a password")
                    .hasMessageContaining("sudo: a password is required")
                    .hasMessageContaining(OTHER + " ALL=(root) NOPASSWD: ALL");
            assertThatThrownBy(() -> host.require("read the secret", Command.of("cat").root()))
                    .isExactlyInstanceOf(HostException.class)
                    .hasMessageContaining("NOPASSWD");
        }
    }

    @Test
    void sudoGivesRootOnlyToTheCommandsThatNeedIt() throws IOException, HostException {
        ensureOtherUser();
        Path allowed = Path.of("/etc/sudoers.d/canary-test");
        Files.writeString(allowed, OTHER + " ALL=(root) NOPASSWD: ALL\n");
        Path closed = Files.createDirectory(temporary.resolve("closed"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (SshHost host = new SshHost(asOther(), Login.of(sshd.address(), Map.of()))) {
            var results = host.run(List.of(
                    Command.of("id", "-un").root(),
                    Command.of("id", "-un"),
                    Command.of("pwd").in(closed.toString()).root(),
                    Command.of("cat").input("in").root(),
                    Command.of("sleep", "20").timeout(Duration.ofSeconds(1)).root()));

            assertThat(results).extracting(Result::text).containsExactly("root", OTHER, closed.toString(), "in", "");
            assertThat(results.get(4).exit()).isEqualTo(124);
        } finally {
            Files.delete(allowed);
        }
    }
}
