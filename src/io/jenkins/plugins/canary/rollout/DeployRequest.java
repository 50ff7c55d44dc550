package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.release.EnvText;
import java.util.Map;
import java.util.Optional;

/**
 * What a person or a pipeline asks for.
 *
 * @param shares of each service in percent, for {@code canary-manual}; empty: the plan's steps
 * @param commit a hash, or empty for the newest of the plan's branch
 * @param env the release's {@code .env}, or empty for the stable slot's
 */
public record DeployRequest(Map<String, Double> shares, Optional<String> commit, Optional<EnvText> env) {

    public DeployRequest {
        shares = Map.copyOf(shares);
    }
}
