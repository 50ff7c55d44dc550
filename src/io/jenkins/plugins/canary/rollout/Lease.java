package io.jenkins.plugins.canary.rollout;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jenkins.plugins.canary.commands.Files;
import io.jenkins.plugins.canary.commands.Lock;
import io.jenkins.plugins.canary.host.Hold;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.plan.Plan;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * The right to change an app: a lock on the edge that lives as long as the connection to it. A deployer that dies gives
 * it back; one whose connection drops takes it again before it goes on, unless another was faster.
 */
final class Lease {

    /** Twelve beats of a {@link Hold}: a deployer that paused so long may be gone for good. */
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private static final String TAKEN = "taken ";

    private final String taker = UUID.randomUUID().toString();
    private final Plan plan;
    private final Host edge;
    private final String holder;
    private final String action;
    private Hold hold;

    /** @param holder who takes it, as {@code user@machine} */
    Lease(Plan plan, Host edge, String holder, String action) {
        this.plan = plan;
        this.edge = edge;
        this.holder = holder;
        this.action = action;
    }

    /** Takes the lease, or makes sure that it is still held. */
    void ensure() throws HeldByAnother, HostException {
        if (hold != null && hold.alive()) {
            return;
        }
        if (hold != null) {
            hold.close();
        }
        boolean sudo = plan.hostEntry(plan.edge()).sudo();
        String owner = sudo ? plan.hostEntry(plan.edge()).user().orElse("") : "";
        edge.require("make " + plan.stateDirectory(), Files.stateDirectory(plan.stateDirectory(), owner).root());
        String facts = new Gson().toJson(Map.of(
                "holder", holder, "action", action, "since", Instant.now().toString()));
        Hold taken = edge.hold("lock " + plan.app(), Lock.hold(plan.stateDirectory(), facts, taker, SILENCE));
        if (!taken.line().startsWith(TAKEN)) {
            taken.close();
            throw new HeldByAnother("another rollout holds " + plan.app() + ": " + describe(taken.line())
                    + ".");
        }
        String last = taken.line().substring(TAKEN.length()).strip();
        if (hold != null && !last.isEmpty() && !last.equals(taker)) {
            taken.close();
            throw new HeldByAnother("another rollout of " + plan.app() + " has run since the connection dropped.");
        }
        hold = taken;
    }

    /** Takes it again where the connection dropped; one that was never taken is not. */
    void keep() throws HeldByAnother, HostException {
        if (hold != null) {
            ensure();
        }
    }

    /** Who holds an app, in words, from what the lock command printed. */
    private static String describe(String line) {
        String json = line.substring("held".length()).strip();
        if (json.isEmpty()) {
            return "one that has just begun";
        }
        JsonObject facts = JsonParser.parseString(json).getAsJsonObject();
        return facts.get("action").getAsString() + " by " + facts.get("holder").getAsString() + " since "
                + facts.get("since").getAsString();
    }

    /** Gives it back, if it was taken. */
    void close() {
        if (hold != null) {
            hold.close();
        }
    }
}
