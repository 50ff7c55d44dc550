package io.jenkins.plugins.canary.jenkins;

import hudson.BulkChange;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import jenkins.model.GlobalConfiguration;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.POST;

/**
 * "Canary Deploy" under Manage Jenkins, System: what an administrator decides for all pipelines. Texts are never null;
 * an empty one is not set.
 */
@Extension
@Symbol("canaryDeploy")
public final class CanaryConfiguration extends GlobalConfiguration {

    public static final String ENGLISH = "en";
    public static final String KOREAN = "ko";

    private ArrayList<NamedHost> hosts = new ArrayList<>();
    private String forbiddenHosts = "";
    private boolean allowHostsFromPlans;
    private String mattermostCredentialsId = "";
    private String mattermostChannel = "";
    private String telegramCredentialsId = "";
    private String telegramChat = "";
    private String noticeLanguage = ENGLISH;

    public CanaryConfiguration() {
        load();
    }

    public static CanaryConfiguration get() {
        return ExtensionList.lookupSingleton(CanaryConfiguration.class);
    }

    @Override
    public String getDisplayName() {
        return Messages.text("CanaryConfiguration.displayName");
    }

    /** A form without hosts has no list of them at all, so that the last one could not be removed. */
    @Override
    public boolean configure(StaplerRequest2 request, JSONObject form) throws FormException {
        try (BulkChange once = new BulkChange(this)) {
            setHosts(List.of());
            super.configure(request, form);
            once.commit();
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException("could not save the configuration of Canary Deploy", e);
        }
    }

    public List<NamedHost> getHosts() {
        return hosts;
    }

    @DataBoundSetter
    public void setHosts(List<NamedHost> hosts) {
        this.hosts = hosts == null ? new ArrayList<>() : new ArrayList<>(hosts);
        save();
    }

    /** Hosts that no rollout may touch, one address a line. */
    public String getForbiddenHosts() {
        return forbiddenHosts;
    }

    @DataBoundSetter
    public void setForbiddenHosts(String forbiddenHosts) {
        this.forbiddenHosts = NamedHost.stripped(forbiddenHosts);
        save();
    }

    public List<String> forbiddenHostList() {
        return forbiddenHosts.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }

    /** Whether a plan may name hosts that are not configured here. */
    public boolean isAllowHostsFromPlans() {
        return allowHostsFromPlans;
    }

    @DataBoundSetter
    public void setAllowHostsFromPlans(boolean allowHostsFromPlans) {
        this.allowHostsFromPlans = allowHostsFromPlans;
        save();
    }

    /** A secret text: the address of an incoming webhook. */
    public String getMattermostCredentialsId() {
        return mattermostCredentialsId;
    }

    @DataBoundSetter
    public void setMattermostCredentialsId(String mattermostCredentialsId) {
        this.mattermostCredentialsId = NamedHost.stripped(mattermostCredentialsId);
        save();
    }

    public String getMattermostChannel() {
        return mattermostChannel;
    }

    @DataBoundSetter
    public void setMattermostChannel(String mattermostChannel) {
        this.mattermostChannel = NamedHost.stripped(mattermostChannel);
        save();
    }

    /** A secret text: a bot's token. */
    public String getTelegramCredentialsId() {
        return telegramCredentialsId;
    }

    @DataBoundSetter
    public void setTelegramCredentialsId(String telegramCredentialsId) {
        this.telegramCredentialsId = NamedHost.stripped(telegramCredentialsId);
        save();
    }

    public String getTelegramChat() {
        return telegramChat;
    }

    @DataBoundSetter
    public void setTelegramChat(String telegramChat) {
        this.telegramChat = NamedHost.stripped(telegramChat);
        save();
    }

    /** {@link #ENGLISH} or {@link #KOREAN}. */
    public String getNoticeLanguage() {
        return noticeLanguage;
    }

    @DataBoundSetter
    public void setNoticeLanguage(String noticeLanguage) {
        this.noticeLanguage = KOREAN.equals(noticeLanguage) ? KOREAN : ENGLISH;
        save();
    }

    @POST
    public FormValidation doCheckForbiddenHosts(@QueryParameter String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        return NamedHost.stripped(value).lines().map(String::strip)
                .filter(line -> !line.isEmpty() && !NamedHost.ADDRESS.matcher(line).matches()).findFirst()
                .map(line -> FormValidation.error(Messages.text("CanaryConfiguration.forbiddenWrong", line)))
                .orElseGet(FormValidation::ok);
    }

    @POST
    public FormValidation doCheckAllowHostsFromPlans(@QueryParameter boolean value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        return value ? FormValidation.warning(Messages.text("CanaryConfiguration.allowsAnyHost")) : FormValidation.ok();
    }

    @POST
    public ListBoxModel doFillMattermostCredentialsIdItems(@QueryParameter String mattermostCredentialsId) {
        return GlobalCredentials.choices(StringCredentials.class, mattermostCredentialsId);
    }

    @POST
    public FormValidation doCheckMattermostCredentialsId(@QueryParameter String value) {
        return GlobalCredentials.check(StringCredentials.class, value, "CanaryConfiguration.secretTextMissing");
    }

    @POST
    public ListBoxModel doFillTelegramCredentialsIdItems(@QueryParameter String telegramCredentialsId) {
        return GlobalCredentials.choices(StringCredentials.class, telegramCredentialsId);
    }

    @POST
    public FormValidation doCheckTelegramCredentialsId(@QueryParameter String value) {
        return GlobalCredentials.check(StringCredentials.class, value, "CanaryConfiguration.secretTextMissing");
    }

    @POST
    public FormValidation doCheckTelegramChat(@QueryParameter String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        return NamedHost.stripped(value).matches("|-?[0-9]+|@[A-Za-z0-9_]+")
                ? FormValidation.ok() : FormValidation.error(Messages.text("CanaryConfiguration.chatWrong"));
    }

    @POST
    public ListBoxModel doFillNoticeLanguageItems() {
        ListBoxModel languages = new ListBoxModel();
        languages.add("English", ENGLISH);
        languages.add("한국어", KOREAN);
        return languages;
    }
}
