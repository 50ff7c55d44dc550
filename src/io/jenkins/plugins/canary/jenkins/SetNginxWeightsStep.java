package io.jenkins.plugins.canary.jenkins;

import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.canary.plan.Plan;
import java.util.LinkedHashMap;
import java.util.Map;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** {@code setNginxWeights}: sets shares and verifies them; a service that is not named keeps its own. */
public final class SetNginxWeightsStep extends RolloutStep {

    private static final long serialVersionUID = 1L;

    private String share;
    private LinkedHashMap<String, String> shares = new LinkedHashMap<>();

    @DataBoundConstructor
    public SetNginxWeightsStep() {}

    public Object getShare() {
        return share;
    }

    /** @param share of every service in percent, a number or a text */
    @DataBoundSetter
    public void setShare(Object share) {
        this.share = share == null ? null : Util.fixEmptyAndTrim(share.toString());
    }

    /** @return a map from services to shares; null where none is given */
    public Object getShares() {
        return shares.isEmpty() ? null : shares;
    }

    /** @param shares a map, or a text with one {@code service=share} a line */
    @DataBoundSetter
    public void setShares(Object shares) {
        this.shares = NamedValues.of(shares);
    }

    @Override
    Work work(Plan plan) throws AbortException {
        Map<String, Double> given = NamedValues.shares(plan, share, shares);
        if (given.isEmpty()) {
            throw new AbortException("setNginxWeights needs `share: 30` or `shares: [backend: 30]`");
        }
        return Work.weights(given);
    }

    @Extension
    public static final class DescriptorImpl extends RolloutStepDescriptor {

        @Override
        public String getFunctionName() {
            return "setNginxWeights";
        }

        @Override
        public String getDisplayName() {
            return Messages.text("SetNginxWeightsStep.displayName");
        }

        @POST
        public FormValidation doCheckShare(@AncestorInPath Item item, @QueryParameter String value) {
            return StepForms.checkShare(item, value);
        }

        @POST
        public FormValidation doCheckShares(@AncestorInPath Item item, @QueryParameter String value) {
            return StepForms.checkShares(item, value);
        }
    }
}
