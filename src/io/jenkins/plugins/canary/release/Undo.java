package io.jenkins.plugins.canary.release;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import io.jenkins.plugins.canary.commands.Files;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.SlotName;
import java.util.Optional;

/**
 * How to put a slot's files on one host back. It stands on the host before anything is changed, so that another process
 * can do it too.
 *
 * @param rollout the one that changes them; what another wrote is over and done with
 * @param commit what was checked out, or {@code none} where there was no working copy
 * @param branch the branch that was checked out, or {@code -}
 * @param target what was to be checked out
 */
record Undo(String rollout, String commit, String branch, String target) {

    static final String NO_WORKING_COPY = "none";

    /** Notes it, unless this rollout has noted before how things were before it. */
    static void note(Plan plan, SlotName slot, Host host, Undo undo) throws HostException {
        if (read(plan, slot, host, undo.rollout()).isEmpty()) {
            host.require("write " + file(plan, slot),
                    Files.write(file(plan, slot), "600").input(new Gson().toJson(undo) + "\n"));
        }
    }

    /** What a rollout noted. */
    static Optional<Undo> read(Plan plan, SlotName slot, Host host, String rollout) throws HostException {
        String json = host.require("read " + file(plan, slot), Files.readIfThere(file(plan, slot))).text();
        try {
            return Optional.ofNullable(new Gson().fromJson(json, Undo.class))
                    .filter(undo -> undo.rollout().equals(rollout));
        } catch (JsonParseException e) {
            throw new HostException(host.name(), file(plan, slot) + " on " + host.name() + " is not readable ("
                    + e.getMessage() + "); move it away", e);
        }
    }

    static void forget(Plan plan, SlotName slot, Host host) throws HostException {
        host.require("remove " + file(plan, slot), Files.remove(file(plan, slot)));
    }

    private static String file(Plan plan, SlotName slot) {
        return plan.stateDirectory() + "/undo-" + slot.label() + ".json";
    }
}
