package io.jenkins.plugins.canary.release;

import com.google.gson.Gson;
import io.jenkins.plugins.canary.commands.Command;
import io.jenkins.plugins.canary.commands.Compose;
import io.jenkins.plugins.canary.commands.Docker;
import io.jenkins.plugins.canary.commands.Files;
import io.jenkins.plugins.canary.container.Container;
import io.jenkins.plugins.canary.event.Events;
import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.host.CommandFailed;
import io.jenkins.plugins.canary.host.ConnectionLost;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.host.Result;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.Slot;
import io.jenkins.plugins.canary.plan.SlotName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A slot of an app on one host: its working copy, its {@code .env}, its containers. */
final class SlotHost {

    private static final int KEPT_ENV_FILES = 5;
    private static final String ENV = ".env";

    /** Tells containers which release they are of. */
    private static final String RELEASE_VARIABLE = "CANARY_RELEASE";

    private static final String RELEASES = "releases";

    private final Plan plan;
    private final Slot slot;
    private final Host host;
    private final Events events;
    private final Supplier<String> rollout;
    private final WorkingCopy workingCopy;

    private Compose compose;

    SlotHost(Plan plan, SlotName slot, Host host, Events events, Supplier<String> rollout) {
        this.plan = plan;
        this.slot = plan.slot(slot);
        this.host = host;
        this.events = events;
        this.rollout = rollout;
        this.workingCopy = new WorkingCopy(plan, this.slot, host, events, rollout);
    }

    WorkingCopy workingCopy() {
        return workingCopy;
    }

    /** The Compose services of the plan that run here. */
    List<String> composeServices() {
        return plan.servicesOn(host.name()).stream()
                .flatMap(service -> plan.composeServicesOf(service).stream())
                .toList();
    }

    void makeStateDirectory() throws HostException {
        String owner = plan.hostEntry(host.name()).sudo() ? plan.hostEntry(host.name()).user().orElse("") : "";
        host.require("make " + plan.stateDirectory() + " (or create it for the deploying user, mode 700, beforehand)",
                Files.stateDirectory(plan.stateDirectory(), owner).root());
    }

    /** Makes every value of the {@code .env} files that are there a secret, those of kept releases too. */
    void learnSecrets() throws HostException {
        events.secrets().addValuesOf(
                host.require("read " + releases(), Files.readAll(releases(), ENV)).text());
        for (SlotName name : SlotName.values()) {
            String file = plan.slot(name).directory() + "/" + plan.env().path();
            events.secrets().addValuesOf(host.require("read " + file, Files.readIfThere(file)).text());
        }
    }

    /**
     * Writes the slot's {@code .env} for a new release: the given one, else the stable slot's, which is the one that
     * people edit, else what the slot has; with the plan's time zone.
     */
    void writeEnv(Optional<EnvText> given, String commit) throws Refused, HostException {
        writeEnv(commit, newEnv(given));
    }

    /** Writes the slot's {@code .env} as a release had it that runs, or ran, on this host. */
    void writeKeptEnv(String commit) throws Refused, HostException {
        writeEnv(commit, findEnv(List.of(releaseEnv(commit), stableEnvFile(), envFile())));
    }

    private void writeEnv(String commit, Optional<EnvText> text) throws HostException {
        if (text.isEmpty()) {
            events.warning("there is no " + plan.env().path() + " for " + slot.directory() + " on " + host.name()
                    + "; the containers start without one");
            return;
        }
        EnvText env = withTimezone(text.get());
        events.secrets().addValuesOf(env.reveal());
        boolean same = writeKeeping(envFile(), slot.name().label(), env);
        writeKeeping(releaseEnv(commit), RELEASES, env);
        events.done((same ? "kept " : "wrote ") + envFile() + " on " + host.name());
    }

    private Optional<EnvText> newEnv(Optional<EnvText> given) throws Refused, HostException {
        return given.isPresent() ? given : findEnv(List.of(stableEnvFile(), envFile()));
    }

    private EnvText withTimezone(EnvText text) {
        return plan.env().timezone().map(text::withTimezone).orElse(text);
    }

