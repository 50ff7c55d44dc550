package io.jenkins.plugins.canary.notice;

import com.google.gson.JsonElement;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The method {@code sendMessage} of a bot, with text in HTML, as core.telegram.org/bots/api documents them. */
final class Telegram implements Chat {

    /** Characters of a text "after entities parsing": without tags. Telegram counts in UTF-16 units. */
    static final int LONGEST = 4096;

    private final URI sendMessage;
    private final String chat;

    /** @param chat a number, or {@code @channelusername} */
    Telegram(URI sendMessage, String chat) {
        this.sendMessage = sendMessage;
        this.chat = chat;
    }

    @Override
    public String name() {
        return "Telegram";
    }

    @Override
    public HttpRequest.Builder request(Notice notice) {
        Notice fitting = notice.within(LONGEST, each -> text(each, Markup.NONE).length());
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("chat_id", chat.matches("-?[0-9]{1,18}") ? (Object) Long.valueOf(chat) : chat);
        message.put("text", text(fitting, Markup.HTML));
        message.put("parse_mode", "HTML");
        message.put("link_preview_options", Map.of("is_disabled", true));
        return Json.post(sendMessage, message);
    }

    /** What surrounds the parts of a text, and how they are written in it. */
    private record Markup(UnaryOperator<String> text, boolean tags) {

        static final Markup NONE = new Markup(UnaryOperator.identity(), false);

        /** Only these three must be replaced in a text, and the double quote in an attribute. */
        static final Markup HTML = new Markup(text -> text.replace("&", "&amp;").replace("<", "&lt;")
                .replace(">", "&gt;"), true);

        String in(String tag, String content) {
            String inner = text.apply(content);
            return tags ? "<" + tag + ">" + inner + "</" + tag + ">" : inner;
        }

        String link(String label, String url) {
            return tags ? "<a href=\"" + text.apply(url).replace("\"", "&quot;") + "\">" + text.apply(label) + "</a>"
                    : label;
        }
    }

    private static String text(Notice notice, Markup markup) {
        List<String> parts = new ArrayList<>();
        parts.add(notice.title().isEmpty() ? "" : markup.in("b", notice.title()));
        parts.add(markup.text().apply(notice.text()));
        List<String> fields = new ArrayList<>();
        notice.fields().forEach(field -> fields.add(markup.in("b", field.label()) + ": "
                + markup.text().apply(field.value().replace("\n", ", "))));
        parts.add(String.join("\n", fields));
        parts.add(notice.quote().isEmpty() ? "" : markup.in("pre", notice.quote()));
        parts.add(String.join(" · ", links(notice, markup)));
        parts.removeIf(String::isEmpty);
        return String.join("\n\n", parts);
    }

    private static List<String> links(Notice notice, Markup markup) {
        List<String> links = new ArrayList<>();
        notice.links().forEach(link -> links.add(markup.link(link.label(), link.url())));
        if (links.isEmpty() && !notice.link().isEmpty()) {
            links.add(markup.link(notice.link(), notice.link()));
        }
        return links;
    }

    @Override
    public String reason(HttpResponse<String> answer) {
        String description = Json.member(answer.body(), "description").map(JsonElement::getAsString).orElse("");
        return description + Json.member(answer.body(), "parameters", "migrate_to_chat_id")
                .map(number -> "; the group has another number now: " + number.getAsString()).orElse("");
    }

    @Override
    public Optional<Duration> wait(HttpResponse<String> answer) {
        return Json.member(answer.body(), "parameters", "retry_after")
                .filter(member -> member.getAsJsonPrimitive().isNumber())
                .map(member -> Duration.ofSeconds(member.getAsLong()))
                .or(() -> RetryAfter.of(answer));
    }
}
