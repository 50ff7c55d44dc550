package io.jenkins.plugins.canary.plan;

import static io.jenkins.plugins.canary.plan.Text.quote;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** What must hold between a plan's values. The plan may have stand-ins; the diagnosis knows where. */
final class Checks {

    private final Plan plan;
    private final Diagnosis diagnosis;

    Checks(Plan plan, Diagnosis diagnosis) {
        this.plan = plan;
        this.diagnosis = diagnosis;
    }

    /** Hosts first: what follows from a wrong host is not reported. */
    void run() {
        oneFormOfHosts();
        hostIsKnown("nginx.host", "nginx", plan.nginx().host());
        plan.services().forEach((name, service) ->
                hostIsKnown("services." + name + ".host", "services." + name, service.host()));
        if (plan.services().isEmpty()) {
            diagnosis.refuseIfSound("services", "has no service", "name at least one");
        }
        if (!plan.hosts().isEmpty()) {
            portsAreFree();
            composeServicesHaveOneOwner();
        }
        portsCanBePicked();
        upstreamsDiffer();
        plan.services().keySet().forEach(this::logPatternCompiles);
        pathsStayInside();
        slotsAreApart();
        stepsRise("rollout.steps", plan.rollout().steps());
        stepsRise("promote.steps", plan.promote().steps());
        if (plan.rollout().steps().isEmpty()) {
            diagnosis.refuseIfSound("rollout.steps", "is empty", "write for example `[10, 40, 70]`");
        }
        soakFits();
    }

    private void oneFormOfHosts() {
        if (diagnosis.isWritten("host") && diagnosis.isWritten("hosts")) {
            diagnosis.refuse(diagnosis.placeOf("hosts"), "hosts", "cannot be used together with `host`",
                    "move the host of line " + diagnosis.placeOf("host").line() + " into `hosts`");
        } else if (plan.hosts().isEmpty()) {
            diagnosis.refuseIfSound("hosts", diagnosis.isWritten("hosts") ? "has no host" : "there is no host",
                    "write for example `host: {address: 10.0.0.5, user: deploy}`", "host");
        }
    }

    private void hostIsKnown(String path, String owner, Optional<String> host) {
        if (host.isEmpty() && plan.hosts().size() > 1) {
            diagnosis.refuseIfSound(path, "is missing: the plan has several hosts", "add `host:` to " + quote(owner)
                    + ", one of " + String.join(", ", plan.hosts().keySet()), "hosts");
        }
        host.filter(name -> !plan.hosts().containsKey(name)).ifPresent(name -> diagnosis.refuseIfSound(
                path, "the plan has no host " + quote(name),
                Text.nearest(name, plan.hosts().keySet()).map(near -> "did you mean " + quote(near) + "?")
                        .orElseGet(() -> "the hosts are " + String.join(", ", plan.hosts().keySet())),
                "hosts", "host"));
    }

    private void portsAreFree() {
        Map<String, String> owners = new HashMap<>();
        plan.services().entrySet().stream().filter(entry -> entry.getValue().ports().isPresent()).forEach(entry ->
                Arrays.stream(SlotName.values()).forEach(slot -> {
            String name = entry.getKey();
            Plan.Service service = entry.getValue();
            String path = "services." + name + ".ports." + slot.label();
            String host = plan.hostOf(name);
            String taken = owners.putIfAbsent(host + ":" + service.port(slot), path);
            if (taken != null) {
                String owner = taken.substring(0, taken.indexOf(".ports."));
                diagnosis.refuseIfSound(path, "port " + service.port(slot) + " on host " + quote(host)
                        + " is also " + quote(taken) + ", line " + diagnosis.placeOf(taken).line(),
                        "give every slot of every service its own port",
                        taken, "services." + name + ".host", owner + ".host", "hosts");
            }
        }));
    }

    private void portsCanBePicked() {
        plan.services().forEach((name, service) -> {
            if (service.ports().isEmpty() && !diagnosis.isWritten("ports")) {
                diagnosis.refuseIfSound("services." + name + ".ports", "is missing",
                        "write for example `ports: {stable: 8081, canary: 8082}`, or let free ones be picked: `ports: {range:"
                                + " 8000-8999}` at the top level");
            }
        });
        plan.ports().filter(ports -> diagnosis.isSound("ports.range")).ifPresent(ports -> {
            if (ports.range().contains("-") && (ports.last() > 65535 || ports.first() >= ports.last())) {
                diagnosis.refuse(diagnosis.placeOf("ports.range"), "ports.range", quote(ports.range()) + " is no range of ports",
                        "write the lower one first, both at most 65535");
            }
        });
    }

    private void composeServicesHaveOneOwner() {
        Map<String, String> owners = new HashMap<>();
        plan.services().keySet().forEach(name -> {
            List<String> composeServices = plan.composeServicesOf(name);
            boolean written = !plan.services().get(name).compose().isEmpty();
            for (int index = 0; index < composeServices.size(); index++) {
                String compose = composeServices.get(index);
                String owner = owners.putIfAbsent(plan.hostOf(name) + ":" + compose, name);
                if (owner != null) {
                    String path = "services." + name + ".compose";
                    diagnosis.refuseIfSound(written ? path + "[" + index + "]" : path,
                            "the Compose service " + quote(compose) + " is " + (owner.equals(name)
                                    ? "named twice" : "started for " + quote(owner) + " already"),
                            "name it once", "services." + owner + ".compose",
                            "services." + name + ".host", "services." + owner + ".host", "hosts");
                }
            }
        });
    }

