package io.jenkins.plugins.canary.host;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * What proves to a host who logs in. Passwords are not taken. Secrets never show in {@code toString}.
 */
public sealed interface Login {

    /** The login of an address: its key without a passphrase, or else the agent of {@code SSH_AUTH_SOCK}. */
    static Login of(Address address, Map<String, String> environment) {
        return address.key() != null
                ? new KeyFile(address.key(), new byte[0])
                : Agent.of(environment);
    }

    /**
     * A private key in a file: ed25519, ECDSA or RSA, in OpenSSH's, PEM or PKCS#8 form.
     *
     * @param passphrase empty for a key without one
     */
    record KeyFile(Path path, byte[] passphrase) implements Login {

        public KeyFile {
            Objects.requireNonNull(path);
            passphrase = passphrase.clone();
        }

        @Override
        public byte[] passphrase() {
            return passphrase.clone();
        }

        @Override
        public String toString() {
            return "the key " + path;
        }
    }

    /**
     * A private key that came from a credential store.
     *
     * @param name the credential's name, for messages
     * @param key the file's content
     * @param passphrase empty for a key without one
     */
    record KeyContent(String name, byte[] key, byte[] passphrase) implements Login {

        public KeyContent {
            Objects.requireNonNull(name);
            key = key.clone();
            passphrase = passphrase.clone();
        }

        @Override
        public byte[] key() {
            return key.clone();
        }

        @Override
        public byte[] passphrase() {
            return passphrase.clone();
        }

        @Override
        public String toString() {
            return "the key of credential " + name;
        }
    }

    /**
     * The keys of an ssh-agent.
     *
     * @param socket its Unix socket, or null where none is known: connecting then says so
     */
    record Agent(Path socket) implements Login {

        public static Agent of(Map<String, String> environment) {
            String socket = environment.getOrDefault("SSH_AUTH_SOCK", "");
            return new Agent(socket.isEmpty() ? null : Path.of(socket));
        }

        @Override
        public String toString() {
            return "the keys of the ssh-agent at " + socket;
        }
    }
}
