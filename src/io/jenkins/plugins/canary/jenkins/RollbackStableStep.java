package io.jenkins.plugins.canary.jenkins;

import hudson.Extension;
import io.jenkins.plugins.canary.plan.Plan;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** {@code rollbackStable}: all requests back to the stable slot; after a promotion, back to the release before. */
public final class RollbackStableStep extends RolloutStep {

    private static final long serialVersionUID = 1L;

    private boolean gradual;

    @DataBoundConstructor
    public RollbackStableStep() {}

    public boolean isGradual() {
        return gradual;
    }

    @DataBoundSetter
    public void setGradual(boolean gradual) {
        this.gradual = gradual;
    }

    @Override
    Work work(Plan plan) {
        return Work.rollback(gradual);
    }

    @Extension
    public static final class DescriptorImpl extends RolloutStepDescriptor {

        @Override
        public String getFunctionName() {
            return "rollbackStable";
        }

        @Override
        public String getDisplayName() {
            return Messages.text("RollbackStableStep.displayName");
        }
    }
}
