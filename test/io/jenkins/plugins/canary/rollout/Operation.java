package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.plan.DeployType;
import java.util.Map;
import java.util.Optional;

/** What a deployer can be told to do, by a name that another process understands. */
enum Operation {
    CANARY_AUTO {
        @Override
        Outcome on(Rollout rollout, double share) {
            return rollout.deploy(DeployType.CANARY_AUTO, new DeployRequest(Map.of(), Optional.empty(), Optional.empty()));
        }
    },
    PROMOTE {
        @Override
        Outcome on(Rollout rollout, double share) {
            return rollout.promote();
        }
    },
    ROLLBACK {
        @Override
        Outcome on(Rollout rollout, double share) {
            return rollout.rollback(false);
        }
    },
    WEIGHTS {
        @Override
        Outcome on(Rollout rollout, double share) {
            return rollout.setWeights(Map.of("backend", share));
        }
    },
    RESUME {
        @Override
        Outcome on(Rollout rollout, double share) {
            return rollout.resume();
        }
    };

    /** @param share of the backend, for {@link #WEIGHTS} */
    abstract Outcome on(Rollout rollout, double share);
}
