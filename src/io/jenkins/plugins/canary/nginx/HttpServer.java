package io.jenkins.plugins.canary.nginx;

import java.util.List;

/**
 * One HTTP server.
 *
 * @param block the {@code server} directive
 * @param directives what stands directly in it, across includes
 */
public record HttpServer(Located block, List<Located> directives) {

    static final List<String> AROUND = List.of("http");
    static final List<String> INSIDE = List.of("http", "server");

    public HttpServer {
        directives = List.copyOf(directives);
    }

    public List<Listen> listens() {
        return directives.stream().filter(found -> found.directive().is("listen")).map(Listen::of).toList();
    }

    public List<String> names() {
        return directives.stream().filter(found -> found.directive().is("server_name"))
                .flatMap(found -> found.directive().args().stream()).map(Word::value).toList();
    }
}
