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

    /** What another process must know to go on; the {@code .env} itself stays a secret. */
    Map<String, Object> facts() {
        return Map.of("shares", shares, "commit", commit.orElse(""), "envGiven", env.isPresent());
    }

    /** The request of a rollout that stopped, for the very commit that it was about. */
    static DeployRequest of(Unfinished left) {
        return new DeployRequest(
                left.shares(), left.text("commit").filter(commit -> !commit.isEmpty()), Optional.empty());
    }
}
