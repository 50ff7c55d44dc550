package io.jenkins.plugins.canary.jenkins;

import hudson.AbortException;
import hudson.Extension;
import io.jenkins.plugins.canary.plan.Plan;
import java.util.Map;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code setNginxWeights}: sets shares and verifies them; a service that is not named keeps its own. */
public final class SetNginxWeightsStep extends SharesStep {

    private static final long serialVersionUID = 1L;

    @DataBoundConstructor
    public SetNginxWeightsStep() {}

    @Override
    Work work(Plan plan) throws AbortException {
        Map<String, Double> given = sharesOf(plan);
        if (given.isEmpty()) {
            throw new AbortException("setNginxWeights needs `share: 30` or `shares: [backend: 30]`");
        }
        return Work.weights(given);
    }

    @Extension
    public static final class DescriptorImpl extends SharesStepDescriptor {

        @Override
        public String getFunctionName() {
            return "setNginxWeights";
        }

        @Override
        public String getDisplayName() {
            return Messages.text("SetNginxWeightsStep.displayName");
        }
    }
}
