package io.jenkins.plugins.canary.rollout;

import com.google.gson.JsonObject;
import io.jenkins.plugins.canary.fixture.ProductionHost;
import io.jenkins.plugins.canary.fixture.Release;
import io.jenkins.plugins.canary.fixture.Traffic;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/**
 * {@code bin/test --chaos}: operations by chance, faults in them at times by chance, and after each the question whether
 * the host is as it must be. The seed decides which operations and which faults, and how far into its operation a fault
 * comes; how far the operation has got by then is the machine's.
 */
public final class Chaos {

    private static final List<Double> SHARES = List.of(0.0, 5.0, 12.5, 50.0, 100.0);

    /** How long an operation takes at first, until it is known of this machine. */
    private static final long GUESS_MILLIS = 5_000;

    private final Random random;
    private final Consumer<String> log;
    private final Map<Operation, Long> usualMillis = new EnumMap<>(Operation.class);
    private final List<String> problems = new ArrayList<>();
    private int runs;
    private int consistent;
    private int leftovers;
    private long failedRequests;

    private ProductionHost host;
    private Path plan;
    private Deployer deployer;
    private Aftermath aftermath;
    private int newest = 1;

    /** @param log gets a line for each thing done */
    Chaos(long seed, Consumer<String> log) {
        this.random = new Random(seed);
        this.log = log;
        log.accept("seed " + seed);
    }

    /**
     * What came of it.
     *
     * @param consistent runs after which all was as it must be
     * @param failedRequests of users, in all
     * @param leftovers files, processes, locks and the like that nobody needs any more, in all
     * @param problems each with its run
     */
    record Report(int runs, int consistent, long failedRequests, int leftovers, List<String> problems) {

        boolean good() {
            return runs == consistent && failedRequests == 0 && leftovers == 0;
        }

        String json() {
            JsonObject line = new JsonObject();
            line.addProperty("runs", runs);
            line.addProperty("consistent", consistent);
            line.addProperty("failedRequests", failedRequests);
            line.addProperty("leftovers", leftovers);
            return line.toString();
        }
    }

    private enum Fault {
        KILL,
        CUT,
        NGINX
    }

    /** Arguments: {@code --chaos N [--seed S]}. */
    public static void main(String[] arguments) throws IOException {
        List<String> words = List.of(arguments);
        int runs = Integer.parseInt(words.get(words.indexOf("--chaos") + 1));
        long seed = words.contains("--seed")
                ? Long.parseLong(words.get(words.indexOf("--seed") + 1)) : System.currentTimeMillis();
        Report report = new Chaos(seed, System.out::println).run(runs);
        report.problems().forEach(System.out::println);
        System.out.println(report.json());
        System.exit(report.good() ? 0 : 1);
    }

    /** @param times how many operations meet a fault */
    Report run(int times) throws IOException {
        try (ProductionHost started = ProductionHost.start()) {
            host = started;
            String text = host.plan(List.of("backend")) + Deployer.TWO_STEPS;
            plan = Files.writeString(host.home().resolve("chaos.yml"), text);
            deployer = new Deployer(text);
            aftermath = new Aftermath(host, text);
            try (Traffic users = Traffic.start(host)) {
                push();
                expect("the first canary", deployer.run(rollout -> Operation.CANARY_AUTO.on(rollout, 0)));
                try {
                    for (runs = 0; runs < times; runs++) {
                        run(users);
                    }
                } finally {
                    failedRequests = users.report().failed();
                    users.report().failures().forEach(failure -> problems.add("a user: " + failure));
                }
            }
        }
        return new Report(runs, consistent, failedRequests, leftovers, problems);
    }

