package io.jenkins.plugins.canary.host;

import com.jcraft.jsch.AgentIdentityRepository;
import com.jcraft.jsch.AgentProxyException;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchChangedHostKeyException;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.JSchRevokedHostKeyException;
import com.jcraft.jsch.JSchUnknownHostKeyException;
import com.jcraft.jsch.KeyPair;
import com.jcraft.jsch.SSHAgentConnector;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SocketFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

/** Makes SSH connections to one address, and says in an operator's words why one did not come about. */
final class Connection {

    /** A connection that went silent counts as lost after interval × (misses + 1). */
    private static final int ALIVE_INTERVAL_MILLIS = 5_000;
    private static final int ALIVE_MISSES = 3;

    private final Address address;
    private final Login login;

    Connection(Address address, Login login) {
        this.address = address;
        this.login = login;
    }

    /**
     * One try.
     *
     * @param limit for reaching the port, and for each answer of the handshake after it
     */
    Session open(Duration limit) throws HostException {
        HostKeys keys = HostKeys.of(address);
        JSch jsch = new JSch();
        int offered = identify(jsch);
        int millis = (int) Math.min(limit.toMillis(), Integer.MAX_VALUE);
        try {
            Session session = jsch.getSession(address.user(), address.host(), address.port());
            session.setHostKeyRepository(keys);
            session.setConfig("StrictHostKeyChecking", "yes");
            session.setConfig("PreferredAuthentications", "publickey");
            session.setServerAliveInterval(ALIVE_INTERVAL_MILLIS);
            session.setServerAliveCountMax(ALIVE_MISSES);
            session.setDaemonThread(true);
            session.setSocketFactory(new Sockets(millis));
            session.connect(millis);
            return session;
        } catch (JSchUnknownHostKeyException e) {
            throw new HostException(address.name(), address.where() + " is not a known host: it shows " + keys.offered()
                    + " and " + address.knownHosts() + " has no key of " + address.knownAs()
                    + ". Compare the fingerprint on the host (`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`), "
                    + "then add it: `ssh-keyscan -p " + address.port() + " " + address.host() + " >> "
                    + address.knownHosts() + "`, or set `acceptNew: true` for the host", e);
        } catch (JSchChangedHostKeyException e) {
            throw new HostKeyChanged(address.name(), "the host key of " + address.where() + " changed: it shows "
                    + keys.offered() + " but " + address.knownHosts() + " knows " + keys.knownFor(address.knownAs())
                    + ". Someone may be between you and the host, so nothing was sent.",
                    "If the host was set up anew, compare the fingerprint there (`ssh-keygen -lf"
                    + " /etc/ssh/ssh_host_ed25519_key.pub`) and drop the old key: `ssh-keygen -R '" + address.knownAs()
                    + "' -f " + address.knownHosts() + "`", e);
        } catch (JSchRevokedHostKeyException e) {
            throw new HostException(address.name(), "the host key " + keys.offered() + " of " + address.where()
                    + " is revoked in " + address.knownHosts() + ": whoever answers there is not the host", e);
        } catch (JSchException e) {
            throw failed(e, offered);
        } catch (UncheckedIOException e) {
            throw new HostException(address.name(), e.getMessage() + ": " + e.getCause().getMessage(), e);
        }
    }

    private HostException failed(JSchException e, int offered) {
        String message = String.valueOf(e.getMessage());
        if (message.startsWith("Auth ") || message.startsWith("USERAUTH fail")) {
            return new HostException(address.name(), refused(message, offered), e);
        }
        Throwable cause = e.getCause() == null ? e : e.getCause();
        String why;
        if (cause instanceof UnknownHostException) {
            why = "no address is known for the name " + address.host() + "; check `host:` and the DNS";
        } else if (cause instanceof SocketTimeoutException) {
            why = "no answer within " + address.connectTimeout().toMillis() + " ms; check that the host is up, that "
                    + "port " + address.port() + " is sshd's, and the firewalls between";
        } else if (cause instanceof ConnectException) {
            why = "nothing listens on the port (" + cause.getMessage() + "); check `port:` and that sshd runs there";
        } else if (cause instanceof NoRouteToHostException) {
            why = "no route leads there (" + cause.getMessage() + "); check the network and the firewalls between";
        } else {
            why = cause.getMessage() + "; look at sshd's log there (`journalctl -u ssh`)";
        }
        return new Unreachable(address.name(), "could not connect to " + address.where() + ": " + why, e);
    }

