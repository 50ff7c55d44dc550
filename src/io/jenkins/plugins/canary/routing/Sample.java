package io.jenkins.plugins.canary.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What became of one probe request: {@code $upstream_addr} lists every server that NGINX tried (nginx.org,
 * ngx_http_upstream_module).
 *
 * @param chosenPort the server that NGINX chose by weight, 0 where it had none
 * @param servedPort the one that answered in the end
 * @param status the answer's status
 */
record Sample(int chosenPort, int servedPort, int status) {

    /** Reads what {@link io.jenkins.plugins.canary.commands.Curl#sample} printed. */
    static List<Sample> parse(String printed) {
        List<Sample> samples = new ArrayList<>();
        int status = 0;
        for (String line : printed.lines().toList()) {
            if (line.startsWith("HTTP/")) {
                status = Integer.parseInt(line.split(" ", 3)[1]);
            } else if (line.toLowerCase(Locale.ROOT).startsWith("x-canary-upstream:")) {
                String[] tried = line.substring(line.indexOf(':') + 1).strip().split("\\s*[,:]\\s+|,\\s*");
                samples.add(new Sample(port(tried[0]), port(tried[tried.length - 1]), status));
            }
        }
        return samples;
    }

    private static int port(String address) {
        String port = address.substring(address.lastIndexOf(':') + 1);
        return port.matches("[0-9]{1,5}") ? Integer.parseInt(port) : 0;
    }
}
