package io.jenkins.plugins.canary.routing;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.jenkins.plugins.canary.nginx.ConfigTree;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** NGINX's files where it sees them and where they are on the host: not the same for one in a container. */
final class NginxFiles {

    /** @param destination what the container sees; a file or a directory, as its source is */
    private record Mount(String source, String destination) {}

    private final List<Mount> mounts;

    private NginxFiles(List<Mount> mounts) {
        this.mounts = mounts;
    }

    static NginxFiles onHost() {
        return new NginxFiles(List.of(new Mount("", "")));
    }

    /** @param json the container's {@code .Mounts} (Docker Engine API, ContainerInspect) */
    static NginxFiles inContainer(String json) {
        List<Mount> mounts = new ArrayList<>();
        for (JsonElement mount : JsonParser.parseString(json).getAsJsonArray()) {
            mounts.add(new Mount(
                    mount.getAsJsonObject().get("Source").getAsString(),
                    mount.getAsJsonObject().get("Destination").getAsString()));
        }
        return new NginxFiles(mounts);
    }

    /** Where a file that NGINX sees is on the host; empty where it lives in the container only. */
    Optional<String> onHost(String path) {
        return mounts.stream()
                .filter(mount -> isUnder(path, mount.destination()))
                .reduce((one, other) -> one.destination().length() >= other.destination().length() ? one : other)
                .map(mount -> mount.source() + path.substring(mount.destination().length()));
    }

    /** Whether a file is mounted alone, so that it must keep its inode. */
    boolean isMountedAlone(String path) {
        return mounts.stream().anyMatch(mount -> mount.destination().equals(path));
    }

    /** Reads what {@link io.jenkins.plugins.canary.commands.Nginx#read} printed. */
    static ConfigTree tree(byte[] printed) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        String main = "";
        int at = 0;
        while (at < printed.length) {
            int lineEnd = at;
            while (printed[lineEnd] != '\n') {
                lineEnd++;
            }
            String[] head = new String(printed, at, lineEnd - at, StandardCharsets.UTF_8).split(" ", 2);
            int size = Integer.parseInt(head[0]);
            byte[] content = new byte[size];
            System.arraycopy(printed, lineEnd + 1, content, 0, size);
            main = main.isEmpty() ? head[1] : main;
            files.put(head[1], content);
            at = lineEnd + 1 + size;
        }
        return ConfigTree.of(main, files);
    }

    static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static boolean isUnder(String path, String directory) {
        return path.equals(directory) || directory.isEmpty() || path.startsWith(directory + "/");
    }
}
