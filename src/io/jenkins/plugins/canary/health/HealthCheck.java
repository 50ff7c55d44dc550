package io.jenkins.plugins.canary.health;

import io.jenkins.plugins.canary.commands.Curl;
import io.jenkins.plugins.canary.container.Container;
import io.jenkins.plugins.canary.event.Abort;
import io.jenkins.plugins.canary.event.Abort.Aborted;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.host.Result;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.Plan.Health;
import io.jenkins.plugins.canary.plan.SlotName;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Whether a slot of a service works: HTTP to its port on the host's loopback address, through the SSH connection or,
 * where sshd forbids that, by curl on the host. Only where HTTP fails does the container's log speak.
 */
public final class HealthCheck {

    private static final int TRIES = 3;
    private static final Duration BACK_OFF = Duration.ofMillis(500);
    private static final Duration STARTUP_POLL = Duration.ofMillis(250);
    private static final int LOG_LINES = 20;
    private static final int LARGEST_BODY = 1_000_000;

    private final Plan plan;
    private final String service;
    private final SlotName slot;
    private final Host host;
    private final Abort abort;

    /** A service that has answered over HTTP must go on doing so: its log still says "started" when it hangs. */
    private boolean hasAnswered;

    public HealthCheck(Plan plan, String service, SlotName slot, Host host, Abort abort) {
        this.plan = plan;
        this.service = service;
        this.slot = slot;
        this.host = host;
        this.abort = abort;
    }

    /**
     * Waits for containers that have just been started: no answer counts before {@code health.startup} is over, unless
     * a container has ended.
     */
    public void awaitStart() throws Unhealthy, HostException, Aborted {
        Instant deadline = Instant.now().plus(wanted().startup());
        while (Instant.now().isBefore(deadline)) {
            if (ask().healthy(wanted())) {
                requireRunning();
                return;
            }
            requireRunning();
            abort.pause(STARTUP_POLL);
        }
        check();
    }

    /** Three tries with back-off, then the log; a service that neither answers nor says so in its log is unhealthy. */
    public void check() throws Unhealthy, HostException, Aborted {
        Answer last = ask();
        for (int failed = 1; !last.healthy(wanted()) && failed < TRIES; failed++) {
            abort.pause(BACK_OFF.multipliedBy(1L << (failed - 1)));
            last = ask();
        }
        if (!last.healthy(wanted()) && !logSaysHealthy(last)) {
            throw new Unhealthy(name() + " is not healthy: GET " + wanted().path() + " on port " + port() + " gave "
                    + last.against(wanted()) + " in " + TRIES + " tries." + lastLines());
        }
    }

    /** One try, without waiting: for a slot that is expected not to answer. */
    public boolean healthyNow() throws HostException {
        return ask().healthy(wanted());
    }

    private Health wanted() {
        return plan.services().get(service).health();
    }

    private int port() {
        return plan.services().get(service).port(slot);
    }

    private String name() {
        return service + " (" + slot.label() + ") on " + host.name();
    }

    private Answer ask() throws HostException {
        OptionalInt forwarded = host.forward(port());
        Answer answer = forwarded.isPresent() ? askThroughConnection(forwarded.getAsInt()) : askOnHost();
        hasAnswered |= answer.healthy(wanted());
        return answer;
    }

    private Answer askThroughConnection(int localPort) {
        try {
            HttpURLConnection request = (HttpURLConnection)
                    URI.create("http://127.0.0.1:" + localPort + wanted().path()).toURL().openConnection();
            request.setConnectTimeout((int) wanted().timeout().toMillis());
            request.setReadTimeout((int) wanted().timeout().toMillis());
            request.setInstanceFollowRedirects(false);
            request.setRequestProperty("User-Agent", "canary-probe");
            request.setRequestProperty("Connection", "close");
            int status = request.getResponseCode();
            try (InputStream body = status < 400 ? request.getInputStream() : request.getErrorStream()) {
                byte[] bytes = body == null ? new byte[0] : body.readNBytes(LARGEST_BODY);
                return new Answer(Math.max(status, 0), new String(bytes, StandardCharsets.UTF_8));
            } finally {
                request.disconnect();
            }
        } catch (IOException e) {
            return Answer.none(String.valueOf(e.getMessage()));
        }
    }

    private Answer askOnHost() throws HostException {
        Result result = host.run(Curl.get("http://127.0.0.1:" + port() + wanted().path(), wanted().timeout()));
        if (!result.ok()) {
            return Answer.none(result.errors());
        }
        int statusLine = result.text().lastIndexOf('\n');
        return new Answer(
                Integer.parseInt(result.text().substring(statusLine + 1)), result.text().substring(0, statusLine));
    }

    private List<Container> containers() throws HostException {
        List<Container> containers = new ArrayList<>();
        for (String composeService : plan.composeServicesOf(service)) {
            containers.addAll(Container.of(host, plan.slot(slot).project(), composeService));
        }
        return containers;
    }

    private void requireRunning() throws Unhealthy, HostException {
        for (Container container : containers()) {
            if (!container.running() || container.restarts() > 0) {
                throw new Unhealthy(name() + " is not healthy: container " + container.name() + " ended with exit code "
                        + container.exitCode() + " (status " + container.status() + ")." + lastLines());
            }
        }
    }

    private boolean logSaysHealthy(Answer last) throws HostException {
        if (wanted().log().isEmpty() || last.status() != 0 || hasAnswered) {
            return false;
        }
        Pattern pattern = Pattern.compile(wanted().log().get());
        for (Container container : containers()) {
            if (container.running()
                    && container.logs(host, LOG_LINES).lines().anyMatch(line -> pattern.matcher(line).find())) {
                return true;
            }
        }
        return false;
    }

    private String lastLines() throws HostException {
        StringBuilder text = new StringBuilder();
        for (Container container : containers()) {
            String logs = container.logs(host, LOG_LINES);
            text.append("\nThe last lines of ").append(container.name()).append(":");
            text.append(logs.isBlank() ? " none" : "\n" + logs.indent(2).stripTrailing());
        }
        return text.isEmpty() ? "\nIt has no container in project " + plan.slot(slot).project() + "." : text.toString();
    }
}
