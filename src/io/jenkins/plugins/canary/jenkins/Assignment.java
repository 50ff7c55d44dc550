package io.jenkins.plugins.canary.jenkins;

import hudson.AbortException;
import hudson.EnvVars;
import hudson.FilePath;
import hudson.model.Cause;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.canary.event.Abort.Wish;
import io.jenkins.plugins.canary.event.NextSteps;
import io.jenkins.plugins.canary.notice.Directions;
import io.jenkins.plugins.canary.plan.DeployType;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.PlanException;
import io.jenkins.plugins.canary.plan.PlanReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * A step with all that it names found and checked: the plan in the workspace, credentials, hosts. Made anew for each
 * call of the engine, since it has secrets.
 */
final class Assignment {

    /** The build parameter by which {@code canaryPipeline} chooses what to do. */
    private static final String TYPE_PARAMETER = "DEPLOY_TYPE";

    private final RolloutStep step;
    private final Run<?, ?> run;
    private final TaskListener console;
    private final EnvVars variables;
    private final FilePath file;
    private final String text;
    private final Plan plan;
    private final StepCredentials credentials;
    private final String page;

    private Assignment(RolloutStep step, StepContext context, FilePath file, int entry)
            throws IOException, InterruptedException {
        this.step = step;
        this.run = context.get(Run.class);
        this.console = context.get(TaskListener.class);
        this.variables = Optional.ofNullable(context.get(EnvVars.class)).orElseGet(EnvVars::new);
        this.file = file;
        try {
            this.text = file.readToString();
            this.plan = PlanReader.read(step.getPlan(), text);
        } catch (FileNotFoundException | NoSuchFileException e) {
            throw new AbortException("plan: there is no " + file.getRemote() + ". Check the repository out first"
                    + " (`checkout scm`), or name the plan: `plan: 'deploy/canary.yml'`.");
        } catch (PlanException e) {
            throw new AbortException(e.getMessage());
        }
        this.credentials = new StepCredentials(run);
        RolloutAction action = RolloutAction.on(run);
        this.page = action.urlOf(action.entry(entry));
    }

    /**
     * @param entry the number of the rollout in its build
     * @throws AbortException the plan is wrong, or there is none
     */
    static Assignment of(RolloutStep step, StepContext context, FilePath workspace, int entry)
            throws IOException, InterruptedException {
        String path = step.getPlan();
        if (path.startsWith("/") || path.contains("\\") || List.of(path.split("/")).contains("..")) {
            throw new AbortException("plan: `" + path + "` is not a path in the workspace");
        }
        return new Assignment(step, context, new FilePath(workspace, path), entry);
    }

    /**
     * The engine's call for it; see there for the parameters.
     *
     * @throws AbortException a parameter, a credential or a host is not as it must be; the message names it
     */
    EngineCall call(String engineId, boolean goOn, Wish wish, OutputStream events) throws AbortException {
        Work work = step.work(plan);
        EngineCall.Task task = new EngineCall.Task(engineId, text, step.getPlan(),
                step.soakTime().map(Duration::toMillis).orElse(-1L), file.getParent().getRemote(),
                variables.getOrDefault("GIT_COMMIT", ""), variables.getOrDefault("SSH_AUTH_SOCK", ""), startedBy(),
                root() + page, new ArrayList<>(CanaryConfiguration.get().forbiddenHostList()),
                ConfiguredNotices.settings(credentials), directions());
        return new EngineCall(task, work, hosts(), env(), goOn, wish, console, events);
    }

    private List<HostAccess> hosts() throws AbortException {
        for (String host : step.hostCredentials().keySet()) {
            if (!plan.hosts().containsKey(host)) {
                throw new AbortException("hostCredentialsIds: the plan has no host `" + host + "`; it has "
                        + String.join(", ", plan.hosts().keySet()));
            }
        }
        List<HostAccess> hosts = new ArrayList<>();
        for (var host : HostPolicy.current().hostsOf(plan).entrySet()) {
            Optional<NamedHost> vouched = host.getValue();
            vouched.ifPresent(known -> sayIfElsewhere(host.getKey(), known));
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

    /** Administrators decide where a host is, but whoever wrote the plan should know of it. */
    private void sayIfElsewhere(String host, NamedHost known) {
        String planned = plan.hostEntry(host).address();
        if (!planned.equals(known.getName()) && !planned.equals(known.getAddress())) {
            console.getLogger().println("[Canary Deploy] host " + host + " is " + known.getAddress()
                    + ", as Jenkins' configuration has it, not " + planned + " as the plan says");
        }
    }

    private EngineCall.Env env() throws AbortException {
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

    private Directions directions() {
        String root = root();
        return new Directions(root.isEmpty() ? "" : root + run.getUrl() + "console", root.isEmpty() ? "" : root + page,
                nextSteps());
    }

    /** Parameters of a build are variables: a job with the library's form has its types to choose from. */
    private NextSteps nextSteps() {
        if (variables.containsKey(TYPE_PARAMETER)) {
            return new NextSteps("Build with Parameters, " + TYPE_PARAMETER + " " + DeployType.PROMOTE_CANARY.label(),
                    "Build with Parameters, " + TYPE_PARAMETER + " " + DeployType.ROLLBACK.label());
        }
        return new NextSteps(
                "promoteCanary plan: '" + step.getPlan() + "'", "rollbackStable plan: '" + step.getPlan() + "'");
    }

    /** Jenkins' own address with a slash behind it; empty where the administrator has not set it. */
    private static String root() {
        return Optional.ofNullable(Jenkins.get().getRootUrl()).orElse("");
    }

    private String startedBy() {
        List<Cause> causes = run.getCauses();
        for (Cause cause : causes) {
            if (cause instanceof Cause.UserIdCause person) {
                return person.getUserName();
            }
        }
        return causes.isEmpty() ? "Jenkins" : causes.get(0).getShortDescription().replaceFirst("^Started by ", "");
    }
}
