package io.jenkins.plugins.canary.nginx;

/**
 * One word of a directive.
 *
 * @param value what NGINX understands: without quotes, escapes resolved, one character for each byte
 * @param span where it stands in the file, quotes included
 */
public record Word(String value, Span span) {
}
