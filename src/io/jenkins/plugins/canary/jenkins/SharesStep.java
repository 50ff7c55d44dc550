package io.jenkins.plugins.canary.jenkins;

import hudson.AbortException;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.canary.nginx.Weights;
import io.jenkins.plugins.canary.plan.Plan;
import java.util.LinkedHashMap;
import java.util.Map;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** A step that can be given shares: one for all services, or one each. */
public abstract class SharesStep extends RolloutStep {

    private static final long serialVersionUID = 1L;

    private String share;
    private LinkedHashMap<String, String> shares = new LinkedHashMap<>();

    public Object getShare() {
        return share;
    }

    /** @param share of every service in percent, a number or a text */
    @DataBoundSetter
    public void setShare(Object share) {
        this.share = share == null ? null : given(share.toString());
    }

    /** @return a map from services to shares; null where none is given */
    public Object getShares() {
        return shares.isEmpty() ? null : shares;
    }

    /** @param shares a map, or a text with one {@code service=share} a line; they count before the one for all */
    @DataBoundSetter
    public void setShares(Object shares) {
        this.shares = NamedValues.of(shares);
    }

    /** The given shares in percent, by service; empty where none is given. */
    Map<String, Double> sharesOf(Plan plan) throws AbortException {
        Map<String, Double> all = new LinkedHashMap<>();
        if (share != null) {
            double percent = percent("share", share);
            plan.services().keySet().forEach(service -> all.put(service, percent));
        }
        for (var entry : shares.entrySet()) {
            if (!plan.services().containsKey(entry.getKey())) {
                throw new AbortException("shares: the plan has no service `" + entry.getKey() + "`; it has "
                        + String.join(", ", plan.services().keySet()));
            }
            all.put(entry.getKey(), percent("shares: " + entry.getKey(), entry.getValue()));
        }
        return all;
    }

    private static double percent(String name, String text) throws AbortException {
        try {
            return Weights.ofShare(Double.parseDouble(text.strip())).share();
        } catch (IllegalArgumentException e) {
            throw new AbortException(name + ": `" + text + "` is no share; give 0 to 100 in tenths, such as 30 or 12.5");
        }
    }

    /** What the descriptors of these steps have in common. */
    abstract static class SharesStepDescriptor extends RolloutStepDescriptor {

        @POST
        public FormValidation doCheckShare(@AncestorInPath Item item, @QueryParameter String value) {
            return !StepForms.mayUse(item) || NamedHost.stripped(value).isEmpty() || isShare(value)
                    ? FormValidation.ok() : FormValidation.error(Messages.text("SharesStep.shareWrong", value));
        }

        @POST
        public FormValidation doCheckShares(@AncestorInPath Item item, @QueryParameter String value) {
            return StepForms.checkLines(item, value, shares -> shares.values().stream()
                    .filter(share -> !isShare(share)).findFirst()
                    .map(share -> Messages.text("SharesStep.shareWrong", share)));
        }

        private static boolean isShare(String text) {
            try {
                percent("", text);
                return true;
            } catch (AbortException e) {
                return false;
            }
        }
    }
}
