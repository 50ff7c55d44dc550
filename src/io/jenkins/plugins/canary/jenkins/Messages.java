package io.jenkins.plugins.canary.jenkins;

import org.jvnet.localizer.ResourceBundleHolder;

/** What Jenkins' users read, in the language that their browser asks for; the texts are in the bundle of this name. */
final class Messages {

    private static final ResourceBundleHolder BUNDLE = ResourceBundleHolder.get(Messages.class);

    private Messages() {}

    /** @param values for {@code {0}}, {@code {1}}, …, in {@link java.text.MessageFormat}'s notation */
    static String text(String key, Object... values) {
        return BUNDLE.format(key, values);
    }
}
