package io.jenkins.plugins.canary.library;

import com.cloudbees.groovy.cps.Continuable;
import com.cloudbees.groovy.cps.Continuation;
import com.cloudbees.groovy.cps.CpsTransformer;
import com.cloudbees.groovy.cps.Env;
import com.cloudbees.groovy.cps.Envs;
import com.cloudbees.groovy.cps.Outcome;
import com.cloudbees.groovy.cps.impl.CpsCallableInvocation;
import com.cloudbees.groovy.cps.sandbox.DefaultInvoker;
import groovy.lang.Binding;
import groovy.lang.Closure;
import groovy.lang.GroovyClassLoader;
import groovy.lang.GroovyObjectSupport;
import groovy.lang.Script;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.codehaus.groovy.control.CompilerConfiguration;
import org.codehaus.groovy.control.customizers.ImportCustomizer;

/**
 * One build of a Jenkinsfile with this repository as its library. Script and vars are transformed as in Jenkins; at each
 * step the whole program is written down and goes on from what was read back, as after a restart of the controller. The
 * steps themselves are recorded and answer what a test says.
 */
final class PipelineRun {

    /** A step's answer, or the exception that it throws. */
    @FunctionalInterface
    interface Answer {
        Object to(StepCalled called) throws Throwable;
    }

    /** What Jenkins offers to every script by name. */
    abstract static class Global extends GroovyObjectSupport implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    /** As {@code hudson.AbortException}: an error without a stack trace. */
    static final class Aborted extends IOException {
        private static final long serialVersionUID = 1L;

        Aborted(String message) {
            super(message);
        }
    }

    private static final Path VARS = Path.of("vars");
    private static final Path CLASSES = Path.of("src");
    private static final Set<String> SYMBOLS = Set.of("parameters", "choice", "string", "file", "sshUserPrivateKey",
            "pipelineTriggers", "gitlab", "disableConcurrentBuilds");
    private static final Set<String> STEPS = Set.of("node", "stage", "echo", "error", "properties", "checkout", "sh",
            "readFile", "fileExists", "withEnv", "withCredentials", "timeout", "input", "sshagent", "mattermostSend",
            "canaryDeploy", "setNginxWeights", "promoteCanary", "rollbackStable", "canaryNotify");
    private static final Map<Mode, GroovyClassLoader> LIBRARIES = new EnumMap<>(Mode.class);
    private static final ThreadLocal<PipelineRun> CURRENT = new ThreadLocal<>();

    private final Mode mode;
    private final Map<String, Answer> answers = new HashMap<>();
    private final Set<String> missing = new HashSet<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final Map<String, Object> parameters = new LinkedHashMap<>();
    private final Map<String, Object> build = new HashMap<>();
    private final List<StepCalled> called = new ArrayList<>();
    private Program program = new Program();
    private Object result;
    private Throwable failure;

    PipelineRun(Mode mode) {
        this.mode = mode;
        answer("error", step -> {
            throw new Aborted(step.text());
        });
        answer("fileExists", step -> true);
    }

    static PipelineRun current() {
        return CURRENT.get();
    }

    PipelineRun answer(String step, Answer answer) {
        answers.put(step, answer);
        return this;
    }

    /** A step or a symbol of a plugin that is not installed. */
    PipelineRun without(String... names) {
        missing.addAll(List.of(names));
        return this;
    }

    PipelineRun environment(Map<String, String> variables) {
        environment.putAll(variables);
        return this;
    }

    PipelineRun parameters(Map<String, ?> values) {
        parameters.putAll(values);
        return this;
    }

    /** Runs to the end, however that is. */
    PipelineRun run(String jenkinsfile) {
        CURRENT.set(this);
        try (GroovyClassLoader loader = new GroovyClassLoader(library(mode), configuration())) {
            Class<?> type = loader.parseClass(jenkinsfile, "WorkflowScript.groovy");
            Script script = (Script) type.getDeclaredConstructor().newInstance();
            program.threads.add(new Continuable(script, env()));
            Outcome end = interpret(loader);
            result = end.getNormal();
            failure = end.getAbnormal();
        } catch (IOException | ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        } finally {
            CURRENT.remove();
        }
        return this;
    }

    List<StepCalled> called() {
        return called;
    }

    List<StepCalled> called(String step) {
        return called.stream().filter(one -> one.step().equals(step)).toList();
    }

    /** The steps in their order, by name. */
    List<String> steps() {
        return called.stream().map(StepCalled::place).toList();
    }

    List<String> stages() {
        return called("stage").stream().map(StepCalled::text).toList();
    }

    /** What was said in the log, a line each. */
    List<String> log() {
        return called("echo").stream().flatMap(one -> one.text().lines()).toList();
    }

    Object result() {
        return result;
    }

    Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    Object ofBuild(String property) {
        return build.get(property);
    }

    Map<String, String> environment() {
        return environment;
    }

    /** All that is alive in the program at a step; a body is a thread of its own, as in Jenkins. */
    private static final class Program implements Serializable {
        private static final long serialVersionUID = 1L;
        private final List<Continuable> threads = new ArrayList<>();
        private final List<String> inside = new ArrayList<>();
        private final List<Map<String, String>> overlays = new ArrayList<>();
        private StepCalled pending;
    }

    private Outcome interpret(GroovyClassLoader loader) throws IOException, ReflectiveOperationException {
        Outcome next = new Outcome(null, null);
        while (true) {
            Continuable thread = last(program.threads);
            Outcome out = thread.run0(next, Continuable.categories);
            if (!thread.isResumable()) {
                removeLast(program.threads);
                if (program.threads.isEmpty()) {
                    return out;
                }
                removeLast(program.inside);
                removeLast(program.overlays);
                next = out;
                continue;
            }
            program.pending = (StepCalled) out.getNormal();
            program = restart(program, loader);
            next = perform(program.pending);
        }
    }

