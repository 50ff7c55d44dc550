package io.jenkins.plugins.canary.jenkins;

import java.util.Optional;

/** This plugin's version, as its manifest has it. */
final class PluginVersion {

    private PluginVersion() {}

    static String get() {
        return Optional.ofNullable(PluginVersion.class.getPackage().getImplementationVersion()).orElse("unknown");
    }
}
