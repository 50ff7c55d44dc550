package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.event.NextSteps;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.Plan.HostEntry;
import io.jenkins.plugins.canary.plan.Slot;
import io.jenkins.plugins.canary.plan.SlotName;
import java.util.Map;

/** For a person who must go on where a way back failed: what is where, and the commands to finish it, in their order. */
final class ByHand {

    private final Plan plan;
    private final NextSteps next;

    ByHand(Plan plan, NextSteps next) {
        this.plan = plan;
        this.next = next;
    }

    /** @param served what NGINX's files say now; empty where they could not be read */
    String text(Map<String, Outcome.Served> served) {
        StringBuilder text = new StringBuilder("Where requests go now, by NGINX's files on ").append(address(plan.edge()))
                .append(":");
        if (served.isEmpty()) {
            text.append(" they could not be read; see ").append(plan.nginx().config());
        }
        served.forEach((service, now) -> text.append("\n  ").append(service).append(": ")
                .append(now.weights().share()).append(" % to the canary (port ").append(port(service, SlotName.CANARY))
                .append("), the rest to the stable slot (port ").append(port(service, SlotName.STABLE))
                .append("), both on ").append(address(plan.hostOf(service))));
        text.append("\nTo finish by hand:\n1. See which slot works:");
        for (String service : plan.services().keySet()) {
            for (SlotName slot : SlotName.values()) {
                text.append("\n     ").append(on(plan.hostOf(service))).append("curl -i 'http://127.0.0.1:")
                        .append(port(service, slot)).append(plan.services().get(service).health().path())
                        .append("'   # ").append(service).append(", ").append(slot.label());
            }
        }
        text.append("\n2. Start containers of the stable slot that stand still:");
        for (String host : plan.serviceHosts()) {
            text.append("\n     ").append(on(host)).append(start(host));
        }
        String nginx = sudo(plan.edge()) + plan.nginx().command();
        text.append("\n3. The stable slot works: ").append(next.rollback()).append(". Only the canary works: canary weights"
                        + " --plan PLAN --share 100.")
                .append("\n4. Without this tool: ").append(on(plan.edge())).append("the file before each change is in ")
                .append(plan.stateDirectory()).append("/backups/nginx (the newest: `ls -t` there); copy it back, or give")
                .append(" the `server` line of the slot that works the weight, in ").append(plan.nginx().config())
                .append("; then `").append(nginx).append(" -t && ").append(nginx).append(" -s reload`.")
                .append("\nWorking copies and .env as they were before are in ").append(plan.stateDirectory())
                .append("/backups on each host; see docs/host.md.");
        return text.toString();
    }

    private String start(String host) {
        Slot stable = plan.slot(SlotName.STABLE);
        StringBuilder command = new StringBuilder("cd ").append(stable.directory()).append(" && ").append(sudo(host))
                .append("docker compose -p ").append(stable.project()).append(" -f ").append(stable.file()).append(" start");
        plan.servicesOn(host).forEach(service ->
                plan.composeServicesOf(service).forEach(compose -> command.append(' ').append(compose)));
        return command.toString();
    }

    private String on(String host) {
        return "on " + address(host) + ": ";
    }

    private String address(String host) {
        return plan.hostEntry(host).address().equals(HostEntry.LOCAL) ? "this machine" : plan.hostEntry(host).address();
    }

    private String sudo(String host) {
        return plan.hostEntry(host).sudo() ? "sudo " : "";
    }

    private int port(String service, SlotName slot) {
        return plan.services().get(service).port(slot);
    }
}
