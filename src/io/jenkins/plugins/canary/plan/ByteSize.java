package io.jenkins.plugins.canary.plan;

/**
 * A number of bytes, written as {@code 100MB}; the units are decimal (1 kB is 1000 bytes).
 *
 * @param bytes at least 0
 */
public record ByteSize(long bytes) {

    @Override
    public String toString() {
        return bytes % 1_000_000 == 0 ? bytes / 1_000_000 + " MB" : bytes + " bytes";
    }
}
