package io.jenkins.plugins.canary.nginx;

/**
 * A comment, from its {@code #} to the end of its line; the line end (LF or CRLF) is not part of it.
 *
 * @param line counted from 1
 */
public record Comment(Span span, int line) {
}
