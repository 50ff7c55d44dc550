package io.jenkins.plugins.canary.jenkins;

import hudson.AbortException;
import hudson.Extension;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.canary.event.NextSteps;
import io.jenkins.plugins.canary.event.Secrets;
import io.jenkins.plugins.canary.notice.Directions;
import io.jenkins.plugins.canary.notice.Notice;
import io.jenkins.plugins.canary.notice.NoticeSettings;
import io.jenkins.plugins.canary.notice.Notices;
import java.io.PrintStream;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.Set;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.jenkinsci.plugins.workflow.steps.SynchronousNonBlockingStepExecution;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * {@code canaryNotify}: sends a notice, such as the one in another step's result, to Mattermost or Telegram. A chat that
 * does not take it is a line in the log, never a failure.
 */
public final class CanaryNotifyStep extends Step implements Serializable {

    private static final long serialVersionUID = 1L;

    private LinkedHashMap<String, String> notice = new LinkedHashMap<>();
    private String mattermostCredentialsId;
    private String channel;
    private String telegramCredentialsId;
    private String telegramChat;

    @DataBoundConstructor
    public CanaryNotifyStep() {}

    public Object getNotice() {
        return notice.isEmpty() ? null : notice;
    }

    /** @param notice a map with title, text, colour and link, or a text of such lines: {@code title=Released} */
    @DataBoundSetter
    public void setNotice(Object notice) {
        this.notice = NamedValues.of(notice);
    }

    public String getMattermostCredentialsId() {
        return mattermostCredentialsId;
    }

    @DataBoundSetter
    public void setMattermostCredentialsId(String id) {
        mattermostCredentialsId = RolloutStep.given(id);
    }

    public String getChannel() {
        return channel;
    }

    @DataBoundSetter
    public void setChannel(String channel) {
        this.channel = RolloutStep.given(channel);
    }

    public String getTelegramCredentialsId() {
        return telegramCredentialsId;
    }

    @DataBoundSetter
    public void setTelegramCredentialsId(String id) {
        telegramCredentialsId = RolloutStep.given(id);
    }

    public String getTelegramChat() {
        return telegramChat;
    }

    @DataBoundSetter
    public void setTelegramChat(String chat) {
        telegramChat = RolloutStep.given(chat);
    }

    @Override
    public StepExecution start(StepContext context) {
        return new Execution(context, this);
    }

    /** The administrator's addressees, unless this step names its own. */
    private NoticeSettings settings(StepCredentials credentials) throws AbortException {
        if (mattermostCredentialsId == null && telegramCredentialsId == null) {
            CanaryConfiguration usual = CanaryConfiguration.get();
            return ConfiguredNotices.settings(credentials, usual.getMattermostCredentialsId(),
                    Optional.ofNullable(channel).orElse(usual.getMattermostChannel()),
                    usual.getTelegramCredentialsId(),
                    Optional.ofNullable(telegramChat).orElse(usual.getTelegramChat()));
        }
        return ConfiguredNotices.settings(credentials, Optional.ofNullable(mattermostCredentialsId).orElse(""),
                Optional.ofNullable(channel).orElse(""), Optional.ofNullable(telegramCredentialsId).orElse(""),
                Optional.ofNullable(telegramChat).orElse(""));
    }

    private static final class Execution extends SynchronousNonBlockingStepExecution<Void> {

        private static final long serialVersionUID = 1L;

        private final CanaryNotifyStep step;

        Execution(StepContext context, CanaryNotifyStep step) {
            super(context);
            this.step = step;
        }

        @Override
        protected Void run() throws Exception {
            if (step.notice.isEmpty()) {
                throw new AbortException("notice: nothing to send; give the `notice` of another step's result");
            }
            NoticeSettings settings = step.settings(new StepCredentials(getContext().get(Run.class)));
            if (settings.isEmpty()) {
                throw new AbortException("there is nobody to tell: name `mattermostCredentialsId` or"
                        + " `telegramCredentialsId`, or have an administrator set one under Manage Jenkins > System >"
                        + " Canary Deploy");
            }
            PrintStream console = getContext().get(TaskListener.class).getLogger();
            try (Notices notices =
                    new Notices(settings, new Directions("", "", new NextSteps("", "")), new Secrets(), console::println)) {
                notices.send(Notice.of(step.notice));
            }
            return null;
        }
    }

    @Extension
    public static final class DescriptorImpl extends StepDescriptor {

        @Override
        public String getFunctionName() {
            return "canaryNotify";
        }

        @Override
        public String getDisplayName() {
            return Messages.text("CanaryNotifyStep.displayName");
        }

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(Run.class, TaskListener.class);
        }

        @POST
        public ListBoxModel doFillMattermostCredentialsIdItems(
                @AncestorInPath Item item, @QueryParameter String mattermostCredentialsId) {
            return StepForms.credentials(item, StringCredentials.class, mattermostCredentialsId);
        }

        @POST
        public ListBoxModel doFillTelegramCredentialsIdItems(
                @AncestorInPath Item item, @QueryParameter String telegramCredentialsId) {
            return StepForms.credentials(item, StringCredentials.class, telegramCredentialsId);
        }
    }
}
