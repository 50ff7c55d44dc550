package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.nginx.Weights;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.release.EnvText;
import io.jenkins.plugins.canary.release.Release;
import java.util.Optional;

/**
 * Whether a release that is asked for runs already: its commit with the same {@code .env}, in containers that a rollout
 * started for it and that work. Then nothing is restarted.
 */
final class AlreadyThere {

    private final Site site;
    private final Traffic traffic;

    AlreadyThere(Site site, Traffic traffic) {
        this.site = site;
        this.traffic = traffic;
    }

    /** As the stable release, which serves everyone. */
    boolean asStable(Release release, Optional<EnvText> env) throws Refused, HostException {
        return !canaryServes() && runs(SlotName.STABLE, site.memory().stable(), release, env);
    }

    /** As the canary, with a share. */
    boolean asCanary(Release release, Optional<EnvText> env) throws Refused, HostException {
        return canaryServes() && runs(SlotName.CANARY, site.memory().canary(), release, env);
    }

    private boolean canaryServes() throws Refused, HostException {
        return traffic.weights().values().stream().anyMatch(Weights::canaryHasUsers);
    }

    private boolean runs(SlotName slot, Optional<Release> there, Release release, Optional<EnvText> env)
            throws Refused, HostException {
        return there.map(Release::commit).filter(release.commit()::equals).isPresent()
                && site.deployment(slot).runs(release, env)
                && site.healthyNow(slot);
    }
}
