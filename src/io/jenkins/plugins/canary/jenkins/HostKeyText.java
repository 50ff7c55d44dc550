package io.jenkins.plugins.canary.jenkins;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The public keys of a host as an administrator writes them: lines of {@code known_hosts} (sshd(8)) without the name.
 * Empty lines and comments count for nothing.
 */
record HostKeyText(List<String> keys, Optional<String> problem) {

    private static final Set<String> TYPES = Set.of("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
            "ecdsa-sha2-nistp521", "ssh-rsa");

    static HostKeyText of(String text) {
        List<String> keys = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().map(String::strip).toList()) {
            number++;
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.split("\\s+");
            if (!TYPES.contains(words[0])) {
                String key = words.length > 2 && TYPES.contains(words[1])
                        ? "HostKeyText.hasName" : "HostKeyText.unknownType";
                return refused(Messages.text(key, number, words[0]));
            }
            if (words.length < 2 || !isKey(words[0], words[1])) {
                return refused(Messages.text("HostKeyText.broken", number, words[0]));
            }
            keys.add(words[0] + " " + words[1]);
        }
        return new HostKeyText(List.copyOf(keys), Optional.empty());
    }

    private static HostKeyText refused(String problem) {
        return new HostKeyText(List.of(), Optional.of(problem));
    }

    /** RFC 4253, 6.6: a key starts with the length and the name of its type; what follows is at least 32 bytes. */
    private static boolean isKey(String type, String base64) {
        try {
            byte[] key = Base64.getDecoder().decode(base64);
            byte[] name = type.getBytes(StandardCharsets.US_ASCII);
            return key.length >= 4 + name.length + 4 + 32
                    && key[0] == 0 && key[1] == 0 && key[2] == 0 && key[3] == name.length
                    && new String(key, 4, name.length, StandardCharsets.US_ASCII).equals(type);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** @param name the host as {@code known_hosts} has it */
    String knownHosts(String name) {
        StringBuilder lines = new StringBuilder();
        keys.forEach(key -> lines.append(name).append(' ').append(key).append('\n'));
        return lines.toString();
    }
}
