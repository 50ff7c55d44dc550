package io.jenkins.plugins.canary.jenkins;

import hudson.AbortException;
import io.jenkins.plugins.canary.notice.NoticeSettings;
import java.util.Map;

/** Who is told of rollouts, as the administrator set it. */
final class ConfiguredNotices {

    private ConfiguredNotices() {}

    static NoticeSettings settings(StepCredentials credentials) throws AbortException {
        CanaryConfiguration configuration = CanaryConfiguration.get();
        return settings(credentials, configuration.getMattermostCredentialsId(), configuration.getMattermostChannel(),
                configuration.getTelegramCredentialsId(), configuration.getTelegramChat());
    }

    /** The same with other addressees; the ids and the chat may be empty. */
    static NoticeSettings settings(StepCredentials credentials, String mattermostId, String channel,
            String telegramId, String chat) throws AbortException {
        return new NoticeSettings(
                mattermostId.isEmpty() ? "" : credentials.text("mattermostCredentialsId", mattermostId), channel,
                telegramId.isEmpty() ? "" : credentials.text("telegramCredentialsId", telegramId), chat, "",
                CanaryConfiguration.get().getNoticeLanguage(), Map.of());
    }
}
