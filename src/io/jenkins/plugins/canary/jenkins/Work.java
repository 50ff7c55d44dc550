package io.jenkins.plugins.canary.jenkins;

import io.jenkins.plugins.canary.plan.DeployType;
import io.jenkins.plugins.canary.release.EnvText;
import io.jenkins.plugins.canary.rollout.DeployRequest;
import io.jenkins.plugins.canary.rollout.Outcome;
import io.jenkins.plugins.canary.rollout.Rollout;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What a step asks of the engine, as it goes to the node that does it. */
final class Work implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final String WEIGHTS = "weights";

    private final String action;
    private final LinkedHashMap<String, Double> shares;
    private final String commit;
    private final boolean gradual;

    private Work(String action, Map<String, Double> shares, String commit, boolean gradual) {
        this.action = action;
        this.shares = new LinkedHashMap<>(shares);
        this.commit = commit;
        this.gradual = gradual;
    }

    /**
     * @param shares by service, for {@code canary-manual}
     * @param commit a hash, or empty for the newest of the plan's branch
     */
    static Work deploy(DeployType type, Map<String, Double> shares, String commit) {
        return new Work(type.label(), shares, commit, false);
    }

    static Work weights(Map<String, Double> shares) {
        return new Work(WEIGHTS, shares, "", false);
    }

    static Work promote() {
        return new Work(DeployType.PROMOTE_CANARY.label(), Map.of(), "", false);
    }

    static Work rollback(boolean gradual) {
        return new Work(DeployType.ROLLBACK.label(), Map.of(), "", gradual);
    }

    /** Whether it brings a commit to the hosts. */
    boolean deploys() {
        return !action.equals(WEIGHTS) && !action.equals(DeployType.PROMOTE_CANARY.label())
                && !action.equals(DeployType.ROLLBACK.label());
    }

    boolean namesACommit() {
        return !commit.isEmpty();
    }

    Work withCommit(String found) {
        return new Work(action, shares, found, gradual);
    }

    Outcome on(Rollout rollout, Optional<EnvText> env) {
        if (action.equals(WEIGHTS)) {
            return rollout.setWeights(shares);
        }
        DeployType type = DeployType.of(action).orElseThrow();
        return switch (type) {
            case PROMOTE_CANARY -> rollout.promote();
            case ROLLBACK -> rollout.rollback(gradual);
            case CANARY_AUTO, CANARY_MANUAL, STABLE -> rollout.deploy(type,
                    new DeployRequest(shares, Optional.of(commit).filter(hash -> !hash.isEmpty()), env));
        };
    }
}
