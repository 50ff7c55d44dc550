package io.jenkins.plugins.canary.notice;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.ResourceBundle.Control;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The texts of one language, some of them replaced, with {@code {placeholders}} for what a rollout is about. */
final class Wording {

    private static final Set<String> LANGUAGES = Set.of("en", "ko");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([A-Za-z]+)}");

    /** The names that a template may use; {@link NoticeWriter} gives all of them. */
    static final Set<String> PLACEHOLDERS = new TreeSet<>(Set.of("app", "type", "commit", "author", "by", "shares",
            "duration", "cause", "rolledBack", "rollout", "watched", "promote", "rollback", "log", "page"));

    private final ResourceBundle bundle;
    private final Map<String, String> templates;

    Wording(String language, Map<String, String> templates) {
        this.bundle = bundle(language);
        this.templates = templates;
    }

    static List<String> problems(String language, Map<String, String> templates) {
        List<String> problems = new ArrayList<>();
        if (!LANGUAGES.contains(language)) {
            problems.add("there are no notices in `" + language + "`, only in " + new TreeSet<>(LANGUAGES)
                    + "; they are in English");
        }
        Set<String> keys = new TreeSet<>(bundle("en").keySet());
        templates.forEach((key, text) -> {
            if (!keys.contains(key)) {
                problems.add("no text of a notice is called `" + key + "`; there are " + keys);
            }
            PLACEHOLDER.matcher(text).results().map(found -> found.group(1)).distinct()
                    .filter(name -> key.startsWith("duration.") == PLACEHOLDERS.contains(name))
                    .forEach(name -> problems.add("the template `" + key + "` has {" + name + "}, which stays as it is;"
                            + " there are " + PLACEHOLDERS));
        });
        return problems;
    }

    /** @param values by placeholder; one that has none stays as it stands */
    String text(String key, Map<String, String> values) {
        String template = templates.getOrDefault(key, bundle.getString(key));
        return PLACEHOLDER.matcher(template).replaceAll(found -> Matcher.quoteReplacement(value(found, values)));
    }

    String text(String key) {
        return text(key, Map.of());
    }

    private static String value(MatchResult placeholder, Map<String, String> values) {
        return values.getOrDefault(placeholder.group(1), placeholder.group());
    }

    /** Never that of the machine's own language, which is chance. */
    private static ResourceBundle bundle(String language) {
        return ResourceBundle.getBundle(Wording.class.getPackageName() + ".Texts",
                Locale.forLanguageTag(LANGUAGES.contains(language) ? language : "en"), Wording.class.getClassLoader(),
                Control.getNoFallbackControl(Control.FORMAT_PROPERTIES));
    }
}
