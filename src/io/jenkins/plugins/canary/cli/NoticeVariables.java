package io.jenkins.plugins.canary.cli;

import io.jenkins.plugins.canary.event.NextSteps;
import io.jenkins.plugins.canary.notice.Directions;
import io.jenkins.plugins.canary.notice.NoticeSettings;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;

/**
 * The environment variables that say who is told of a rollout: in the environment, since most are secrets, which a plan
 * in a repository and the arguments of a process are not for.
 */
final class NoticeVariables {

    private final Map<String, String> environment;

    NoticeVariables(Map<String, String> environment) {
        this.environment = environment;
    }

    /** @param warnings told of a file that can't be read; the usual texts are used then */
    NoticeSettings settings(Consumer<String> warnings) {
        return new NoticeSettings(value("CANARY_MATTERMOST_URL"), value("CANARY_MATTERMOST_CHANNEL"),
                value("CANARY_TELEGRAM_TOKEN"), value("CANARY_TELEGRAM_CHAT"), value("CANARY_TELEGRAM_API"),
                value("CANARY_NOTICE_LANGUAGE"), templates(warnings));
    }

    /** Where a reader of a notice goes on: Jenkins' pages, where this runs in a build, and the command line. */
    Directions directions(Path plan) {
        String build = value("BUILD_URL");
        return new Directions(build.isEmpty() ? "" : build + "console", value("CANARY_PAGE_URL"),
                new NextSteps("canary promote --plan " + plan, "canary rollback --plan " + plan));
    }

    private Map<String, String> templates(Consumer<String> warnings) {
        String file = value("CANARY_NOTICE_TEMPLATES");
        Map<String, String> templates = new LinkedHashMap<>();
        if (!file.isEmpty()) {
            Properties properties = new Properties();
            try (Reader text = Files.newBufferedReader(Path.of(file))) {
                properties.load(text);
            } catch (IOException | IllegalArgumentException e) {
                warnings.accept("notices: CANARY_NOTICE_TEMPLATES, " + file + ", can't be read: " + e.getMessage());
            }
            properties.stringPropertyNames().forEach(key -> templates.put(key, properties.getProperty(key)));
        }
        return templates;
    }

    private String value(String name) {
        return environment.getOrDefault(name, "");
    }
}
