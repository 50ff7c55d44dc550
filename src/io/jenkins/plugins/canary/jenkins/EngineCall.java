package io.jenkins.plugins.canary.jenkins;

import hudson.model.TaskListener;
import hudson.remoting.RemoteOutputStream;
import io.jenkins.plugins.canary.event.Abort.Wish;
import io.jenkins.plugins.canary.notice.Directions;
import io.jenkins.plugins.canary.notice.NoticeSettings;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import jenkins.security.MasterToSlaveCallable;

/**
 * One run of the engine on the node that has the workspace. It carries secrets, so it is made anew each time and never
 * saved.
 */
final class EngineCall extends MasterToSlaveCallable<Report, RuntimeException> {

    private static final long serialVersionUID = 1L;

    private final Task task;
    private final Work work;
    private final ArrayList<HostAccess> hosts;
    private final Env env;
    private final boolean goOn;
    private final Wish wish;
    private final TaskListener console;
    private final OutputStream events;

    /**
     * @param goOn whether an earlier call may have begun this already
     * @param wish what the build wants of it from the start, since it was aborted meanwhile; or null
     * @param events gets every event as a line of JSON
     */
    EngineCall(Task task, Work work, List<HostAccess> hosts, Env env, boolean goOn, Wish wish, TaskListener console,
            OutputStream events) {
        this.task = task;
        this.work = work;
        this.hosts = new ArrayList<>(hosts);
        this.env = env;
        this.goOn = goOn;
        this.wish = wish;
        this.console = console;
        this.events = new RemoteOutputStream(events);
    }

    /**
     * What the engine must know beside the work.
     *
     * @param id names the running engine on its node, see {@link StopCall}
     * @param plan the plan's text
     * @param planName what messages call it
     * @param soak in milliseconds, or negative for the plan's
     * @param directory of the plan on the node
     * @param builtCommit what the build says that it checked out, or empty
     * @param agentSocket the socket of the SSH agent around the step, or empty
     * @param by who started the build
     * @param build the address of the rollout's page; names the rollout in the host's journal too
     * @param forbiddenHosts that no rollout may touch
     * @param notices who is told how it ended
     * @param directions where a reader of a notice goes on
     */
    record Task(String id, String plan, String planName, long soak, String directory, String builtCommit,
            String agentSocket, String by, String build, ArrayList<String> forbiddenHosts, NoticeSettings notices,
            Directions directions) implements Serializable {}

    /**
     * The release's {@code .env}.
     *
     * @param file its bytes, or null where none is given
     * @param values single values that go into it
     */
    record Env(byte[] file, LinkedHashMap<String, String> values) implements Serializable {

        static final Env NONE = new Env(null, new LinkedHashMap<>());

        Optional<byte[]> content() {
            return Optional.ofNullable(file);
        }

        @Override
        public String toString() {
            return content().isPresent() ? "a .env with " + values.size() + " values of its own" : "no .env";
        }
    }

    @Override
    public Report call() {
        Engine engine = new Engine(task, work, hosts, env, goOn, console.getLogger(), events);
        if (wish != null) {
            engine.stop(wish);
        }
        return engine.runToEnd();
    }
}
