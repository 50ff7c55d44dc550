package io.jenkins.plugins.canary.jenkins;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import hudson.AbortException;
import hudson.EnvVars;
import hudson.FilePath;
import hudson.model.Cause;
import hudson.model.Computer;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.remoting.ChannelClosedException;
import hudson.remoting.RequestAbortedException;
import hudson.remoting.VirtualChannel;
import io.jenkins.plugins.canary.event.Abort.Wish;
import io.jenkins.plugins.canary.notice.Directions;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.PlanException;
import io.jenkins.plugins.canary.plan.PlanReader;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import jenkins.util.Timer;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/**
 * A step while it runs. The engine is on the node, this waits for it on the controller.
 *
 * <p>A lost connection is no outcome: whatever happens to the controller, the node or what is between them, this says
 * nothing until the node is there again, and then goes on from what the hosts say ({@code Rollout.goOn}). That holds for
 * an orderly stop of the controller too, which looks here like a request that was aborted.
 *
 * <p>The fields that are not transient are saved with the build: what was asked for, on which node, and whether someone
 * wants it stopped.
 */
final class RolloutExecution extends StepExecution {

    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(RolloutExecution.class.getName());
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(2);

    /** How long the node or the edge may be out of reach when someone wants the rollout stopped or gone on with. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final Duration PATIENCE_WHEN_STOPPED = Duration.ofMinutes(2);

    private final RolloutStep step;
    private String node;
    private String workspace;
    private int entry;
    private Throwable stopCause;

    private transient volatile String engineId;
    private transient volatile String status;
    private transient volatile Instant outOfReachSince;

    RolloutExecution(StepContext context, RolloutStep step) {
        super(context);
        this.step = step;
    }

    @Override
    public boolean start() throws Exception {
        node = getContext().get(Computer.class).getName();
        workspace = getContext().get(FilePath.class).getRemote();
        entry = RolloutAction.on(run()).begin(step.getDescriptor().getFunctionName()).getNumber();
        Computer.threadPoolForRemoting.submit(() -> attempt(false));
        return false;
    }

    @Override
    public void onResume() {
        Computer.threadPoolForRemoting.submit(() -> attempt(true));
    }

    /** The wish goes to the engine; the build ends when the engine has ended. */
    @Override
    public void stop(Throwable cause) {
        synchronized (this) {
            if (stopCause == null) {
                stopCause = cause;
            }
        }
        Computer.threadPoolForRemoting.submit(this::tellEngineToStop);
    }

    @Override
    public String getStatus() {
        return status;
    }