    private Outcome perform(StepCalled step) {
        called.add(step);
        try {
            Object answer = answers.getOrDefault(step.step(), ignored -> null).to(step);
            if (step.body() == null) {
                return new Outcome(answer, null);
            }
            program.inside.add(step.place());
            program.overlays.add(overlay(step));
            program.threads.add(new Continuable(invocation(step.body()).invoke(env(), null, Continuation.HALT)));
            return new Outcome(null, null);
        } catch (Throwable thrown) {
            return new Outcome(null, thrown);
        }
    }

    /** What a block step adds to the environment of its body. */
    private static Map<String, String> overlay(StepCalled step) {
        Map<String, String> overlay = new HashMap<>();
        if (step.named().get("") instanceof List<?> list) {
            for (Object one : list) {
                if (one instanceof Symbol binding && binding.argument("variable") != null) {
                    overlay.put(binding.argument("variable").toString(), "secret of " + binding.argument("credentialsId"));
                } else if (step.step().equals("withEnv")) {
                    String[] pair = one.toString().split("=", 2);
                    overlay.put(pair[0], pair[1]);
                }
            }
        }
        return overlay;
    }

    private static CpsCallableInvocation invocation(Closure<?> body) {
        try {
            body.call();
        } catch (CpsCallableInvocation invocation) {
            return invocation;
        }
        throw new IllegalStateException("a body that is not transformed");
    }

    private static Program restart(Program program, ClassLoader loader)
            throws IOException, ClassNotFoundException {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(written)) {
            out.writeObject(program);
        } catch (IOException e) {
            throw new IOException("at " + program.pending + " the program can't be written down: " + e, e);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(written.toByteArray())) {
            @Override
            protected Class<?> resolveClass(ObjectStreamClass description) throws ClassNotFoundException {
                return Class.forName(description.getName(), false, loader);
            }
        }) {
            return (Program) in.readObject();
        }
    }

    private Env env() {
        return Envs.empty(mode == Mode.SANDBOXED ? new Sandbox() : DefaultInvoker.INSTANCE);
    }

    // What scripts call

    /** Each script has its own instance of a var, as in Jenkins: what one keeps in a field another does not see. */
    Object var(String name, Binding caller) {
        if (!caller.hasVariable(name) && Files.exists(VARS.resolve(name + ".groovy"))) {
            try {
                caller.setVariable(name, library(mode).loadClass(name).getDeclaredConstructor().newInstance());
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
        return caller.hasVariable(name) && caller.getVariable(name) instanceof PipelineScript var ? var : null;
    }

    Object step(String name, Object[] arguments) {
        if (missing.contains(name) || !STEPS.contains(name) && !SYMBOLS.contains(name)) {
            throw new NoSuchMethodError("No such DSL method '" + name + "' found among steps [archive, bat] or symbols"
                    + " [all] or globals [env]");
        }
        StepCalled step = StepCalled.of(name, arguments, program.inside);
        return SYMBOLS.contains(name) ? new Symbol(name, step.named()) : Continuable.suspend(name, step);
    }

    Optional<Object> global(String name, Binding caller) {
        return switch (name) {
            case "steps" -> Optional.of(new Steps());
            case "env" -> Optional.of(new Environment());
            case "currentBuild" -> Optional.of(new CurrentBuild());
            case "params" -> Optional.of(Collections.unmodifiableMap(parameters));
            case "scm" -> Optional.of("the job's SCM");
            default -> Optional.ofNullable(var(name, caller));
        };
    }

    private static final class Steps extends Global {
        private static final long serialVersionUID = 1L;

        @Override
        public Object invokeMethod(String name, Object arguments) {
            return current().step(name, (Object[]) arguments);
        }
    }

    private static final class Environment extends Global {
        private static final long serialVersionUID = 1L;

        @Override
        public Object getProperty(String name) {
            return Stream.concat(Stream.of(current().environment), current().program.overlays.stream())
                    .map(layer -> layer.get(name)).reduce(null, (below, above) -> above == null ? below : above);
        }

        @Override
        public void setProperty(String name, Object value) {
            current().environment.put(name, value.toString());
        }
    }

    private static final class CurrentBuild extends Global {
        private static final long serialVersionUID = 1L;

        @Override
        public Object getProperty(String name) {
            return current().build.get(name);
        }

        @Override
        public void setProperty(String name, Object value) {
            current().build.put(name, value.toString());
        }
    }

    // How scripts are compiled

    private static synchronized GroovyClassLoader library(Mode mode) {
        return LIBRARIES.computeIfAbsent(mode, ignored -> {
            GroovyClassLoader loader =
                    new GroovyClassLoader(PipelineRun.class.getClassLoader(), configuration());
            loader.addClasspath(VARS.toString());
            loader.addClasspath(CLASSES.toString());
            return loader;
        });
    }

    private static CompilerConfiguration configuration() {
        CompilerConfiguration configuration = new CompilerConfiguration();
        configuration.setScriptBaseClass(PipelineScript.class.getName());
        ImportCustomizer imports = new ImportCustomizer();
        imports.addStarImports("com.cloudbees.groovy.cps");
        configuration.addCompilationCustomizers(imports, new CpsTransformer());
        return configuration;
    }

    private static <T> T last(List<T> list) {
        return list.get(list.size() - 1);
    }

    private static <T> T removeLast(List<T> list) {
        return list.remove(list.size() - 1);
    }
}
