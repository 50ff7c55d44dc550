package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.commands.Command;
import io.jenkins.plugins.canary.commands.LeaseFile;
import io.jenkins.plugins.canary.host.CommandFailed;
import io.jenkins.plugins.canary.host.ConnectionLost;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.host.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * A host that does nothing for a deployer whose lease is over: in each exchange it looks at its own lease file first.
 * A deployer that slept for an hour and wakes up is refused by the host itself.
 */
final class FencedHost implements Host {

    /**
     * What is left of the lease when an exchange begins. Short commands end within it; long ones run in a session
     * that a successor ends before it begins.
     */
    private static final Duration LEAST = Duration.ofSeconds(5);

    private final Host host;
    private final String stateDirectory;

    /** 0 as long as there is no lease: what runs then only reads. */
    private volatile long fence;

    FencedHost(Host host, String stateDirectory) {
        this.host = host;
        this.stateDirectory = stateDirectory;
    }

    void fence(long fence) {
        this.fence = fence;
    }

    @Override
    public String name() {
        return host.name();
    }

    @Override
    public List<Result> run(List<Command> commands) throws HostException {
        if (fence == 0) {
            return host.run(commands);
        }
        List<Command> fenced = new ArrayList<>();
        fenced.add(LeaseFile.check(stateDirectory, fence, LEAST));
        fenced.addAll(commands);
        List<Result> results = runOnce(fenced);
        if (results.get(0).exit() == LeaseFile.NOT_OURS) {
            // Late is not lost: as long as nobody took it the lease can be renewed, and the host knows.
            renew();
            results = runOnce(fenced);
        }
        if (!results.get(0).ok()) {
            throw new CommandFailed(name(), "look at the lease", results.get(0));
        }
        return results.subList(1, results.size());
    }

    /** @throws LeaseLost another has it */
    void renew() throws HostException {
        String said = host.require("renew the lease", LeaseFile.renew(stateDirectory, fence, Lease.TTL)).text();
        if (!said.equals("renewed")) {
            throw new LeaseLost(name(), "this rollout lost its lease on " + name() + " to another: "
                    + LeaseFacts.describe(said.substring("lost".length()).strip())
                    + ". The host has let it change nothing since; the other one decides.");
        }
    }

    /** What was under way when the connection dropped is ended before anything else is done. */
    private List<Result> runOnce(List<Command> commands) throws HostException {
        try {
            return host.run(commands);
        } catch (ConnectionLost e) {
            host.require("end what the lost connection left running", LeaseFile.endSessions(stateDirectory, fence));
            throw e;
        }
    }

    @Override
    public OptionalInt forward(int port) throws HostException {
        return host.forward(port);
    }

    /** Whoever opened the host closes it. */
    @Override
    public void close() {
        fence = 0;
    }
}
