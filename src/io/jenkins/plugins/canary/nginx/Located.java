package io.jenkins.plugins.canary.nginx;

import java.util.List;

/**
 * A directive where NGINX meets it: a file that is included twice gives two of each.
 *
 * @param path the file, as it was included
 * @param context the blocks around it across includes, outermost first, such as {@code [http, server]}
 */
public record Located(String path, Directive directive, List<String> context) {

    public Located {
        context = List.copyOf(context);
    }
}
