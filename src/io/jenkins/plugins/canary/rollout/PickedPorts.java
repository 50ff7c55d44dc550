package io.jenkins.plugins.canary.rollout;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import io.jenkins.plugins.canary.commands.Files;
import io.jenkins.plugins.canary.commands.PortFile;
import io.jenkins.plugins.canary.commands.PortFile.Mode;
import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.host.Result;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.Plan.HostEntry;
import io.jenkins.plugins.canary.plan.Plan.PortRange;
import io.jenkins.plugins.canary.plan.Plan.Ports;
import io.jenkins.plugins.canary.plan.SlotName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The ports of services that the plan gives none: picked on their host once, and kept there. */
final class PickedPorts {

    private final Plan plan;
    private final Map<String, Host> hosts;

    PickedPorts(Plan plan, Map<String, Host> hosts) {
        this.plan = plan;
        this.hosts = hosts;
    }

    /**
     * The plan with the ports of every service.
     *
     * @throws Refused too few ports are free, or none were picked yet and none are to be
     */
    Plan complete(Mode mode) throws Refused, HostException {
        Map<String, Ports> picked = new LinkedHashMap<>();
        for (String host : plan.serviceHosts()) {
            List<String> without = plan.servicesOn(host).stream()
                    .filter(service -> plan.services().get(service).ports().isEmpty()).toList();
            if (!without.isEmpty()) {
                picked.putAll(pick(hosts.get(host), without, mode));
            }
        }
        return picked.isEmpty() ? plan : plan.withPorts(picked);
    }

    private Map<String, Ports> pick(Host host, List<String> services, Mode mode) throws Refused, HostException {
        PortRange range = plan.ports().orElseThrow();
        if (mode == Mode.RESERVE) {
            HostEntry entry = plan.hostEntry(host.name());
            host.require("make " + plan.stateDirectory(), Files.stateDirectory(
                    plan.stateDirectory(), entry.sudo() ? entry.user().orElse("") : "").root());
        }
        Result result = host.run(PortFile.pick(
                plan.state(), plan.app(), range.first(), range.last(), fixed(host), mode, services));
        if (result.exit() == PortFile.FULL) {
            throw new Refused("no two ports for each of " + services + " are free on " + host.name() + " in `ports.range` "
                    + range.range() + ": a port that something listens on, that another app has in its ports.json under "
                    + plan.state() + ", or that lies in net.ipv4.ip_local_port_range is not taken. Widen the range, or"
                    + " delete the state directory of an app that is gone. Nothing was changed.");
        }
        if (!result.ok()) {
            throw new HostException(host.name(), "could not pick ports on " + host.name() + ": " + result.errors());
        }
        Map<String, Ports> ports = new Gson().fromJson(result.text(), new TypeToken<Map<String, Ports>>() { }.getType());
        for (String service : services) {
            if (!ports.containsKey(service)) {
                throw new Refused("service " + service + " has no ports on " + host.name()
                        + " yet; they are picked when it is deployed first: canary deploy --plan PLAN --type stable");
            }
        }
        return ports;
    }

    private List<Integer> fixed(Host host) {
        List<Integer> fixed = new ArrayList<>();
        for (String service : plan.servicesOn(host.name())) {
            plan.services().get(service).ports().ifPresent(ports -> {
                for (SlotName slot : SlotName.values()) {
                    fixed.add(plan.services().get(service).port(slot));
                }
            });
        }
        return fixed;
    }
}
