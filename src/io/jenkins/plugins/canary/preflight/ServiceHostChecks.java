package io.jenkins.plugins.canary.preflight;

import io.jenkins.plugins.canary.commands.Compose;
import io.jenkins.plugins.canary.commands.Docker;
import io.jenkins.plugins.canary.commands.Probing;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.SlotName;

/** What a host needs to run the canary's containers. */
final class ServiceHostChecks {

    private static final long LEAST_FREE = 500_000_000;
    private static final long LEAST_INODES = 5_000;

    private final Plan plan;
    private final Findings findings;

    ServiceHostChecks(Plan plan, Findings findings) {
        this.plan = plan;
        this.findings = findings;
    }

    void run(Host host) {
        boolean docker = findings.require(host, Docker.version(), "Docker does not answer",
                "start it, or add the user to group docker");
        findings.require(host, Compose.detect(), "there is no Docker Compose", "install docker-compose-plugin");
        findings.check(() -> room(host, plan.directory(), "`df -h`"));
        if (docker) {
            findings.check(() -> room(host, host.require("ask where Docker keeps images", Docker.rootDirectory()).text(),
                    "`docker image prune`"));
            plan.servicesOn(host.name()).forEach(service -> findings.check(() -> canaryPort(host, service)));
        }
    }

    private void room(Host host, String path, String remedy) throws HostException {
        long free = Long.parseLong(host.require("measure free disk", Probing.freeBytes(path)).text());
        if (free < LEAST_FREE) {
            findings.block("only " + free / 1_000_000 + " MB are free for " + path + " on " + host.name()
                    + "; make room, for example with " + remedy);
        }
        String inodes = host.require("count free inodes", Probing.freeInodes(path)).text();
        // Some file systems, such as btrfs, have no fixed number of them.
        if (inodes.matches("[0-9]+") && Long.parseLong(inodes) < LEAST_INODES) {
            findings.block("only " + inodes + " inodes are free for " + path + " on " + host.name()
                    + ", too few for more files (`df -i " + path + "`); remove what is not needed");
        }
    }

    private void canaryPort(Host host, String service) throws HostException {
        int port = plan.services().get(service).port(SlotName.CANARY);
        String project = plan.slot(SlotName.CANARY).project();
        String holder = host.require("look who has port " + port, Docker.holderOfPort(port, project)).text();
        if (!holder.isEmpty()) {
            findings.block("port " + port + " on " + host.name() + ", the canary's of service " + service
                    + ", is held by " + holder + ", which is not of project " + project
                    + ". End that, or name another port in the plan");
        }
    }
}
