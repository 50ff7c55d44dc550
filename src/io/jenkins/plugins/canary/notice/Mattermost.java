package io.jenkins.plugins.canary.notice;

import com.google.gson.JsonElement;
import io.jenkins.plugins.canary.notice.Notice.Field;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An incoming webhook with a message attachment, as developers.mattermost.com/integrate/webhooks/incoming and
 * .../integrate/reference/message-attachments document them.
 */
final class Mattermost implements Chat {

    /**
     * A post has at most 16383 characters. Attachments are counted for themselves, as JSON: older servers take 8000 of
     * them less 400 for their own use, and cut or refuse what is longer.
     */
    static final int LONGEST = 7600;

    private final URI webhook;
    private final String channel;

    /** @param channel or empty for the webhook's own */
    Mattermost(URI webhook, String channel) {
        this.webhook = webhook;
        this.channel = channel;
    }

    @Override
    public String name() {
        return "Mattermost";
    }

    @Override
    public HttpRequest.Builder request(Notice notice) {
        return Json.post(webhook, post(notice.within(LONGEST, this::size)));
    }

    private int size(Notice notice) {
        String json = Json.of(post(notice));
        return json.codePointCount(0, json.length());
    }

    private Map<String, Object> post(Notice notice) {
        Map<String, Object> post = new LinkedHashMap<>();
        if (!channel.isEmpty()) {
            post.put("channel", channel);
        }
        post.put("attachments", List.of(attachment(notice)));
        return post;
    }

    private static Map<String, Object> attachment(Notice notice) {
        Map<String, Object> attachment = new LinkedHashMap<>();
        attachment.put("fallback", notice.title());
        if (!notice.colour().isEmpty()) {
            attachment.put("color", notice.colour());
        }
        attachment.put("title", notice.title());
        if (!notice.link().isEmpty()) {
            attachment.put("title_link", notice.link());
        }
        attachment.put("text", Markdown.body(notice));
        List<Map<String, Object>> fields = new ArrayList<>();
        notice.fields().forEach(field -> fields.add(field(field)));
        attachment.put("fields", fields);
        return attachment;
    }

    private static Map<String, Object> field(Field field) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("title", field.label());
        map.put("value", Markdown.escaped(field.value()));
        map.put("short", field.brief());
        return map;
    }

    @Override
    public String reason(HttpResponse<String> answer) {
        return Json.member(answer.body(), "message").map(JsonElement::getAsString).orElse("");
    }

    @Override
    public Optional<Duration> wait(HttpResponse<String> answer) {
        return RetryAfter.of(answer);
    }
}
