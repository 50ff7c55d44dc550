package io.jenkins.plugins.canary.jenkins;

import io.jenkins.plugins.canary.host.Login;
import io.jenkins.plugins.canary.plan.Plan.HostEntry;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How a rollout reaches one host of its plan, decided on the controller. It goes to the node with the key in it and is
 * never saved; its {@code toString} shows no secret.
 */
final class HostAccess implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String host;
    private final Vouched vouched;
    private final Key key;

    /**
     * @param host its name in the plan
     * @param vouched what an administrator says of it, or null where the plan's own word counts
     * @param key how to log in, or null for the SSH agent of the build
     */
    HostAccess(String host, Vouched vouched, Key key) {
        this.host = host;
        this.vouched = vouched;
        this.key = key;
    }

    /**
     * What an administrator says of a host.
     *
     * @param user empty: the plan's
     * @param knownHosts its keys as a {@code known_hosts} text; empty: the node's own {@code known_hosts}
     * @param nginxCommand empty: the plan's
     */
    record Vouched(String address, int port, String user, String knownHosts, String nginxCommand)
            implements Serializable {}

    /**
     * A private key from Jenkins' credentials.
     *
     * @param id the credential's, for messages
     * @param user who logs in where neither administrator nor plan says it
     */
    record Key(String id, String user, String privateKey, String passphrase) implements Serializable {

        Login login() {
            return new Login.KeyContent(id, privateKey.getBytes(StandardCharsets.UTF_8),
                    passphrase.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String toString() {
            return "the key of credential " + id;
        }
    }

    String host() {
        return host;
    }

    Optional<Vouched> vouched() {
        return Optional.ofNullable(vouched);
    }

    Optional<Key> key() {
        return Optional.ofNullable(key);
    }

    /**
     * The plan's entry as it is to be used.
     *
     * @param knownHosts the file with the administrator's keys of the host, where there are any
     */
    HostEntry entry(HostEntry planned, Path knownHosts) {
        String user = vouched().map(Vouched::user).filter(name -> !name.isEmpty()).or(planned::user)
                .or(() -> key().map(Key::user).filter(name -> !name.isEmpty())).orElse(null);
        if (vouched == null) {
            return new HostEntry(planned.address(), planned.port(), Optional.ofNullable(user), planned.key(),
                    planned.knownHosts(), planned.acceptNew(), planned.sudo(), planned.forwardAgent());
        }
        return new HostEntry(vouched.address(), vouched.port(), Optional.ofNullable(user), Optional.empty(),
                vouched.knownHosts().isEmpty() ? planned.knownHosts() : knownHosts.toString(), false, planned.sudo(),
                planned.forwardAgent());
    }
}