    private String refused(String message, int offered) {
        String methods = message.replaceFirst(".*methods '", "").replaceFirst("'.*", "");
        if (message.contains("methods '") && !methods.contains("publickey")) {
            return address.where() + " takes no keys for login, only " + methods
                    + ": set `PubkeyAuthentication yes` in its sshd_config";
        }
        String authorize = " for user " + address.user() + ": add its public half to ~" + address.user()
                + "/.ssh/authorized_keys there";
        if (login instanceof Login.KeyFile file) {
            return address.where() + " refused the key " + file.path() + authorize + " (`ssh-keygen -y -f "
                    + file.path() + "` prints it)";
        }
        if (login instanceof Login.Agent agent) {
            return address.where() + " refused all " + offered + " keys of the ssh-agent at " + agent.socket()
                    + " for user " + address.user() + ": add the right one (`ssh-add`), or the public half of one of "
                    + "them (`ssh-add -L`) to ~" + address.user() + "/.ssh/authorized_keys there";
        }
        return address.where() + " refused " + login + authorize;
    }

    /** @return how many keys the login offers */
    private int identify(JSch jsch) throws HostException {
        if (login instanceof Login.KeyFile file) {
            return add(jsch, file.toString(), read(file.path()), file.passphrase());
        }
        if (login instanceof Login.KeyContent content) {
            return add(jsch, content.toString(), content.key(), content.passphrase());
        }
        return agent(jsch, ((Login.Agent) login).socket());
    }

    private byte[] read(Path key) throws HostException {
        try {
            return Files.readAllBytes(key);
        } catch (NoSuchFileException e) {
            throw new HostException(address.name(), "there is no key file " + key + " to log in to " + address.where()
                    + " with; correct `key:`, or leave it out to use the ssh-agent", e);
        } catch (IOException e) {
            throw new HostException(address.name(), "cannot read the key " + key + " to log in to " + address.where()
                    + " with: " + e + "; give it to this process's user (`chown`, `chmod 600`)", e);
        }
    }

    private int add(JSch jsch, String name, byte[] key, byte[] passphrase) throws HostException {
        try {
            KeyPair pair = KeyPair.load(jsch, key.clone(), null);
            boolean encrypted = pair.isEncrypted();
            boolean decrypted = !encrypted || passphrase.length > 0 && pair.decrypt(passphrase.clone());
            pair.dispose();
            if (encrypted && passphrase.length == 0) {
                throw new HostException(address.name(), name + " for " + address.where() + " is protected by a "
                        + "passphrase and none was given; give it, or load the key into an ssh-agent and leave "
                        + "`key:` out");
            }
            if (!decrypted) {
                throw new HostException(address.name(), "the passphrase does not open " + name + " for "
                        + address.where() + "; try it with `ssh-keygen -y -f` and the key's file");
            }
            jsch.addIdentity(name, key, null, encrypted ? passphrase : null);
            return 1;
        } catch (JSchException e) {
            throw new HostException(address.name(), name + " for " + address.where() + " is not a private key of type "
                    + "ed25519, ECDSA or RSA: " + e.getMessage() + "; check that it is not the public half", e);
        }
    }

    private int agent(JSch jsch, Path socket) throws HostException {
        if (socket == null) {
            throw new HostException(address.name(), "there is no key to log in to " + address.where()
                    + " with: set `key:` for the host, or start an ssh-agent (SSH_AUTH_SOCK is not set)");
        }
        if (!Files.exists(socket)) {
            throw new HostException(address.name(), "no ssh-agent to log in to " + address.where() + " with: there is "
                    + "no socket " + socket + ", which SSH_AUTH_SOCK names; start one, or set `key:` for the host");
        }
        try {
            var agent = new AgentIdentityRepository(new SSHAgentConnector(socket));
            int keys = agent.getIdentities().size();
            if (keys == 0) {
                throw new HostException(address.name(), "the ssh-agent at " + socket + " has no keys, or does not "
                        + "answer, to log in to " + address.where() + " with; `ssh-add -l` shows what it has, "
                        + "`ssh-add` adds a key");
            }
            jsch.setIdentityRepository(agent);
            return keys;
        } catch (AgentProxyException e) {
            throw new HostException(address.name(), "cannot talk to the ssh-agent at " + socket + " to log in to "
                    + address.where() + ": " + e.getMessage(), e);
        }
    }

    /** Tries every address of a name (JSch only the first) and keeps the reason when none answers. */
    private record Sockets(int timeoutMillis) implements SocketFactory {

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            IOException failure = null;
            for (InetAddress address : InetAddress.getAllByName(host)) {
                Socket socket = new Socket();
                try {
                    socket.connect(new InetSocketAddress(address, port), timeoutMillis);
                    return socket;
                } catch (IOException e) {
                    socket.close();
                    if (failure != null) {
                        e.addSuppressed(failure);
                    }
                    failure = e;
                }
            }
            throw failure;
        }

        @Override
        public InputStream getInputStream(Socket socket) throws IOException {
            return socket.getInputStream();
        }

        @Override
        public OutputStream getOutputStream(Socket socket) throws IOException {
            return socket.getOutputStream();
        }
    }
}
