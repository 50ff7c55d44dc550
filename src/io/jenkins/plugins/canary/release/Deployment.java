package io.jenkins.plugins.canary.release;

import io.jenkins.plugins.canary.container.Container;
import io.jenkins.plugins.canary.event.Events;
import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.SlotName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * A slot of an app on all of its hosts, and one release going into it. The steps are called in this order:
 * {@link #fetch}, {@link #checkout}, {@link #writeEnv}, {@link #requireSafe}, {@link #up}; {@link #restoreFiles} undoes
 * the middle ones. None of them sends traffic anywhere.
 */
public final class Deployment {

    private final SlotName slot;
    private final Events events;
    private final Map<String, SlotHost> hosts = new LinkedHashMap<>();

    /**
     * @param hosts by their names in the plan; those without services are left alone
     * @param rollout names this rollout and so its backups, rising with time; known once the app is leased
     */
    public Deployment(Plan plan, SlotName slot, Map<String, Host> hosts, Events events, Supplier<String> rollout) {
        this.slot = slot;
        this.events = events;
        for (String name : plan.serviceHosts()) {
            this.hosts.put(name, new SlotHost(plan, slot, hosts.get(name), events, rollout));
        }
    }

    public SlotName slot() {
        return slot;
    }

    /** Makes every value of the app's {@code .env} files a secret, before anything of a container is shown. */
    public void learnSecrets() throws HostException {
        for (SlotHost host : hosts.values()) {
            host.learnSecrets();
        }
    }

    /**
     * Makes a commit available on every host; what runs and what is checked out stay as they are.
     *
     * @param commit a hash, or empty for the newest of the plan's branch
     * @return the release, without images
     */
    public Release fetch(Optional<String> commit) throws Refused, HostException {
        Release release = null;
        for (SlotHost host : hosts.values()) {
            host.makeStateDirectory();
            // The first host settles what "the newest" is, or a push in between would split the app.
            release = host.workingCopy().fetch(release == null ? commit : Optional.of(release.commit()));
        }
        return release;
    }

    public void checkout(Release release) throws Refused, HostException {
        for (SlotHost host : hosts.values()) {
            host.workingCopy().checkout(release.commit());
        }
    }

    /** @param env of a new release, or empty for what the stable slot has */
    public void writeEnv(Optional<EnvText> env, Release release) throws Refused, HostException {
        for (SlotHost host : hosts.values()) {
            host.writeEnv(env, release.commit());
        }
    }

    /** Writes the {@code .env} that a release ran with. */
    public void writeKeptEnv(Release release) throws Refused, HostException {
        for (SlotHost host : hosts.values()) {
            host.writeKeptEnv(release.commit());
        }
    }

    /** See {@link SlotHost#requireSafe}. */
    public void requireSafe(Release release) throws Refused, HostException {
        for (SlotHost host : hosts.values()) {
            host.requireSafe(release.commit());
        }
    }

    /**
     * Starts the release's containers; the slot must have no traffic.
     *
     * @return the release with its images
     */
    public Release up(Release release) throws Refused, HostException {
        Map<String, String> images = new LinkedHashMap<>();
        for (SlotHost host : hosts.values()) {
            images.putAll(host.up(release));
        }
        return release.withImages(images);
    }

    public void stop() throws Refused, HostException {
        for (SlotHost host : hosts.values()) {
            host.stop();
        }
    }

    /** Puts working copies and {@code .env} files back as they were before this deployment. */
    public void restoreFiles() throws HostException {
        for (SlotHost host : hosts.values()) {
            host.restoreFiles();
        }
    }

    /** Whether the slot's containers run, and were started by a rollout for this very release with the same {@code .env}. */
    public boolean runs(Release release, Optional<EnvText> env) throws Refused, HostException {
        for (SlotHost host : hosts.values()) {
            if (!host.runs(release.commit(), env)) {
                return false;
            }
        }
        return true;
    }

    /**
     * What runs in the slot although it is not remembered: the stack that a team had before, or a release that was rolled
     * back and still runs.
     *
     * @return empty where no container of the app runs in it, or those that run are of several releases
     */
    public Optional<Release> adopt() throws HostException {
        Map<String, String> images = new LinkedHashMap<>();
        Set<String> commits = new TreeSet<>();
        for (SlotHost host : hosts.values()) {
            for (Container container : host.running()) {
                images.put(container.service(), container.imageId());
                commits.add(SlotHost.commitOf(container).orElse(WorkingCopy.CHECKED_OUT));
            }
        }
        if (commits.size() > 1) {
            events.warning("the containers in the " + slot.label() + " slot are of several releases: " + commits);
        }
        if (commits.size() != 1) {
            return Optional.empty();
        }
        String commit = commits.iterator().next();
        Optional<Release> found = hosts.values().iterator().next().workingCopy().find(commit);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Release release = found.get().withImages(images);
        for (SlotHost host : hosts.values()) {
            host.tagImages(release);
            if (commit.equals(WorkingCopy.CHECKED_OUT)) {
                host.keepEnv(release);
            }
        }
        return Optional.of(release);
    }

    /**
     * The images on a host that its slot's Compose file, as it is checked out now, would need from a registry that does not
     * give them.
     */
    public List<String> missingImages(String host) throws HostException {
        return hosts.get(host).missingImages();
    }

    /** Whether all images of a release are still on its hosts. */
    public boolean isKept(Release release) throws HostException {
        for (SlotHost host : hosts.values()) {
            if (!host.isKept(release.commit())) {
                return false;
            }
        }
        return true;
    }

    /** Removes the images of all releases but these. */
    public void prune(List<Release> kept) throws HostException {
        for (SlotHost host : hosts.values()) {
            host.prune(kept.stream().map(Release::commit).distinct().toList());
        }
    }
}
