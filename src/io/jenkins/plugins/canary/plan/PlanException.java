package io.jenkins.plugins.canary.plan;

import java.util.List;
import java.util.stream.Collectors;

/** A plan that cannot be used. The message has every problem, a line each, in the file's order. */
public final class PlanException extends RuntimeException {

    private final List<Problem> problems;

    PlanException(String file, List<Problem> problems) {
        super(problems.stream().map(problem -> problem.in(file)).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    PlanException(String file, Problem problem, Throwable cause) {
        this(file, List.of(problem));
        initCause(cause);
    }

    public List<Problem> problems() {
        return problems;
    }
}
