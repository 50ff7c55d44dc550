package io.jenkins.plugins.canary.jenkins;

import com.cloudbees.jenkins.plugins.sshcredentials.SSHUserPrivateKey;
import hudson.AbortException;
import hudson.EnvVars;
import hudson.FilePath;
import hudson.Util;
import hudson.model.Computer;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.canary.event.Abort.Wish;
import io.jenkins.plugins.canary.plan.Plan;
import java.io.Serializable;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * What the steps have in common: a plan in the workspace, how to log in to its hosts, and what to do when the build is
 * aborted or the rollout fails. Saved with the build as it was given; checked when it runs.
 */
public abstract class RolloutStep extends Step implements Serializable {

    private static final long serialVersionUID = 1L;

    static final String DEFAULT_PLAN = "canary.yml";
    static final String ROLL_BACK = "rollback";
    static final String HOLD = "hold";

    private String plan = DEFAULT_PLAN;
    private String sshCredentialsId;
    private LinkedHashMap<String, String> hostCredentialsIds = new LinkedHashMap<>();
    private String onAbort = ROLL_BACK;
    private boolean failOnRollback = true;

    public String getPlan() {
        return plan;
    }

    @DataBoundSetter
    public void setPlan(String plan) {
        this.plan = Util.fixEmptyAndTrim(plan) == null ? DEFAULT_PLAN : plan.strip();
    }

    public String getSshCredentialsId() {
        return sshCredentialsId;
    }

    @DataBoundSetter
    public void setSshCredentialsId(String id) {
        sshCredentialsId = Util.fixEmptyAndTrim(id);
    }

    /** @return a map from the plan's host names to ids; null where none is given */
    public Object getHostCredentialsIds() {
        return hostCredentialsIds.isEmpty() ? null : hostCredentialsIds;
    }

    /** @param ids a map, or a text with one {@code host=id} a line */
    @DataBoundSetter
    public void setHostCredentialsIds(Object ids) {
        hostCredentialsIds = NamedValues.of(ids);
    }

    public String getOnAbort() {
        return onAbort;
    }

    @DataBoundSetter
    public void setOnAbort(String onAbort) {
        this.onAbort = Util.fixEmptyAndTrim(onAbort) == null ? ROLL_BACK : onAbort.strip();
    }

    public boolean isFailOnRollback() {
        return failOnRollback;
    }

    @DataBoundSetter
    public void setFailOnRollback(boolean failOnRollback) {
        this.failOnRollback = failOnRollback;
    }

    @Override
    public final StepExecution start(StepContext context) {
        return new RolloutExecution(context, this);
    }

    /**
     * What is to be done.
     *
     * @throws AbortException a parameter is wrong; the message names it
     */
    abstract Work work(Plan plan) throws AbortException;

    /** How long each share is watched, where this step says it. */
    Optional<Duration> soakTime() throws AbortException {
        return Optional.empty();
    }

    /** The id of the credential with the release's {@code .env}. */
    Optional<String> envFileCredentialsId() {
        return Optional.empty();
    }

    /** The ids of the credentials with single values of the {@code .env}, by their names in it. */
    Map<String, String> envCredentialsIds() {
        return Map.of();
    }

    Optional<String> sshCredentialsId(String host) {
        return Optional.ofNullable(hostCredentialsIds.getOrDefault(host, sshCredentialsId));
    }

    Map<String, String> hostCredentials() {
        return hostCredentialsIds;
    }

    /** What becomes of the rollout when the build is aborted. */
    Wish wishOnAbort() throws AbortException {
        return switch (onAbort) {
            case ROLL_BACK -> Wish.TURN_BACK;
            case HOLD -> Wish.HOLD;
            default -> throw new AbortException(
                    "onAbort: `" + onAbort + "` is neither `" + ROLL_BACK + "` nor `" + HOLD + "`");
        };
    }

    /** What the descriptors of the steps have in common. */
    abstract static class RolloutStepDescriptor extends StepDescriptor {

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(Run.class, FilePath.class, Computer.class, EnvVars.class, TaskListener.class);
        }

        @POST
        public ListBoxModel doFillSshCredentialsIdItems(
                @AncestorInPath Item item, @QueryParameter String sshCredentialsId) {
            return StepForms.credentials(item, SSHUserPrivateKey.class, sshCredentialsId);
        }

        @POST
        public FormValidation doCheckHostCredentialsIds(@AncestorInPath Item item, @QueryParameter String value) {
            return StepForms.checkIds(item, SSHUserPrivateKey.class, value);
        }

        @POST
        public ListBoxModel doFillOnAbortItems() {
            ListBoxModel wishes = new ListBoxModel();
            wishes.add(Messages.text("RolloutStep.rollback"), ROLL_BACK);
            wishes.add(Messages.text("RolloutStep.hold"), HOLD);
            return wishes;
        }
    }
}
