package io.jenkins.plugins.canary.routing;

import io.jenkins.plugins.canary.nginx.ProbeAddress;
import io.jenkins.plugins.canary.nginx.Weights;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How NGINX is configured for an app.
 *
 * @param weights of each service, in the plan's order
 * @param generation of the marker in the files, or 0 before the first change
 * @param probe where the marker answers, if it does; never before the first change
 * @param remarks what a person might want to change in the configuration
 */
public record Routing(
        Map<String, Weights> weights, long generation, Optional<ProbeAddress> probe, List<String> remarks) {}
