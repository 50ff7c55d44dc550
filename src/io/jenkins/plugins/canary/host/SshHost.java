package io.jenkins.plugins.canary.host;

import com.jcraft.jsch.Channel;
import com.jcraft.jsch.ChannelDirectTCPIP;
import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/** A host behind an OpenSSH server: one connection, made at the first call, made again after it dropped. */
public final class SshHost extends ShellHost {

    private static final String LOOPBACK = "127.0.0.1";

    /** For an sshd that restarts or a network that flaps; a host that was never reached fails at once. */
    private static final Duration RECONNECT = Duration.ofSeconds(15);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

    /** Of the 10 sessions that sshd allows on a connection. */
    private static final int MOST_IDLE = 2;

    /** RFC 4254 5.1: SSH_OPEN_ADMINISTRATIVELY_PROHIBITED. */
    private static final int PROHIBITED = 1;

    private final Address address;
    private final Connection connection;
    /** Shells that wait for their next script: each new one runs the rc files of the login shell first. */
    private final Deque<SshShell> idle = new ArrayDeque<>();
    private final Map<Integer, Integer> forwards = new LinkedHashMap<>();
    private Session session;
    private boolean closed;

    public SshHost(Address address, Login login) {
        super(address.name(), address.user(), address.sudo());
        this.address = address;
        this.connection = new Connection(address, login);
    }

    /**
     * @throws Unreachable nothing could run; after a drop only when tries with growing pauses failed for 15 s
     */
    private synchronized Session session() throws HostException {
        if (closed) {
            throw new IllegalStateException("host " + name() + " is closed");
        }
        if (session == null || !session.isConnected()) {
            session = session == null ? connection.open(address.connectTimeout()) : reconnect();
            restoreForwards();
        }
        return session;
    }

    private Session reconnect() throws HostException {
        Instant deadline = Instant.now().plus(RECONNECT);
        Duration pause = FIRST_PAUSE;
        while (true) {
            Duration left = Duration.between(Instant.now(), deadline);
            try {
                return connection.open(left.compareTo(address.connectTimeout()) < 0 ? left : address.connectTimeout());
            } catch (Unreachable e) {
                if (Instant.now().plus(pause).plusSeconds(1).isAfter(deadline)) {
                    throw e;
                }
                pause(pause, e);
                pause = pause.multipliedBy(2);
            }
        }
    }