    /** See {@link Deployment#runs}. */
    boolean runs(String commit, Optional<EnvText> given) throws Refused, HostException {
        Optional<String> wanted = newEnv(given).map(this::withTimezone).map(EnvText::reveal);
        if (!wanted.equals(findEnv(List.of(releaseEnv(commit))).map(EnvText::reveal))) {
            return false;
        }
        for (String service : composeServices()) {
            List<Container> containers = Container.of(host, slot.project(), service);
            boolean all = !containers.isEmpty() && containers.stream().allMatch(container ->
                    container.running() && commitOf(container).equals(Optional.of(commit)));
            if (!all) {
                return false;
            }
        }
        return true;
    }

    /** Whether the file had this text already. */
    private boolean writeKeeping(String file, String kind, EnvText env) throws HostException {
        return host.require("write " + file, Files.writeKeeping(file, copies(kind), rollout.get() + ENV, KEPT_ENV_FILES)
                .input(env.reveal())).text().equals("same");
    }

    /**
     * Checks what Compose would do, before it does anything, and pulls the images that it would.
     *
     * @throws Refused it would create a volume, need a service that is not in the plan, or be cut off from one that it
     *     depends on; or an image can't be had
     */
    void requireSafe(String commit) throws Refused, HostException {
        ComposeModel model = model();
        List<String> problems = new ArrayList<>();
        Set<String> volumes = Set.copyOf(host.require("list volumes", Docker.volumes()).text().lines().toList());
        for (String service : composeServices()) {
            if (!model.services().contains(service)) {
                problems.add("it has no service " + service + " (it has " + new TreeSet<>(model.services()) + ")");
                continue;
            }
            for (String volume : model.ownVolumes(service)) {
                if (!volumes.contains(volume)) {
                    problems.add("service " + service + " would get a new, empty volume " + volume
                            + "; declare it `external: true` with the `name` of the one that has the data, or create it:"
                            + " docker volume create " + volume);
                }
            }
            model.joined(service).filter(other -> !composeServices().contains(other)).ifPresent(other ->
                    problems.add("service " + service + " can't start without " + other
                            + ", which is not in the plan; the slot would start a second one"));
            requireReachable(model, service, problems);
        }
        for (String image : problems.isEmpty() && !isKept(commit) ? foreignImages(model) : List.<String>of()) {
            Result pulled = host.run(Docker.pull(image));
            if (pulled.ok()) {
                events.done("pulled " + image + " on " + host.name());
            } else {
                problems.add("image " + image + " is neither built nor here, and can't be pulled: " + pulled.errors());
            }
        }
        if (!problems.isEmpty()) {
            throw new Refused(slot.directory() + "/" + slot.file() + " on " + host.name() + " can't be started as the "
                    + slot.name().label() + " slot:\n- " + String.join("\n- ", problems));
        }
    }

    /**
     * Starts the slot's containers and nothing else.
     *
     * @return the image id of each Compose service
     */
    Map<String, String> up(Release release) throws Refused, HostException {
        boolean kept = isKept(release.commit());
        Predicate<String> hasOwnImage = kept ? service -> true : model()::builds;
        Map<String, Object> overrides = new LinkedHashMap<>();
        for (String service : composeServices()) {
            Map<String, Object> override = new LinkedHashMap<>();
            if (hasOwnImage.test(service)) {
                override.put("image", image(service, release.commit()));
            }
            override.put("environment", Map.of("CANARY_SLOT", slot.name().label(), RELEASE_VARIABLE, release.commit()));
            overrides.put(service, override);
        }
        String file = plan.stateDirectory() + "/compose." + slot.name().label() + ".yml";
        // JSON is YAML, and needs no rules of quoting of our own.
        String text = new Gson().toJson(Map.of("services", overrides));
        host.require("write " + file, Files.write(file, "600").input(text));
        start(compose().up(slot, envFileIfThere(), file, composeServices(), !kept));
        Map<String, String> images = new LinkedHashMap<>();
        for (String service : composeServices()) {
            for (Container container : Container.of(host, slot.project(), service)) {
                images.put(service, container.imageId());
                warnOfTimezone(container);
            }
        }
        for (var image : images.entrySet()) {
            host.require("tag the image", Docker.tag(image.getValue(), image(image.getKey(), release.commit())));
        }
        events.done("started " + composeServices() + " of " + Release.shortHash(release.commit()) + " in project "
                + slot.project() + " on " + host.name());
        return images;
    }

