package io.jenkins.plugins.canary.host;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A private OpenSSH server on a free port of 127.0.0.1, with keys and configuration of its own. It runs as the
 * user of the test and lets that user in; started by root, any other user too.
 */
public final class TestSshd implements AutoCloseable {

    public static final String USER = System.getProperty("user.name");

    private static final Path SSHD = Path.of("/usr/sbin/sshd");

    private final Path directory;
    private final int port;
    private Process process;

    private TestSshd(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /**
     * @param directory an empty one, such as a {@code @TempDir}; others get the right to enter it, since sshd reads
     *     authorized keys as the user who logs in
     * @param config lines for sshd_config that come before the fixture's own: sshd takes the first of a kind
     */
    public static TestSshd start(Path directory, String... config) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        if (USER.equals("root")) {
            Files.createDirectories(Path.of("/run/sshd"));
        }
        TestSshd sshd = new TestSshd(directory, freePort());
        sshd.newKey("host_key", "ed25519", "");
        sshd.newKey("key", "ed25519", "");
        sshd.authorize(sshd.key());
        sshd.know("host_key.pub");
        List<String> lines = new ArrayList<>(List.of(config));
        lines.addAll(List.of(
                "ListenAddress 127.0.0.1:" + sshd.port,
                "HostKey " + directory.resolve("host_key"),
                "AuthorizedKeysFile " + directory.resolve("authorized_keys"),
                "PidFile " + directory.resolve("sshd.pid"),
                "PermitRootLogin yes",
                "PasswordAuthentication no",
                "KbdInteractiveAuthentication no",
                "UsePAM no",
                "StrictModes no",
                "AllowTcpForwarding yes",
                "AllowAgentForwarding yes",
                "LogLevel VERBOSE"));
        Files.write(directory.resolve("sshd_config"), lines);
        sshd.listen();
        return sshd;
    }

    /** Starts the server again after {@link #stop}, on the same port. */
    public void listen() throws IOException {
        process = new ProcessBuilder(SSHD.toString(), "-D", "-e", "-f", directory.resolve("sshd_config").toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("sshd.log").toFile()))
                .start();
        Await.until("sshd listens, its log says:\n" + log(), this::answers);
    }

    private boolean answers() throws IOException {
        if (!process.isAlive()) {
            throw new IOException("sshd ended: " + log());
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return new String(socket.getInputStream().readNBytes(4), StandardCharsets.US_ASCII).equals("SSH-");
        } catch (java.net.ConnectException e) {
            return false;
        }
    }

    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    public int port() {
        return port;
    }

    /** The name of this server in {@code known_hosts}. */
    public String knownAs() {
        return "[127.0.0.1]:" + port;
    }

    /** A private key that the server lets in. */
    public Path key() {
        return directory.resolve("key");
    }

    /** Holds the server's host key. */
    public Path knownHosts() {
        return directory.resolve("known_hosts");
    }

    public Address address() {
        return address("web1", USER);
    }

    public Address address(String name, String user) {
        return new Address(name, "127.0.0.1", port, user, key(), knownHosts(), false, false, false,
                Address.DEFAULT_CONNECT_TIMEOUT);
    }

    public SshHost host() {
        return new SshHost(address(), Login.of(address(), Map.of()));
    }

    /** Makes a key pair; the public half is beside it, with {@code .pub}. */
    public Path newKey(String name, String type, String passphrase, String... options) throws IOException {
        Path key = directory.resolve(name);
        List<String> words = new ArrayList<>(List.of(
                "ssh-keygen", "-q", "-t", type, "-N", passphrase, "-C", name, "-f", key.toString()));
        words.addAll(List.of(options));
        tool(words);
        return key;
    }

    public void authorize(Path key) throws IOException {
        Files.writeString(directory.resolve("authorized_keys"), Files.readString(Path.of(key + ".pub")),
                StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void know(String publicKey) throws IOException {
        Files.writeString(knownHosts(), knownAs() + " " + Files.readString(directory.resolve(publicKey)));
    }

    /** The processes of sshd for its connections, without the commands they run. */
    public List<ProcessHandle> sessions() {
        return process.descendants()
                .filter(child -> child.info().command()
                        .map(command -> Path.of(command).getFileName().toString().startsWith("sshd"))
                        .orElse(false))
                .toList();
    }

    /** Cuts every connection, as a network does: no goodbye, the commands are left to themselves. */
    public void killSessions() {
        List<ProcessHandle> sessions = sessions();
        sessions.forEach(ProcessHandle::destroyForcibly);
        Await.until("the sessions of sshd ended", () -> sessions.stream().noneMatch(ProcessHandle::isAlive));
    }

    /** Ends the server and its connections. */
    public void stop() {
        List<ProcessHandle> sessions = sessions();
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                throw new AssertionError("sshd did not end: " + log());
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while sshd ended", e);
        }
        sessions.forEach(ProcessHandle::destroyForcibly);
        Await.until("the sessions of sshd ended", () -> sessions.stream().noneMatch(ProcessHandle::isAlive));
    }

    public String log() {
        try {
            Path log = directory.resolve("sshd.log");
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new AssertionError("cannot read the log of sshd", e);
        }
    }

    @Override
    public void close() {
        stop();
    }

    /** Runs a tool of the test itself; it must succeed. */
    public static String tool(List<String> words) throws IOException {
        Process tool = new ProcessBuilder(words).redirectErrorStream(true).start();
        tool.getOutputStream().close();
        String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (tool.waitFor() != 0) {
                throw new AssertionError(String.join(" ", words) + " gave " + tool.exitValue() + ": " + said);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
        return said;
    }
}