    private void run(Traffic users) throws IOException {
        int before = problems.size();
        long failedBefore = users.report().failed();
        Operation operation = sensible(operation());
        Fault fault = fault();
        double share = SHARES.get(random.nextInt(SHARES.size()));
        double when = random.nextDouble();
        boolean byForce = random.nextBoolean();
        boolean resumes = random.nextBoolean();
        Operation instead = operation();
        long millis = (long) (when * usualMillis.getOrDefault(operation, GUESS_MILLIS));
        say(operation + (operation == Operation.WEIGHTS ? " " + share : "") + ", " + fault + " after " + millis + " ms");
        prepare(operation);
        try (DeployerProcess process = DeployerProcess.start(plan, Files.createTempFile(host.home(), "chaos", ".log"))) {
            process.awaitReady();
            long begin = System.nanoTime();
            process.order(Fate.LIVES, operation, share);
            boolean ended = process.endsWithin(Duration.ofMillis(millis));
            if (!ended) {
                happen(fault, process, users);
            }
            if (ended || fault != Fault.KILL) {
                End end = endOf(process.awaitEnd());
                if (end == End.DONE) {
                    usualMillis.put(operation, Duration.ofNanos(System.nanoTime() - begin).toMillis());
                }
                say("ended with " + end + (ended ? ", before that" : ""));
                if (end == null || end == End.PERSON_MUST_LOOK) {
                    problem(operation + " ended with " + end + " after " + fault + ":\n" + process);
                    deployer.run(Rollout::resume);
                }
            } else {
                aftermath.problemsAfterBoot().forEach(this::problem);
                goOn(byForce, resumes ? Operation.RESUME : instead, share);
            }
        }
        aftermath.inconsistencies().forEach(this::problem);
        List<String> left = aftermath.leftovers();
        left.forEach(this::problem);
        leftovers += left.size();
        if (users.report().failed() > failedBefore) {
            problem((users.report().failed() - failedBefore) + " requests failed");
        }
        if (problems.size() == before) {
            consistent++;
        }
    }

    /** A later run takes the app from the dead one, and finishes its work or does its own. */
    private void goOn(boolean byForce, Operation operation, double share) throws IOException {
        say("then " + operation + (byForce ? " after unlock --force" : " when the lease is over"));
        if (byForce) {
            expect("unlock", deployer.run(Rollout::unlock));
        }
        prepare(operation);
        Outcome outcome = DeadLease.then(host, deployer, rollout -> operation.on(rollout, share));
        say("ended with " + outcome.end() + ": " + outcome.message().lines().findFirst().orElse(""));
        if (outcome.end() == End.PERSON_MUST_LOOK || operation == Operation.RESUME && outcome.end() != End.DONE) {
            problem(operation + " ended with " + outcome.end() + ": " + outcome.message() + "\n" + deployer.log());
        }
        if (outcome.end() == End.REFUSED) {
            // Refused before it could undo the dead one's work, as for a promotion without a canary.
            expect("resume", deployer.run(Rollout::resume));
        }
    }

    private Operation operation() {
        List<Operation> often = List.of(Operation.CANARY_AUTO, Operation.CANARY_AUTO, Operation.CANARY_AUTO,
                Operation.PROMOTE, Operation.PROMOTE, Operation.ROLLBACK, Operation.WEIGHTS);
        return often.get(random.nextInt(often.size()));
    }

    /** Without a canary there is nothing to promote, and maybe nothing to go back to: one is made then. */
    private Operation sensible(Operation operation) throws IOException {
        boolean held = aftermath.served().weights().canaryHasUsers();
        boolean refused = switch (operation) {
            case PROMOTE -> !held;
            case ROLLBACK -> !held && aftermath.memory().kept().isEmpty();
            default -> false;
        };
        return refused ? Operation.CANARY_AUTO : operation;
    }

    private Fault fault() {
        int of = random.nextInt(10);
        return of < 7 ? Fault.KILL : of < 9 ? Fault.CUT : Fault.NGINX;
    }

    /** What an operation would be refused without. */
    private void prepare(Operation operation) throws IOException {
        if (operation == Operation.CANARY_AUTO) {
            push();
        }
    }

    private void happen(Fault fault, DeployerProcess process, Traffic users) throws IOException {
        switch (fault) {
            case KILL -> process.kill();
            case CUT -> host.sshd().killSessions();
            case NGINX -> users.whileNobodyAsks(() -> {
                host.killNginx();
                host.startNginx();
            });
        }
    }

    private void push() throws IOException {
        newest++;
        String name = String.valueOf(newest);
        aftermath.pushed(host.pushRelease(Release.working(name)), name);
    }

    private void expect(String what, Outcome outcome) {
        if (outcome.end() != End.DONE) {
            problem(what + " ended with " + outcome.end() + ": " + outcome.message());
        }
    }

    private static End endOf(int exitCode) {
        for (End end : End.values()) {
            if (end.exitCode() == exitCode) {
                return end;
            }
        }
        return null;
    }

    private void problem(String what) {
        problems.add("run " + (runs + 1) + ": " + what);
        say("PROBLEM " + what);
    }

    private void say(String what) {
        log.accept(LocalTime.now().truncatedTo(ChronoUnit.SECONDS) + " run " + (runs + 1) + ": " + what);
    }
}
