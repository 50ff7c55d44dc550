package io.jenkins.plugins.canary.host;

import com.jcraft.jsch.HostKey;
import com.jcraft.jsch.HostKeyRepository;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.UserInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * The host keys of a {@code known_hosts} file, as JSch reads them, with two differences. A new host is appended as
 * one line (JSch would write the whole file anew). And a port of its own has a key of its own: for
 * {@code [host]:port} JSch also calls a key changed when plain {@code host} has another one, OpenSSH does not.
 */
final class HostKeys implements HostKeyRepository {

    private final HostKeyRepository known;
    private final Path file;
    private final boolean acceptNew;
    private byte[] offered = {};

    private HostKeys(HostKeyRepository known, Path file, boolean acceptNew) {
        this.known = known;
        this.file = file;
        this.acceptNew = acceptNew;
    }

    static HostKeys of(Address address) throws HostException {
        Path file = address.knownHosts();
        if (Files.exists(file) && !Files.isReadable(file)) {
            throw new HostException(address.name(), "cannot read the known hosts in " + file + " to check the key of "
                    + address.where() + ": give this process's user the right to read it");
        }
        try {
            JSch reader = new JSch();
            reader.setKnownHosts(file.toString());
            return new HostKeys(reader.getHostKeyRepository(), file, address.acceptNew());
        } catch (JSchException e) {
            throw new HostException(address.name(), "cannot read the known hosts in " + file + " to check the key of "
                    + address.where() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Accepts here rather than in {@link #add}: JSch asks for that only in a mode that takes changed keys too.
     * A host that is known by keys of other types only is not new: who pretends to be it would offer such a key.
     */
    @Override
    public int check(String host, byte[] key) {
        offered = key.clone();
        int verdict = known.check(host, key);
        if (verdict == OK) {
            return OK;
        }
        if (known(host).isEmpty()) {
            if (!acceptNew) {
                return NOT_INCLUDED;
            }
            record(host, key);
            return OK;
        }
        return CHANGED;
    }

    private void record(String host, byte[] key) {
        try {
            HostKey entry = new HostKey(host, key);
            Path directory = file.toAbsolutePath().getParent();
            if (!Files.exists(directory)) {
                Files.createDirectories(directory,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            String line = host + " " + entry.getType() + " " + entry.getKey() + "\n";
            boolean open = Files.exists(file) && Files.size(file) > 0 && !endsLine();
            Files.writeString(file, (open ? "\n" : "") + line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("could not record the new key of " + host + " in " + file, e);
        } catch (JSchException e) {
            throw new UncheckedIOException(new IOException("the key of " + host + " is of an unknown type", e));
        }
    }

    private boolean endsLine() throws IOException {
        byte[] content = Files.readAllBytes(file);
        return content[content.length - 1] == '\n';
    }

    /** The keys known for exactly this name; JSch appends those of the plain host to those of a port. */
    private List<HostKey> known(String host) {
        HostKey[] all = known.getHostKey(host, null);
        int plain = host.startsWith("[") && host.contains("]:")
                ? known.getHostKey(host.substring(1, host.indexOf("]:")), null).length
                : 0;
        return Arrays.stream(all, 0, all.length - plain).filter(key -> key.getMarker().isEmpty()).toList();
    }

    /** The key that the host showed last: type and fingerprint, as {@code ssh-keygen -l} prints it. */
    String offered() {
        return fingerprint(offered);
    }

    /** All keys known for this host: types and fingerprints. */
    String knownFor(String host) {
        return known(host).stream()
                .map(key -> fingerprint(Base64.getDecoder().decode(key.getKey())))
                .reduce((one, other) -> one + ", " + other)
                .orElse("none");
    }

    private static String fingerprint(byte[] key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key);
            // RFC 4253 6.6: a key starts with the length and the name of its type.
            int length = key.length < 4 ? 0 : Math.min(key[3] & 0xff, key.length - 4);
            String type = new String(key, Math.min(4, key.length), length, StandardCharsets.US_ASCII);
            return type + " SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public void add(HostKey key, UserInfo user) {
        throw new UnsupportedOperationException("host keys are recorded when they are checked");
    }

    @Override
    public void remove(String host, String type) {
        throw new UnsupportedOperationException("known hosts are never removed");
    }

    @Override
    public void remove(String host, String type, byte[] key) {
        throw new UnsupportedOperationException("known hosts are never removed");
    }

    @Override
    public String getKnownHostsRepositoryID() {
        return file.toString();
    }

    @Override
    public HostKey[] getHostKey() {
        return known.getHostKey();
    }

    @Override
    public HostKey[] getHostKey(String host, String type) {
        return known.getHostKey(host, type);
    }
}
