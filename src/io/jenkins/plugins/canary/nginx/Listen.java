package io.jenkins.plugins.canary.nginx;

import java.util.List;

/**
 * One {@code listen} of an HTTP server.
 *
 * @param where the directive and its file
 * @param address its first argument as NGINX understands it, such as {@code 127.0.0.1:8080} or {@code 80}
 * @param host the part before the port; {@code *} where it is a wildcard or left out; IPv6 in brackets
 * @param port the port, the first of a range; 80 where it is left out (nginx.org, listen); 0 for a unix socket
 * @param options what follows the address, such as {@code ssl} or {@code default_server}
 */
public record Listen(Located where, String address, String host, int port, List<String> options) {

    private static final String UNIX = "unix:";

    public Listen {
        options = List.copyOf(options);
    }

    static Listen of(Located where) {
        List<String> words = where.directive().args().stream().map(Word::value).toList();
        String address = words.isEmpty() ? "" : words.get(0);
        List<String> options = words.isEmpty() ? words : words.subList(1, words.size());
        if (address.startsWith(UNIX)) {
            return new Listen(where, address, address, 0, options);
        }
        int colon = address.lastIndexOf(':');
        boolean split = colon >= 0 && address.indexOf(']', colon) < 0;
        boolean portAlone = !split && !address.isEmpty() && address.chars().allMatch(c -> c == '-' || isDigit(c));
        String host = split ? address.substring(0, colon) : portAlone ? "*" : address;
        String port = split ? address.substring(colon + 1) : portAlone ? address : "80";
        return new Listen(where, address, host.isEmpty() || host.equals("0.0.0.0") ? "*" : host, number(port), options);
    }

    public boolean has(String option) {
        return options.contains(option);
    }

    public boolean unix() {
        return address.startsWith(UNIX);
    }

    /** Whether both are one socket for NGINX, so that both servers share its options. */
    public boolean sameSocket(Listen other) {
        return host.equals(other.host) && port == other.port && has("quic") == other.has("quic");
    }

    private static int number(String port) {
        int digits = 0;
        while (digits < port.length() && isDigit(port.charAt(digits))) {
            digits++;
        }
        return digits == 0 || digits > 5 ? 0 : Integer.parseInt(port.substring(0, digits));
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
