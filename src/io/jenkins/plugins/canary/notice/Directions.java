package io.jenkins.plugins.canary.notice;

import java.io.Serializable;

/**
 * What a reader needs to go on. An empty text is one that is not there.
 *
 * @param log the address of the build's log
 * @param page the address of the page about the rollout
 * @param promote how to promote a held canary, such as {@code canary promote --plan canary.yml}
 * @param rollback how to send it back
 */
public record Directions(String log, String page, String promote, String rollback) implements Serializable {}
