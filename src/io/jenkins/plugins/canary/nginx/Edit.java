package io.jenkins.plugins.canary.nginx;

/**
 * A replacement of one span of a file.
 *
 * @param text what comes in its place, one character (at most U+00FF) for each byte
 */
public record Edit(Span span, String text) {
}
