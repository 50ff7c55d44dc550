package io.jenkins.plugins.canary.library;

/** How a library is added to Jenkins: globally by an administrator, or in a folder by a team. */
enum Mode {
    TRUSTED,
    SANDBOXED
}
