package io.jenkins.plugins.canary.nginx;

import java.util.List;
import java.util.stream.Collectors;

/** Where a file holds what belongs directly into {@code http}: its {@code http} block, or else the whole file. */
final class HttpLevel {

    private HttpLevel() {
    }

    /**
     * Appends lines after everything else on that level. A file whose last line has no line end has none
     * afterwards either, so that taking the lines away again gives the same bytes.
     */
    static ConfigFile append(ConfigFile file, List<String> lines) {
        return file.directives().stream().filter(directive -> directive.is("http")).findFirst()
                .map(http -> appendInside(file, http, lines)).orElseGet(() -> appendAtEnd(file, lines));
    }

    static String join(ConfigFile file, String indent, List<String> lines) {
        return lines.stream().map(line -> line.isEmpty() ? line : indent + line)
                .collect(Collectors.joining(file.newline()));
    }

    private static ConfigFile appendAtEnd(ConfigFile file, List<String> lines) {
        int end = file.length();
        String text = join(file, "", lines);
        boolean lineOpen = end > 0 && file.lineStart(end) != end;
        String added = lineOpen ? file.newline() + text : text + file.newline();
        return file.edited(List.of(new Edit(new Span(end, end), added)));
    }

    private static ConfigFile appendInside(ConfigFile file, Directive http, List<String> lines) {
        int brace = http.span().end() - 1;
        String outer = file.indent(http.span().start());
        String text = join(file, outer + "    ", lines) + file.newline();
        int lineStart = file.lineStart(brace);
        boolean braceFirst = file.text(new Span(lineStart, brace)).isBlank();
        int at = braceFirst ? lineStart : brace;
        return file.edited(List.of(new Edit(new Span(at, at), braceFirst ? text : file.newline() + text + outer)));
    }
}
