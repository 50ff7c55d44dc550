package io.jenkins.plugins.canary.release;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What runs, or ran, in a slot.
 *
 * @param commit its git hash
 * @param images the id of each Compose service's image
 * @param deployed when it was started first
 */
public record Release(String commit, String author, String subject, Map<String, String> images, Instant deployed) {

    private static final int SHORT_HASH = 9;

    public Release {
        images = Collections.unmodifiableMap(new LinkedHashMap<>(images));
    }

    public Release withImages(Map<String, String> images) {
        return new Release(commit, author, subject, images, deployed);
    }

    /** For a message: {@code 1a2b3c4d5 "Fix the cart" by Kim}. */
    public String title() {
        return shortHash(commit) + (subject.isEmpty() ? "" : " \"" + subject + "\"")
                + (author.isEmpty() ? "" : " by " + author);
    }

    public static String shortHash(String commit) {
        return commit.substring(0, Math.min(SHORT_HASH, commit.length()));
    }
}
