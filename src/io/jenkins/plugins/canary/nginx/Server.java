package io.jenkins.plugins.canary.nginx;

import java.util.List;
import java.util.Optional;

/**
 * One {@code server} of an upstream.
 *
 * @param directive the directive; of a parked server the one inside the comment
 * @param host the address without its port, as it stands there; IPv6 in brackets
 * @param port 80 where none is given (nginx.org, upstream); 0 for a unix socket
 * @param parked whether the line is commented out with our mark, so that NGINX does not see it
 */
public record Server(Directive directive, String host, int port, boolean parked) {

    private static final String UNIX = "unix:";

    static Server of(Directive directive, boolean parked) {
        String address = directive.arg(0);
        if (address.startsWith(UNIX)) {
            return new Server(directive, address, 0, parked);
        }
        int colon = address.lastIndexOf(':');
        boolean split = colon > 0 && address.indexOf(']', colon) < 0;
        String port = split ? address.substring(colon + 1) : "80";
        boolean number = !port.isEmpty() && port.length() <= 5 && port.chars().allMatch(c -> c >= '0' && c <= '9');
        return new Server(directive, split ? address.substring(0, colon) : address,
                number ? Integer.parseInt(port) : -1, parked);
    }

    public String address() {
        return directive.arg(0);
    }

    public int line() {
        return directive.line();
    }

    /** What follows the address, such as {@code max_fails=3} or {@code backup}. */
    public List<String> parameters() {
        return directive.args().stream().skip(1).map(Word::value).toList();
    }

    /** The value of {@code name=value}; of several NGINX takes the last. */
    public Optional<String> parameter(String name) {
        return parameters().stream().filter(parameter -> parameter.startsWith(name + "="))
                .reduce((first, last) -> last).map(parameter -> parameter.substring(name.length() + 1));
    }

    public boolean has(String flag) {
        return parameters().contains(flag);
    }

    public boolean unix() {
        return address().startsWith(UNIX);
    }

    /** Its weight in NGINX's own units; 1 where none is given; 0 where NGINX sends it nothing. */
    long weight() {
        return parked || has("down") ? 0 : parameter("weight").map(Long::parseLong).orElse(1L);
    }
}
