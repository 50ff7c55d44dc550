package io.jenkins.plugins.canary.notice;

import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where notices go and how they are worded. An empty text is one that is not given.
 *
 * @param mattermostUrl of an incoming webhook, such as {@code https://chat.example.com/hooks/xxx}; a secret
 * @param mattermostChannel another channel than the webhook's own, such as {@code town-square} or {@code @kim}
 * @param telegramToken of a bot, such as {@code 123456:ABC-DEF}; a secret
 * @param telegramChat a chat's number, or {@code @channelusername}
 * @param telegramApi where Telegram's Bot API is
 * @param language {@code en} or {@code ko}
 * @param templates other texts than the usual ones, by key; the keys are in docs/notices.md
 */
public record NoticeSettings(
        String mattermostUrl,
        String mattermostChannel,
        String telegramToken,
        String telegramChat,
        String telegramApi,
        String language,
        Map<String, String> templates) implements Serializable {

    public static final String TELEGRAM_API = "https://api.telegram.org";

    /** Nobody is told anything. */
    public static final NoticeSettings NONE = new NoticeSettings("", "", "", "", "", "", Map.of());

    private static final String TOKEN = "[0-9]+:[A-Za-z0-9_-]+";

    public NoticeSettings {
        mattermostUrl = mattermostUrl.strip();
        mattermostChannel = mattermostChannel.strip();
        telegramToken = telegramToken.strip();
        telegramChat = telegramChat.strip();
        telegramApi = telegramApi.isBlank() ? TELEGRAM_API : telegramApi.strip().replaceAll("/+$", "");
        language = language.isBlank() ? "en" : language.strip();
        templates = new LinkedHashMap<>(templates);
    }

    /** What is wrong with them, in words that give no secret away. The rest of them still works. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (!mattermostUrl.isEmpty() && web(mattermostUrl).isEmpty()) {
            problems.add("the address of Mattermost's incoming webhook is no http or https address; it looks like"
                    + " https://chat.example.com/hooks/xxx");
        }
        if (telegramToken.isEmpty() != telegramChat.isEmpty()) {
            problems.add("Telegram needs both the bot's token and the chat; the "
                    + (telegramToken.isEmpty() ? "token" : "chat") + " is missing");
        }
        if (!telegramToken.isEmpty() && !telegramToken.matches(TOKEN)) {
            problems.add("the token of Telegram's bot does not look like 123456:ABC-DEF");
        }
        if (web(telegramApi).isEmpty()) {
            problems.add("the address of Telegram's Bot API is no http or https address");
        }
        problems.addAll(Wording.problems(language, templates));
        return problems;
    }

    /** Whether nobody is told. */
    public boolean isEmpty() {
        return mattermostUrl.isEmpty() && telegramToken.isEmpty();
    }

    /** What must not be shown: the whole of it, and the part that makes it a secret. */
    List<String> secrets() {
        List<String> secrets = new ArrayList<>(List.of(mattermostUrl, telegramToken));
        secrets.add(mattermostUrl.substring(mattermostUrl.lastIndexOf('/') + 1));
        secrets.add(telegramToken.substring(telegramToken.indexOf(':') + 1));
        return secrets;
    }

    Optional<URI> mattermost() {
        return web(mattermostUrl);
    }

    /** Where to call one of the bot's methods. */
    Optional<URI> telegram(String method) {
        return telegramToken.matches(TOKEN) && !telegramChat.isEmpty()
                ? web(telegramApi + "/bot" + telegramToken + "/" + method) : Optional.empty();
    }

    private static Optional<URI> web(String text) {
        try {
            URI uri = new URI(text);
            boolean usable = ("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()))
                    && uri.getHost() != null;
            return usable ? Optional.of(uri) : Optional.empty();
        } catch (URISyntaxException e) {
            // Its message has the whole text, which may be a secret.
            return Optional.empty();
        }
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "NoticeSettings[mattermost " + (mattermostUrl.isEmpty() ? "off" : "on") + ", telegram "
                + (telegramToken.isEmpty() ? "off" : "on") + ", " + language + "]";
    }
}