    private void pause(Duration pause, Unreachable reason) throws Unreachable {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reason.addSuppressed(e);
            throw reason;
        }
    }

    private void restoreForwards() throws HostException {
        for (Map.Entry<Integer, Integer> forward : forwards.entrySet()) {
            listen(forward.getKey(), forward.getValue());
        }
    }

    @Override
    Shell shell(boolean agent) throws HostException {
        boolean withAgent = agent && address.forwardAgent();
        Session current = session();
        if (!withAgent) {
            Shell waiting = takeIdle();
            if (waiting != null) {
                return waiting;
            }
        }
        try {
            return new SshShell(current, withAgent);
        } catch (JSchException e) {
            if (current.isConnected()) {
                throw noChannel(e);
            }
        }
        // It had dropped unnoticed since the last call. Nothing was sent, so nothing ran.
        try {
            return new SshShell(session(), withAgent);
        } catch (JSchException e) {
            throw noChannel(e);
        }
    }

    private Shell takeIdle() {
        synchronized (idle) {
            SshShell shell = idle.poll();
            while (shell != null && !shell.waits()) {
                shell = idle.poll();
            }
            return shell;
        }
    }

    private boolean keepIdle(SshShell shell) {
        synchronized (idle) {
            return shell.waits() && idle.size() < MOST_IDLE && idle.add(shell);
        }
    }

    private HostException noChannel(JSchException e) {
        return new HostException(name(), address.where() + " gave no shell: " + e.getMessage()
                + "; more at once than MaxSessions in its sshd_config allows (10 by default)?", e);
    }

    /**
     * {@inheritDoc}
     *
     * <p>After the connection dropped, the same local port leads there again as soon as the next call made a new one.
     */
    @Override
    public synchronized OptionalInt forward(int port) throws HostException {
        Session current = session();
        if (forwards.containsKey(port)) {
            return OptionalInt.of(forwards.get(port));
        }
        boolean may;
        try {
            may = mayForward(current, port);
        } catch (ConnectionLost e) {
            may = mayForward(session(), port);
        }
        if (!may) {
            return OptionalInt.empty();
        }
        int local = listen(port, 0);
        forwards.put(port, local);
        return OptionalInt.of(local);
    }

    private int listen(int port, int local) throws HostException {
        try {
            return session.setPortForwardingL(LOOPBACK, local, LOOPBACK, port);
        } catch (JSchException e) {
            throw new HostException(name(), "could not listen on this machine's 127.0.0.1:" + local + " for port "
                    + port + " of " + address.where() + ": " + e.getMessage(), e);
        }
    }

    /** Asks sshd by opening a connection to the port; one that nothing listens on is refused with another reason. */
    private boolean mayForward(Session current, int port) throws HostException {
        ChannelDirectTCPIP probe = null;
        try {
            probe = (ChannelDirectTCPIP) channel(current, "direct-tcpip");
            probe.setHost(LOOPBACK);
            probe.setPort(port);
            probe.connect((int) address.connectTimeout().toMillis());
            return true;
        } catch (JSchException e) {
            if (probe == null || !current.isConnected()) {
                throw new ConnectionLost(name(), "the connection to " + address.where()
                        + " dropped while a forwarding to its port " + port + " was tried", e);
            }
            return probe.getExitStatus() != PROHIBITED;
        } finally {
            if (probe != null) {
                probe.disconnect();
            }
        }
    }

    /** JSch gives no channel, and no word, where the connection breaks at that moment. */
    private static Channel channel(Session session, String type) throws JSchException {
        Channel channel = session.openChannel(type);
        if (channel == null) {
            session.disconnect();
            throw new JSchException("the connection dropped");
        }
        return channel;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (session != null) {
            session.disconnect();
        }
    }

    private final class SshShell implements Shell {

        /** Every login shell in use (sh, bash, zsh, fish, csh) takes these words the same way. */
        private static final String COMMAND = "exec /bin/sh";

        private static final long END_MILLIS = 2_000;
        private static final long LOOK_MILLIS = 5;

        private final ChannelExec channel;
        private final Head errors = new Head();
        private final boolean agent;
        private final Pipe output = new Pipe();
        private final InputStream reader = output.reader();
        private final OutputStream input;

        SshShell(Session session, boolean agent) throws JSchException {
            this.agent = agent;
            channel = (ChannelExec) channel(session, "exec");
            channel.setCommand(COMMAND);
            channel.setAgentForwarding(agent);
            channel.setErrStream(errors);
            channel.setOutputStream(output);
            try {
                input = channel.getOutputStream();
            } catch (IOException e) {
                throw new JSchException("no streams: " + e.getMessage(), e);
            }
            // With a limit of its own JSch would look for sshd's consent every 10 ms; without, opening is bounded
            // by 20 s and the consent shows in the answer.
            channel.connect();
        }

        @Override
        public OutputStream input() {
            return input;
        }

        @Override
        public InputStream output() {
            return reader;
        }

        @Override
        public String errors() {
            awaitEnd();
            return errors.text();
        }

        @Override
        public OptionalInt exit() {
            awaitEnd();
            if (channel.getExitStatus() >= 0) {
                return OptionalInt.of(channel.getExitStatus());
            }
            return channel.getExitSignal() == null ? OptionalInt.empty() : OptionalInt.of(128);
        }

        /** JSch tells nobody when a channel closed, so it is looked at. */
        private void awaitEnd() {
            long deadline = System.nanoTime() + END_MILLIS * 1_000_000;
            try {
                while (!channel.isClosed() && System.nanoTime() < deadline) {
                    Thread.sleep(LOOK_MILLIS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        boolean waits() {
            return channel.isConnected() && !channel.isClosed() && !channel.isEOF();
        }

        /** A shell with an agent goes: the agent is only for commands that ask for it. */
        @Override
        public void release() {
            if (agent || !keepIdle(this)) {
                close();
            }
        }

        @Override
        public void close() {
            channel.disconnect();
        }
    }
}