    private void upstreamsDiffer() {
        Map<String, String> owners = new HashMap<>();
        plan.services().keySet().forEach(name -> {
            String upstream = plan.upstreamOf(name);
            String owner = owners.putIfAbsent(upstream, name);
            if (owner != null) {
                diagnosis.refuseIfSound("services." + name + ".upstream",
                        "the upstream " + quote(upstream) + " is that of " + quote(owner) + " already",
                        "give each service an upstream of its own", "services." + owner + ".upstream");
            }
        });
    }

    private void logPatternCompiles(String service) {
        String path = "services." + service + ".health.log";
        plan.services().get(service).health().log().ifPresent(expression -> {
            try {
                Pattern.compile(expression);
            } catch (PatternSyntaxException error) {
                diagnosis.refuseIfSound(path, quote(expression) + " is not a regular expression: "
                        + error.getDescription() + " at character " + (error.getIndex() + 1),
                        "put a `\\` before what is meant literally");
            }
        });
    }

    private void pathsStayInside() {
        Map<String, String> paths = new LinkedHashMap<>();
        paths.put("directory", plan.directory());
        paths.put("env.path", plan.env().path());
        paths.put("nginx.config", plan.nginx().config());
        paths.put("state", plan.state());
        plan.nginx().generate().ifPresent(generate -> paths.put("nginx.generate.path", generate.path()));
        for (int index = 0; index < plan.shared().size(); index++) {
            paths.put("shared[" + index + "]", plan.shared().get(index));
        }
        putSlot(paths, "slots.stable", plan.slots().stable());
        putSlot(paths, "slots.canary", plan.slots().canary());
        paths.forEach((path, value) -> {
            if (segments(value).contains("..")) {
                diagnosis.refuseIfSound(path, quote(value) + " has `..` in it", "write the path without");
            } else if (!value.isEmpty() && segments(value).isEmpty()) {
                diagnosis.refuseIfSound(path, quote(value) + " names no file or directory", "name one");
            }
        });
    }

    private static void putSlot(Map<String, String> paths, String slot, Plan.SlotEntry entry) {
        entry.file().ifPresent(file -> paths.put(slot + ".file", file));
        entry.directory().ifPresent(directory -> paths.put(slot + ".directory", directory));
    }

    /** Compared with the defaults filled in: they may collide with what is written. */
    private void slotsAreApart() {
        Slot stable = plan.slot(SlotName.STABLE);
        Slot canary = plan.slot(SlotName.CANARY);
        if (stable.project().equals(canary.project())) {
            refuseSlots("project", "both slots have the Compose project " + quote(stable.project()), "app");
        }
        List<String> one = segments(stable.directory());
        List<String> other = segments(canary.directory());
        boolean inside = Collections.indexOfSubList(one, other) == 0 || Collections.indexOfSubList(other, one) == 0;
        if (one.equals(other)) {
            refuseSlots("directory", "both slots have the directory " + quote(stable.directory()), "directory");
        } else if (inside) {
            refuseSlots("directory", "of the directories " + quote(stable.directory()) + " and "
                    + quote(canary.directory()) + " one is inside the other", "directory");
        }
    }

    private void refuseSlots(String key, String message, String defaultFrom) {
        String stable = "slots.stable." + key;
        String canary = "slots.canary." + key;
        String written = diagnosis.isWritten(canary) || !diagnosis.isWritten(stable) ? canary : stable;
        diagnosis.refuseIfSound(written, message, "the slots must not share it", stable, canary, defaultFrom);
    }

    private void stepsRise(String path, List<Double> steps) {
        for (int index = 0; index < steps.size(); index++) {
            double step = steps.get(index);
            String at = path + "[" + index + "]";
            String written = ScalarType.NUMBER.write(step);
            if (Math.abs(step * 10 - Math.rint(step * 10)) > 1e-9) {
                diagnosis.refuseIfSound(at, quote(written) + " is too fine", "use tenths of a percent at the finest");
            }
            if (index > 0 && step <= steps.get(index - 1)) {
                diagnosis.refuseIfSound(at, quote(written) + " comes after "
                        + quote(ScalarType.NUMBER.write(steps.get(index - 1))), "the steps must rise",
                        path + "[" + (index - 1) + "]");
            }
        }
    }

    private void soakFits() {
        Duration soak = plan.rollout().soak();
        Duration longest = plan.rollout().maxSoak();
        if (soak.compareTo(longest) > 0) {
            String source = diagnosis.isWritten("rollout.maxSoak") ? "" : " by default";
            diagnosis.refuseIfSound("rollout.soak", quote(ScalarType.write(soak)) + " is longer than `maxSoak`, "
                    + quote(ScalarType.write(longest)) + source, "raise `maxSoak`", "rollout.maxSoak");
        }
    }

    private static List<String> segments(String path) {
        return Arrays.stream(path.split("/")).filter(part -> !part.isEmpty() && !part.equals(".")).toList();
    }
}