    private void tellEngineToStop() {
        try {
            VirtualChannel channel = channel();
            String id = engineId;
            if (channel != null && id != null) {
                log("stopping as asked");
                channel.call(new StopCall(id, step.wishOnAbort()));
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            // Whoever goes on when the node is there again knows of the wish.
            LOGGER.log(Level.FINE, "could not reach the engine to stop it", e);
        }
    }

    /** @param goOn whether an earlier attempt may have begun it */
    private void attempt(boolean goOn) {
        try {
            if (stopCause != null && !goOn) {
                getContext().onFailure(stopCause);
                return;
            }
            VirtualChannel channel = channel();
            if (channel == null) {
                comeBackLater("waiting for " + nodeName() + " to come online", goOn);
                return;
            }
            EngineCall call = call(channel, goOn);
            if (call != null) {
                end(channel.call(call), goOn);
            }
        } catch (AbortException e) {
            fail(e);
        } catch (IOException | InterruptedException | RuntimeException | LinkageError e) {
            if (isLostConnection(e)) {
                comeBackLater("lost the connection to " + nodeName() + "; the hosts are as they are, and this goes on"
                        + " when it is there again", true);
            } else {
                LOGGER.log(Level.WARNING, "a rollout of " + runName() + " failed in Jenkins itself", e);
                fail(new AbortException("a defect of Canary Deploy, please report it: " + e
                        + ". What the hosts say: canary status --plan " + step.getPlan()));
            }
        }
    }

    /** @return null where it was stopped before anything began */
    private EngineCall call(VirtualChannel channel, boolean goOn) throws IOException, InterruptedException {
        FilePath file = planFile(channel);
        String text;
        Plan plan;
        try {
            text = file.readToString();
            plan = PlanReader.read(step.getPlan(), text);
        } catch (FileNotFoundException | NoSuchFileException e) {
            throw new AbortException("plan: there is no " + file.getRemote() + " on " + nodeName()
                    + ". Check the repository out first (`checkout scm`), or name the plan: `plan: 'deploy/canary.yml'`.");
        } catch (PlanException e) {
            throw new AbortException(e.getMessage());
        }
        Work work = step.work(plan);
        Wish onAbort = step.wishOnAbort();
        StepCredentials credentials = new StepCredentials(run());
        List<HostAccess> hosts = access(plan, credentials);
        EngineCall.Env env = env(credentials);
        synchronized (this) {
            if (stopCause != null && !goOn) {
                getContext().onFailure(stopCause);
                return null;
            }
            engineId = UUID.randomUUID().toString();
        }
        EnvVars variables = Optional.ofNullable(getContext().get(EnvVars.class)).orElseGet(EnvVars::new);
        EngineCall.Task task = new EngineCall.Task(engineId, text, step.getPlan(),
                step.soakTime().map(Duration::toMillis).orElse(-1L), file.getParent().getRemote(),
                variables.getOrDefault("GIT_COMMIT", ""), variables.getOrDefault("SSH_AUTH_SOCK", ""), startedBy(),
                address(), new ArrayList<>(CanaryConfiguration.get().forbiddenHostList()), ConfiguredNotices.settings(credentials),
                directions());
        return new EngineCall(task, work, hosts, env, goOn, stopCause == null ? null : onAbort, listener(),
                new Lines(this::accept));
    }

    private FilePath planFile(VirtualChannel channel) throws AbortException {
        String path = step.getPlan();
        if (path.startsWith("/") || path.contains("\\") || List.of(path.split("/")).contains("..")) {
            throw new AbortException("plan: `" + path + "` is not a path in the workspace");
        }
        return new FilePath(new FilePath(channel, workspace), path);
    }

    private List<HostAccess> access(Plan plan, StepCredentials credentials) throws AbortException {
        for (String host : step.hostCredentials().keySet()) {
            if (!plan.hosts().containsKey(host)) {
                throw new AbortException("hostCredentialsIds: the plan has no host `" + host + "`; it has "
                        + String.join(", ", plan.hosts().keySet()));
            }
        }
        List<HostAccess> hosts = new ArrayList<>();
        for (var host : HostPolicy.current().hostsOf(plan).entrySet()) {
            Optional<NamedHost> vouched = host.getValue();
            Optional<String> id = step.sshCredentialsId(host.getKey())
                    .or(() -> vouched.map(NamedHost::getCredentialsId).filter(own -> !own.isEmpty()));
            String parameter = step.hostCredentials().containsKey(host.getKey())
                    ? "hostCredentialsIds: " + host.getKey() : "sshCredentialsId";
            hosts.add(new HostAccess(host.getKey(),
                    vouched.isPresent() ? HostPolicy.vouched(vouched.get()) : null,
                    id.isPresent() ? credentials.sshKey(parameter, id.get()) : null));
        }
        return hosts;
    }

    private EngineCall.Env env(StepCredentials credentials) throws AbortException {
        if (step.envFileCredentialsId().isEmpty()) {
            return EngineCall.Env.NONE;
        }
        LinkedHashMap<String, String> values = new LinkedHashMap<>();
        for (var value : step.envCredentialsIds().entrySet()) {
            values.put(value.getKey(), credentials.text("envCredentialsIds: " + value.getKey(), value.getValue()));
        }
        return new EngineCall.Env(
                credentials.file("envFileCredentialsId", step.envFileCredentialsId().get()), values);
    }

    private void end(Report report, boolean wentOn) throws IOException, InterruptedException {
        engineId = null;
        if (report.end() == End.LEFT) {
            comeBackLater("the rollout is not finished: " + report.message(), true);
            return;
        }
        Throwable stopped = stopCause;
        if (stopped != null && report.end() != End.PERSON_MUST_LOOK) {
            getContext().onFailure(stopped);
        } else if (report.end() == End.DONE || !step.isFailOnRollback()) {
            LinkedHashMap<String, Object> result = report.facts();
            result.put("started", RolloutAction.on(run()).entry(entry).started());
            result.put("ended", Instant.now().toString());
            result.put("pluginVersion", PluginVersion.get());
            getContext().onSuccess(result);
        } else {
            getContext().onFailure(new AbortException(report.message()));
        }
    }

    private void fail(AbortException reason) {
        getContext().onFailure(reason);
    }

    /** Looks again in a while, and keeps quiet until then; says it once in the log. */
    private void comeBackLater(String why, boolean goOn) {
        engineId = null;
        Instant now = Instant.now();
        if (outOfReachSince == null) {
            outOfReachSince = now;
        }
        if (!why.equals(status)) {
            log(why);
            status = why;
        }
        Duration patience = stopCause == null ? PATIENCE : PATIENCE_WHEN_STOPPED;
        boolean hopeless = (stopCause != null || goOnIsRefused(why)) && outOfReachSince.plus(patience).isBefore(now);
        if (hopeless) {
            fail(new AbortException(why + ". This build does not wait any longer, and nothing was rolled back. When it"
                    + " is there again: canary status --plan " + step.getPlan() + ", then canary resume or canary"
                    + " rollback, or build again: the next rollout undoes this one first."));
            return;
        }
        Timer.get().schedule(() -> {
            Computer.threadPoolForRemoting.submit(() -> attempt(goOn));
        }, LOOK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static boolean goOnIsRefused(String why) {
        return why.startsWith("the rollout is not finished");
    }

    /** Every event as it comes from the node, masked there. */
    private void accept(String line) {
        outOfReachSince = null;
        try {
            JsonObject event = JsonParser.parseString(line).getAsJsonObject();
            status = event.get("state").getAsString() + ": " + event.get("message").getAsString();
            if (!event.get("type").getAsString().equals("progress")) {
                RolloutAction action = RolloutAction.on(run());
                action.append(action.entry(entry), line);
            }
        } catch (JsonParseException | IllegalStateException | NullPointerException | IOException
                | InterruptedException e) {
            LOGGER.log(Level.WARNING, "an event of " + runName() + " could not be kept", e);
        }
    }

    /** The node as it is now; null while it is away, or while Jenkins itself goes down. */
    private VirtualChannel channel() {
        Jenkins jenkins = Jenkins.getInstanceOrNull();
        Computer computer = jenkins == null || jenkins.isTerminating() ? null : jenkins.getComputer(node);
        return computer == null ? null : computer.getChannel();
    }

    private static boolean isLostConnection(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ChannelClosedException || cause instanceof RequestAbortedException
                    || cause instanceof InterruptedException || cause instanceof EOFException
                    || cause instanceof ClosedChannelException) {
                return true;
            }
        }
        return false;
    }

    private String address() throws IOException, InterruptedException {
        RolloutAction action = RolloutAction.on(run());
        return Optional.ofNullable(Jenkins.get().getRootUrl()).orElse("") + action.urlOf(action.entry(entry));
    }

    private Directions directions() throws IOException, InterruptedException {
        String root = Optional.ofNullable(Jenkins.get().getRootUrl()).orElse("");
        return new Directions(root.isEmpty() ? "" : root + run().getUrl() + "console", root.isEmpty() ? "" : address(),
                "promoteCanary plan: '" + step.getPlan() + "'", "rollbackStable plan: '" + step.getPlan() + "'");
    }

    private String startedBy() throws IOException, InterruptedException {
        List<Cause> causes = run().getCauses();
        for (Cause cause : causes) {
            if (cause instanceof Cause.UserIdCause person) {
                return person.getUserName();
            }
        }
        return causes.isEmpty() ? "Jenkins" : causes.get(0).getShortDescription();
    }

    private Run<?, ?> run() throws IOException, InterruptedException {
        return getContext().get(Run.class);
    }

    private TaskListener listener() throws IOException, InterruptedException {
        return getContext().get(TaskListener.class);
    }

    private void log(String message) {
        try {
            PrintStream out = listener().getLogger();
            out.println("[Canary Deploy] " + message);
        } catch (IOException | InterruptedException e) {
            LOGGER.log(Level.WARNING, message, e);
        }
    }

    private String nodeName() {
        return node.isEmpty() ? "the built-in node" : "agent " + node;
    }

    private String runName() {
        try {
            return run().getFullDisplayName();
        } catch (IOException | InterruptedException e) {
            return "a build";
        }
    }
}
