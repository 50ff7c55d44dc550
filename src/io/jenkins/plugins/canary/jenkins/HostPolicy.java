package io.jenkins.plugins.canary.jenkins;

import hudson.AbortException;
import io.jenkins.plugins.canary.jenkins.HostAccess.Vouched;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.Plan.HostEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which hosts a plan may name. A plan is content of a workspace, and whoever can push could name a host of their own in
 * it and be sent the app's secrets; so hosts come from Jenkins' configuration unless an administrator trusts plans.
 */
final class HostPolicy {

    private final List<NamedHost> configured;
    private final boolean plansMayNameHosts;

    HostPolicy(List<NamedHost> configured, boolean plansMayNameHosts) {
        this.configured = List.copyOf(configured);
        this.plansMayNameHosts = plansMayNameHosts;
    }

    static HostPolicy current() {
        CanaryConfiguration configuration = CanaryConfiguration.get();
        return new HostPolicy(configuration.getHosts(), configuration.isAllowHostsFromPlans());
    }

    /**
     * Of each of the plan's hosts, in the plan's order: what the administrator says of it, or nothing where the plan
     * may speak for itself.
     *
     * @throws AbortException a host is not known to the administrator, and plans are not trusted
     */
    Map<String, Optional<NamedHost>> hostsOf(Plan plan) throws AbortException {
        Map<String, Optional<NamedHost>> hosts = new LinkedHashMap<>();
        List<String> unknown = new ArrayList<>();
        plan.hosts().forEach((name, entry) -> {
            Optional<NamedHost> known = find(name, entry);
            if (known.isEmpty() && !plansMayNameHosts) {
                unknown.add("`" + name + "` (" + entry.address() + ")");
            }
            hosts.put(name, known);
        });
        if (!unknown.isEmpty()) {
            throw new AbortException("Jenkins does not know " + (unknown.size() == 1 ? "host " : "hosts ")
                    + String.join(", ", unknown) + " of the plan, so nothing was sent there. An administrator can add"
                    + " each under Manage Jenkins > System > Canary Deploy > Hosts, by its name in the plan or by what"
                    + " the plan has as its `address`; or switch \"Allow hosts from plans\" on there, which lets"
                    + " everyone who can push name any host."
                    + (configured.isEmpty() ? "" : " Known are: "
                            + String.join(", ", configured.stream().map(NamedHost::getName).toList()) + "."));
        }
        return hosts;
    }

    /** By the name in the plan; or by the plan's address, since all plans with one host call it the same. */
    private Optional<NamedHost> find(String name, HostEntry entry) {
        return named(entry.address()).or(() -> named(name));
    }

    private Optional<NamedHost> named(String name) {
        return configured.stream().filter(host -> host.getName().equals(name)).findFirst();
    }

    static Vouched vouched(NamedHost host) throws AbortException {
        return new Vouched(host.getAddress(), host.getPort(), host.getUser(), host.knownHosts(),
                host.getNginxCommand());
    }
}
