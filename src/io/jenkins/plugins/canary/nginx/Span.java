package io.jenkins.plugins.canary.nginx;

/**
 * A range of a file's bytes.
 *
 * @param start offset of its first byte
 * @param end offset after its last byte
 */
public record Span(int start, int end) {

    public Span {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("no span: " + start + " to " + end);
        }
    }
}
