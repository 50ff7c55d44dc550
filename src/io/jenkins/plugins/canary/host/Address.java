package io.jenkins.plugins.canary.host;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * Where a host is and how to log in to it; no secrets, so it may be logged. Those are in {@link Login}.
 *
 * @param name the host's name in the plan, for messages
 * @param host a DNS name or an IP address; an IPv6 address stands without brackets
 * @param port 1 to 65535
 * @param user who logs in
 * @param key the private key's file, or null: the SSH agent's keys
 * @param knownHosts OpenSSH's {@code known_hosts}; the file may be missing as long as no host is known
 * @param acceptNew whether a host that {@code knownHosts} has no key of is accepted and recorded there; one whose
 *     key changed never is
 * @param sudo whether commands that need root run through {@code sudo -n}
 * @param forwardAgent whether commands that ask for it may use the keys of this login
 * @param connectTimeout how long one try to connect may take
 */
public record Address(
        String name,
        String host,
        int port,
        String user,
        Path key,
        Path knownHosts,
        boolean acceptNew,
        boolean sudo,
        boolean forwardAgent,
        Duration connectTimeout) {

    public static final int DEFAULT_PORT = 22;
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(10);

    public Address {
        Objects.requireNonNull(name);
        Objects.requireNonNull(host);
        Objects.requireNonNull(user);
        Objects.requireNonNull(knownHosts);
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " of host " + name + " is not within 1 to 65535");
        }
        if (connectTimeout.toMillis() < 1) {
            throw new IllegalArgumentException("the connect timeout of host " + name + " is not positive");
        }
    }

    /** The host as {@code known_hosts} names it: {@code [host]:port} unless the port is 22, sshd(8). */
    String knownAs() {
        return port == DEFAULT_PORT ? host : "[" + host + "]:" + port;
    }

    /** For messages: the plan's name and what it stands for. */
    String where() {
        return name + " (" + user + "@" + host + ", port " + port + ")";
    }
}
