package io.jenkins.plugins.canary.routing;

import io.jenkins.plugins.canary.commands.Curl;
import io.jenkins.plugins.canary.commands.Nginx;
import io.jenkins.plugins.canary.commands.Sockets;
import io.jenkins.plugins.canary.event.Abort;
import io.jenkins.plugins.canary.event.Abort.Aborted;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.nginx.ProbeAddress;
import io.jenkins.plugins.canary.nginx.ProbeServer;
import io.jenkins.plugins.canary.plan.Plan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether NGINX does what its files say: one for every router. */
public final class Verifier {

    /** Requests on one connection: with 100 of them and nobody else asking, the split is exact. */
    private static final int BURST = 100;

    private static final Duration DRAIN_POLL = Duration.ofMillis(200);
    private static final String ESTABLISHED = "01";

    private final Plan plan;
    private final Host edge;
    private final Nginx nginx;
    private final Abort abort;

    public Verifier(Plan plan, Host edge, Nginx nginx, Abort abort) {
        this.plan = plan;
        this.edge = edge;
        this.nginx = nginx;
        this.abort = abort;
    }

    /** Begins to watch a service at a share. */
    public Observation observe(String service, double share) {
        return new Observation(share, plan.rollout().tolerance(), plan.services().get(service));
    }

    /** How long to wait between two calls of {@link #sample} for one service, to keep to the plan's rate. */
    public Duration pace() {
        return Duration.ofMillis(1000L * BURST / plan.probe().rate());
    }

    /**
     * Asks NGINX a hundred times more.
     *
     * @return how many answers came; 0 where NGINX does not run
     */
    public int sample(String service, ProbeAddress probe, Observation observation) throws HostException {
        String url = UpstreamRouter.url(probe) + "/split/" + service;
        String printed = edge.run(nginx.there(
                        Curl.sample(url, ProbeServer.serverName(plan.app()), BURST)))
                .text();
        List<Sample> answers = Sample.parse(printed);
        observation.add(answers);
        return answers.size();
    }

    /**
     * Waits until the edge has no connection to a port: NGINX's old workers keep theirs until the requests on them are
     * answered.
     *
     * @param limit how long at most
     * @return how many connections are left, 0 where all ended
     */
    public int drain(int port, Duration limit) throws HostException, Aborted {
        Instant deadline = Instant.now().plus(limit);
        while (true) {
            int left = connections(port);
            if (left == 0 || Instant.now().isAfter(deadline)) {
                return left;
            }
            abort.pause(DRAIN_POLL);
        }
    }

    private int connections(int port) throws HostException {
        String table = edge.require("look at open connections", nginx.there(Sockets.established())).text();
        String remote = ":" + String.format("%04X", port);
        // Of a local connection both ends are listed; the client's end is the one that has the port as its peer.
        Set<String> clients = table.lines().map(line -> line.strip().split("\\s+"))
                .filter(columns -> columns.length > 3 && columns[3].equals(ESTABLISHED) && columns[2].endsWith(remote))
                .map(columns -> columns[1])
                .collect(Collectors.toSet());
        return clients.size();
    }
}
