package io.jenkins.plugins.canary.jenkins;

import hudson.AbortException;
import hudson.Extension;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.canary.plan.DeployType;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.PlanReader;
import io.jenkins.plugins.canary.rollout.DeployRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.plaincredentials.FileCredentials;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** {@code canaryDeploy}: releases a commit. */
public final class CanaryDeployStep extends SharesStep {

    private static final long serialVersionUID = 1L;

    private String type = DeployType.CANARY_AUTO.label();
    private String commit;
    private String envFileCredentialsId;
    private LinkedHashMap<String, String> envCredentialsIds = new LinkedHashMap<>();
    private String soak;

    @DataBoundConstructor
    public CanaryDeployStep() {}

    public String getType() {
        return type;
    }

    @DataBoundSetter
    public void setType(String type) {
        this.type = Optional.ofNullable(given(type)).orElse(DeployType.CANARY_AUTO.label());
    }

    public String getCommit() {
        return commit;
    }

    @DataBoundSetter
    public void setCommit(String commit) {
        this.commit = given(commit);
    }

    public String getEnvFileCredentialsId() {
        return envFileCredentialsId;
    }

    @DataBoundSetter
    public void setEnvFileCredentialsId(String id) {
        envFileCredentialsId = given(id);
    }

    /** @return a map from names in the {@code .env} to ids; null where none is given */
    public Object getEnvCredentialsIds() {
        return envCredentialsIds.isEmpty() ? null : envCredentialsIds;
    }

    /** @param ids a map, or a text with one {@code NAME=id} a line */
    @DataBoundSetter
    public void setEnvCredentialsIds(Object ids) {
        envCredentialsIds = NamedValues.of(ids);
    }

    public Object getSoak() {
        return soak;
    }

    /** @param soak such as {@code 45s} or {@code 2m}; a number is seconds */
    @DataBoundSetter
    public void setSoak(Object soak) {
        this.soak = soak == null ? null : given(soak.toString());
    }

    @Override
    Work work(Plan plan) throws AbortException {
        DeployType wanted = DeployType.of(type).orElseThrow(() -> new AbortException("type: `" + type
                + "` is none of " + Arrays.stream(DeployType.values()).map(DeployType::label)
                .collect(Collectors.joining(", "))));
        boolean manual = wanted == DeployType.CANARY_MANUAL;
        Map<String, Double> given = sharesOf(plan);
        if (manual == given.isEmpty()) {
            throw new AbortException(manual
                    ? "type: canary-manual needs `share: 30` or `shares: [backend: 30]`"
                    : "share: only type canary-manual takes one; " + type + " has its shares from the plan");
        }
        if (commit != null && !DeployRequest.isHash(commit)) {
            throw new AbortException("commit: `" + commit + "` is no commit hash");
        }
        if (envFileCredentialsId == null && !envCredentialsIds.isEmpty()) {
            throw new AbortException("envCredentialsIds: these values go into the file of `envFileCredentialsId`;"
                    + " name that too, or the release would lose every other value");
        }
        return switch (wanted) {
            case PROMOTE_CANARY -> Work.promote();
            case ROLLBACK -> Work.rollback(false);
            case CANARY_AUTO, CANARY_MANUAL, STABLE -> Work.deploy(wanted, given, commit == null ? "" : commit);
        };
    }

    @Override
    Optional<Duration> soakTime() throws AbortException {
        if (soak == null) {
            return Optional.empty();
        }
        Optional<Duration> time = PlanReader.duration(soak.matches("[0-9]+") ? soak + "s" : soak);
        if (time.isEmpty()) {
            throw new AbortException("soak: `" + soak + "` is no time; give seconds, or such as 45s or 2m");
        }
        return time;
    }

    @Override
    Optional<String> envFileCredentialsId() {
        return Optional.ofNullable(envFileCredentialsId);
    }

    @Override
    Map<String, String> envCredentialsIds() {
        return envCredentialsIds;
    }

    @Extension
    public static final class DescriptorImpl extends SharesStepDescriptor {

        @Override
        public String getFunctionName() {
            return "canaryDeploy";
        }

        @Override
        public String getDisplayName() {
            return Messages.text("CanaryDeployStep.displayName");
        }

        @POST
        public ListBoxModel doFillTypeItems() {
            ListBoxModel types = new ListBoxModel();
            for (DeployType type : DeployType.values()) {
                types.add(type.label(), type.label());
            }
            return types;
        }

        @POST
        public FormValidation doCheckCommit(@AncestorInPath Item item, @QueryParameter String value) {
            String commit = NamedHost.stripped(value);
            return !StepForms.mayUse(item) || commit.isEmpty() || DeployRequest.isHash(commit)
                    ? FormValidation.ok() : FormValidation.error(Messages.text("CanaryDeployStep.commitWrong"));
        }

        @POST
        public FormValidation doCheckSoak(@AncestorInPath Item item, @QueryParameter String value) {
            String soak = NamedHost.stripped(value);
            boolean isTime = soak.matches("[0-9]*") || PlanReader.duration(soak).isPresent();
            return !StepForms.mayUse(item) || isTime
                    ? FormValidation.ok() : FormValidation.error(Messages.text("CanaryDeployStep.soakWrong"));
        }

        @POST
        public ListBoxModel doFillEnvFileCredentialsIdItems(
                @AncestorInPath Item item, @QueryParameter String envFileCredentialsId) {
            return StepForms.credentials(item, FileCredentials.class, envFileCredentialsId);
        }

        @POST
        public FormValidation doCheckEnvCredentialsIds(@AncestorInPath Item item, @QueryParameter String value) {
            return StepForms.checkIds(item, StringCredentials.class, value);
        }
    }
}