    /** See {@link Deployment#missingImages}. */
    List<String> missingImages() throws HostException {
        learnSecrets();
        List<String> missing = new ArrayList<>();
        try {
            for (String image : foreignImages(model())) {
                Result asked = host.run(Docker.inRegistry(image));
                // Old clients know the command only with experimental features; a slow registry says nothing either.
                boolean unknown = asked.exit() == 124 || asked.errors().contains("experimental");
                if (!asked.ok() && !unknown) {
                    missing.add(image);
                }
            }
        } catch (Refused e) {
            // There is none yet, or one that Compose does not accept: that of the release is judged when it is there.
            return List.of();
        }
        return missing;
    }

    /** Images that are neither built nor here. */
    private List<String> foreignImages(ComposeModel model) throws HostException {
        List<String> images = new ArrayList<>();
        for (String service : composeServices()) {
            Optional<String> image = model.builds(service) ? Optional.empty() : model.image(service);
            if (image.isPresent() && !host.run(Docker.imageId(image.get())).ok()) {
                images.add(image.get());
            }
        }
        return images;
    }

    /** A Compose that lost its deployer goes on by itself: the lock has the next one wait until it has ended. */
    private void start(Command up) throws HostException {
        Command alone = up.behind(List.of("flock", "--close", plan.stateDirectory() + "/compose.lock"));
        String attempt = "start the " + slot.name().label() + " containers";
        try {
            host.require(attempt, alone);
        } catch (ConnectionLost e) {
            events.warning(e.getMessage() + ". Connecting again and starting the containers anew.");
            host.require(attempt, alone);
        } catch (CommandFailed e) {
            throw explained(attempt, e);
        }
    }

    /** Compose tells of a daemon that is gone by a stack of its own calls. */
    private HostException explained(String attempt, CommandFailed failed) throws HostException {
        Result daemon = host.run(Docker.version());
        return daemon.ok() ? failed : new HostException(host.name(), "could not " + attempt + " on " + host.name()
                + ", because Docker does not answer there: " + daemon.errors(), failed);
    }

    void stop() throws HostException, Refused {
        host.require("stop the " + slot.name().label() + " containers",
                compose().stop(slot, envFileIfThere(), composeServices()));
        events.done("stopped " + composeServices() + " in project " + slot.project() + " on " + host.name());
    }

    /** The slot's containers that run here now, whoever started them. */
    List<Container> running() throws HostException {
        return Container.ofProject(host, slot.project()).stream()
                .filter(container -> container.running() && composeServices().contains(container.service()))
                .toList();
    }

    /** The release that a rollout started a container for; empty where no rollout did. */
    static Optional<String> commitOf(Container container) {
        return Optional.ofNullable(container.environment().get(RELEASE_VARIABLE));
    }

    /** Names the images of a release that runs here by its commit, to be able to go back to it. */
    void tagImages(Release release) throws HostException {
        for (var image : release.images().entrySet()) {
            if (composeServices().contains(image.getKey())) {
                host.require("tag the image", Docker.tag(image.getValue(), image(image.getKey(), release.commit())));
            }
        }
    }

    /** Keeps the slot's {@code .env} as that of a release which no rollout has started. */
    void keepEnv(Release release) throws HostException {
        String env = host.require("read " + envFile(), Files.readIfThere(envFile())).text();
        if (!env.isEmpty()) {
            host.require("keep the release's .env", Files.write(releaseEnv(release.commit()), "600").input(env + "\n"));
        }
    }

    /** Whether every image of a release is still here. */
    boolean isKept(String commit) throws HostException {
        for (String service : composeServices()) {
            if (!host.run(Docker.imageId(image(service, commit))).ok()) {
                return false;
            }
        }
        return true;
    }

    void prune(List<String> keptCommits) throws HostException {
        host.require("remove the .env files of old releases", Files.removeOthers(releases(), ENV, keptCommits));
        for (String service : composeServices()) {
            String removed = host.require("remove old images", Docker.prune(plan.app() + "-" + service, keptCommits)).text();
            if (!removed.isEmpty()) {
                events.done("removed old images on " + host.name() + ": " + removed.replace("\n", ", "));
            }
        }
    }

