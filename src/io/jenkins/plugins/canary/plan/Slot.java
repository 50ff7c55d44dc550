package io.jenkins.plugins.canary.plan;

/**
 * One of an app's two places to run a release in.
 *
 * @param file the Compose file, relative to the directory
 * @param project the Compose project
 * @param directory the working copy, absolute
 */
public record Slot(SlotName name, String file, String project, String directory) {}
