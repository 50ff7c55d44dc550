package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.event.State;
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

    /** Whether a text is a commit's hash, whole or at least 7 digits of it. */
    public static boolean isHash(String text) {
        return text.matches("[0-9a-fA-F]{7,64}");
    }

    /** What another process must know to go on; the {@code .env} itself stays a secret. */
    Map<String, Object> facts() {
        return Map.of("shares", shares, "commit", commit.orElse(""), "envGiven", env.isPresent());
    }

    /** @throws Refused the release's {@code .env} was given and is needed again, but not at hand */
    void requireEnv(Unfinished left) throws Refused {
        if (env.isEmpty() && left.flag("envGiven") && left.state() != State.SHIFTING && left.state() != State.PROMOTING) {
            throw new Refused("it stopped before its containers ran, and the .env that it was started with is kept"
                    + " nowhere. Deploy again with --env-file.");
        }
    }

    /**
     * The request of a rollout that stopped, for the very commit that it was about.
     *
     * @param env its {@code .env}, which no journal has, where whoever goes on knows it
     */
    static DeployRequest of(Unfinished left, Optional<EnvText> env) {
        return new DeployRequest(left.shares(), left.text("commit").filter(commit -> !commit.isEmpty()), env);
    }
}