    /** Puts working copy and {@code .env} back as they were before this rollout; nothing where it changed nothing. */
    void restoreFiles() throws HostException {
        Optional<Undo> undo = workingCopy.undo();
        if (undo.isPresent()) {
            restore(envFile(), slot.name().label());
            restore(releaseEnv(undo.get().target()), RELEASES);
            workingCopy.restore();
        }
    }

    private void restore(String file, String kind) throws HostException {
        String did = host.require("put " + file + " back", Files.restoreKept(file, copies(kind), rollout.get() + ENV)).text();
        if (!did.isEmpty() && !kind.equals(RELEASES)) {
            events.done((did.equals("back") ? "put back " : "removed ") + file + " on " + host.name());
        }
    }

    private String copies(String kind) {
        return plan.stateDirectory() + "/backups/env-" + kind;
    }

    private String image(String service, String commit) {
        return plan.app() + "-" + service + ":" + commit;
    }

    private String envFile() {
        return slot.directory() + "/" + plan.env().path();
    }

    private String stableEnvFile() {
        return plan.slot(SlotName.STABLE).directory() + "/" + plan.env().path();
    }

    private String releases() {
        return plan.stateDirectory() + "/releases";
    }

    private String releaseEnv(String commit) {
        return releases() + "/" + commit + ENV;
    }

    private Optional<EnvText> findEnv(List<String> places) throws Refused, HostException {
        for (String place : places) {
            Result read = host.require("read " + place, Files.readIfThere(place));
            if (read.out().length > 0) {
                try {
                    return Optional.of(EnvText.parse(read.out()));
                } catch (Refused e) {
                    throw new Refused(place + " on " + host.name() + ": " + e.getMessage());
                }
            }
        }
        return Optional.empty();
    }

    private String envFileIfThere() throws HostException {
        return host.require("read " + envFile(), Files.readIfThere(envFile())).out().length > 0 ? envFile() : "";
    }

    /** Of this slot, by the names that a Compose file uses: {@code BACKEND_PORT}. */
    private Map<String, String> ports() {
        Map<String, String> ports = new LinkedHashMap<>();
        for (String service : plan.servicesOn(host.name())) {
            ports.put(service.toUpperCase(Locale.ROOT).replace('-', '_') + "_PORT",
                    Integer.toString(plan.services().get(service).port(slot.name())));
        }
        return ports;
    }

    private Compose compose() throws HostException {
        if (compose == null) {
            compose = new Compose(List.of(
                    host.require("find Docker Compose", Compose.detect()).text().split(" ")), ports());
        }
        return compose;
    }

    private ComposeModel model() throws Refused, HostException {
        Result config = host.run(compose().config(slot, envFileIfThere()));
        if (!config.ok()) {
            throw new Refused("Compose does not accept " + slot.directory() + "/" + slot.file() + " on " + host.name()
                    + ": " + config.errors());
        }
        return ComposeModel.parse(slot.project(), config.text());
    }

    private void requireReachable(ComposeModel model, String service, List<String> problems) throws HostException {
        if (model.usesHostNetwork(service)) {
            return;
        }
        for (String dependency : model.dependencies(service)) {
            if (composeServices().contains(dependency)) {
                continue;
            }
            List<Container> running = Container.running(host, dependency);
            if (running.isEmpty()) {
                problems.add("service " + service + " depends on " + dependency + ", which does not run here; start it"
                        + " first: docker compose -p " + plan.slot(SlotName.STABLE).project() + " up -d " + dependency);
                continue;
            }
            Set<String> reachable = new TreeSet<>();
            running.forEach(container -> reachable.addAll(container.networks()));
            if (model.networks(service).stream().noneMatch(reachable::contains)) {
                problems.add("service " + service + " depends on " + dependency + " but shares no network with it: it is in "
                        + new TreeSet<>(model.networks(service)) + ", " + dependency + " in " + reachable
                        + "; name one of those as an `external` network of " + service);
            }
        }
    }

    private void warnOfTimezone(Container container) {
        plan.env().timezone().filter(zone -> !zone.equals(container.environment().get("TZ"))).ifPresent(zone -> {
            String has = container.environment().get("TZ");
            events.warning("container " + container.name() + " on " + host.name() + " runs "
                    + (has == null ? "without TZ" : "with TZ=" + has) + " instead of the plan's " + zone
                    + "; give its service `env_file: " + plan.env().path() + "` or `environment: TZ`");
        });
    }
}
