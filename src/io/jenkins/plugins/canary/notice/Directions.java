package io.jenkins.plugins.canary.notice;

import io.jenkins.plugins.canary.event.NextSteps;
import java.io.Serializable;

/**
 * What a reader needs to go on. An empty text is one that is not there.
 *
 * @param log the address of the build's log
 * @param page the address of the page about the rollout
 * @param next how to go on from a held canary
 */
public record Directions(String log, String page, NextSteps next) implements Serializable {}
