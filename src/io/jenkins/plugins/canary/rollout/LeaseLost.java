package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.host.HostException;

/** The lease is another's now: nothing more may be changed, not even back. */
final class LeaseLost extends HostException {

    LeaseLost(String host, String message) {
        super(host, message);
    }
}
