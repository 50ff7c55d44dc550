package io.jenkins.plugins.canary.jenkins;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import hudson.AbortException;
import hudson.FilePath;
import hudson.model.Computer;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.remoting.ChannelClosedException;
import hudson.remoting.RequestAbortedException;
import hudson.remoting.VirtualChannel;
import io.jenkins.plugins.canary.event.Abort.Wish;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
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
        getContext().saveState();
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
                boolean told = channel.call(new StopCall(id, step.wishOnAbort()));
                if (told) {
                    log("stopping as asked");
                } else if (id.equals(engineId)) {
                    // It has not arrived at the node yet.
                    later(this::tellEngineToStop);
                }
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
                end(channel.call(call));
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
        Assignment assignment = Assignment.of(step, getContext(), new FilePath(channel, workspace), entry);
        Wish onAbort = step.wishOnAbort();
        synchronized (this) {
            if (stopCause != null && !goOn) {
                getContext().onFailure(stopCause);
                return null;
            }
            engineId = UUID.randomUUID().toString();
            return assignment.call(engineId, goOn, stopCause == null ? null : onAbort, new Lines(this::accept));
        }
    }

    private void end(Report report) throws IOException, InterruptedException {
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
        boolean nodeIsThere = goOn && channel() != null;
        boolean hopeless = (stopCause != null || nodeIsThere) && outOfReachSince.plus(patience).isBefore(now);
        if (hopeless) {
            fail(new AbortException(why + ". This build does not wait any longer, and nothing was rolled back. When it"
                    + " is there again: canary status --plan " + step.getPlan() + ", then canary resume or canary"
                    + " rollback, or build again: the next rollout undoes this one first."));
            return;
        }
        later(() -> attempt(goOn));
    }

    /** Jenkins' timer threads are few, and this may wait. */
    private static void later(Runnable work) {
        Timer.get().schedule(() -> {
            Computer.threadPoolForRemoting.submit(work);
        }, LOOK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
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
