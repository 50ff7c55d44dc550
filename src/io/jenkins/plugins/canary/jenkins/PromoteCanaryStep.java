package io.jenkins.plugins.canary.jenkins;

import hudson.Extension;
import io.jenkins.plugins.canary.plan.Plan;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code promoteCanary}: the held canary becomes the stable release. */
public final class PromoteCanaryStep extends RolloutStep {

    private static final long serialVersionUID = 1L;

    @DataBoundConstructor
    public PromoteCanaryStep() {}

    @Override
    Work work(Plan plan) {
        return Work.promote();
    }

    @Extension
    public static final class DescriptorImpl extends RolloutStepDescriptor {

        @Override
        public String getFunctionName() {
            return "promoteCanary";
        }

        @Override
        public String getDisplayName() {
            return Messages.text("PromoteCanaryStep.displayName");
        }
    }
}
