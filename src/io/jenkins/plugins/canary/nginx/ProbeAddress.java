package io.jenkins.plugins.canary.nginx;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Where the managed server listens and how the edge itself reaches it. No new port is opened: with a port that
 * someone else holds, {@code nginx -t} and a reload succeed and the next start fails.
 *
 * @param listen what stands behind {@code listen} in the managed server, without options
 * @param scheme {@code http} or {@code https}
 * @param host the address to connect to on the edge; IPv6 without brackets
 * @param port the port to connect to
 */
public record ProbeAddress(String listen, String scheme, String host, int port) {

    /**
     * A loopback address that nobody else uses. Under a wildcard socket NGINX opens none for it, it only
     * compares the address a connection came to (nginx.org, "How nginx processes a request").
     */
    private static final String OWN_LOOPBACK = "127.11.12.13";

    /**
     * Chooses an address for the managed server of an app. The first server of a socket answers requests for
     * unknown names, so the managed one must never come first: a socket is reused only where another server
     * stands before it or is {@code default_server}. Plain HTTP goes before TLS. Where no socket can be reused
     * but a wildcard one exists, an own loopback address is used under it.
     *
     * @param path the file that holds, or will hold, the managed server
     * @return empty where NGINX has no TCP socket that can be used, such as only unix sockets
     */
    public static Optional<ProbeAddress> choose(ConfigTree tree, String path, String app) {
        List<Listen> before = before(tree, path, app);
        List<Listen> all = tree.servers().stream().filter(server -> !ProbeServer.isManaged(server))
                .flatMap(server -> server.listens().stream())
                .filter(listen -> !listen.unix() && !listen.has("quic") && listen.port() > 0).toList();
        Predicate<Listen> neverFirst = listen -> before.stream().anyMatch(listen::sameSocket)
                || all.stream().anyMatch(other -> listen.sameSocket(other)
                        && (other.has("default_server") || other.has("default")));
        List<Listen> safe = all.stream().filter(neverFirst)
                .filter(listen -> !socketHas(all, listen, "proxy_protocol"))
                .filter(listen -> reaches(all, listen)).toList();
        Stream<Listen> plain = safe.stream().filter(listen -> !socketHas(all, listen, "ssl"))
                .filter(listen -> !socketHas(all, listen, "http2"));
        Stream<Listen> secure = safe.stream().filter(listen -> socketHas(all, listen, "ssl"));
        return Stream.concat(plain.map(listen -> of(listen, "http")), secure.map(listen -> of(listen, "https")))
                .findFirst().or(() -> all.stream().filter(listen -> listen.host().equals("*")).findFirst()
                        .map(listen -> new ProbeAddress(OWN_LOOPBACK + ":" + listen.port(), "http", OWN_LOOPBACK,
                                listen.port())));
    }

    private static ProbeAddress of(Listen listen, String scheme) {
        return new ProbeAddress(listen.address(), scheme, reached(listen), listen.port());
    }

    private static String reached(Listen listen) {
        return switch (listen.host()) {
            case "*" -> "127.0.0.1";
            case "[::]" -> "::1";
            default -> listen.host().replaceAll("[\\[\\]]", "");
        };
    }

    /** Not where a more specific socket takes the connection. */
    private static boolean reaches(List<Listen> all, Listen listen) {
        return all.stream().noneMatch(other -> !other.sameSocket(listen) && other.port() == listen.port()
                && other.host().replaceAll("[\\[\\]]", "").equals(reached(listen)));
    }

    /** NGINX joins the options of all servers on one socket. */
    private static boolean socketHas(List<Listen> all, Listen listen, String option) {
        return all.stream().anyMatch(other -> other.sameSocket(listen) && other.has(option));
    }

    /** The listens of other servers that NGINX reads before the managed one, found by putting it there. */
    private static List<Listen> before(ConfigTree tree, String path, String app) {
        ConfigFile file = tree.files().get(path);
        if (file == null) {
            throw new UnsuitableConfig(path, 1, "NGINX does not load this file: no include reaches it from "
                    + tree.main(), "Name a file that is loaded (`nginx -T` lists them), or include it");
        }
        ProbeAddress trial = new ProbeAddress(OWN_LOOPBACK, "http", OWN_LOOPBACK, 80);
        ConfigFile tried = new ProbeServer(app, 0, trial, List.of()).in(file);
        return tree.with(Map.of(path, tried.bytes())).servers().stream()
                .takeWhile(server -> !server.names().contains(ProbeServer.serverName(app)))
                .filter(server -> !ProbeServer.isManaged(server))
                .flatMap(server -> server.listens().stream()).toList();
    }
}
