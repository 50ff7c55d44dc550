package io.jenkins.plugins.canary.host;

import io.jenkins.plugins.canary.commands.Command;
import java.util.List;
import java.util.OptionalInt;

/**
 * A machine that commands run on. One connection serves a whole rollout; a call after the connection dropped
 * connects again. What was under way when it dropped is done once more if all of it is
 * {@linkplain Command#mayRepeat repeatable}; else the caller gets {@link ConnectionLost}, reads what the host did, and
 * decides. Safe for use by several threads.
 */
public interface Host extends AutoCloseable {

    /** The host's name in the plan, for messages. */
    String name();

    /**
     * Runs commands in order in one exchange and stops after the first that fails.
     *
     * @return one result for each command that ran; the last one may have failed
     * @throws HostException the host could not be reached, or the connection dropped meanwhile
     */
    List<Result> run(List<Command> commands) throws HostException;

    /**
     * Runs one command.
     *
     * @return its result, whatever its exit code
     */
    default Result run(Command command) throws HostException {
        return run(List.of(command)).get(0);
    }

    /**
     * Runs one command that must succeed.
     *
     * @param attempt what it is for, as in "could not {attempt}"
     * @throws CommandFailed it gave another exit code than 0
     */
    default Result require(String attempt, Command command) throws HostException {
        Result result = run(command);
        if (!result.ok()) {
            throw new CommandFailed(name(), attempt, result);
        }
        return result;
    }

    /** Runs commands in order in one exchange; each must succeed. See {@link #require(String, Command)}. */
    default List<Result> require(String attempt, List<Command> commands) throws HostException {
        List<Result> results = run(commands);
        Result last = results.get(results.size() - 1);
        if (!last.ok()) {
            throw new CommandFailed(name(), attempt, last);
        }
        return results;
    }

    /**
     * Makes a port that listens on the host's own loopback address reachable from here.
     *
     * @return a port on this machine's 127.0.0.1 that leads there, open until this host is closed; empty where
     *     the host's sshd forbids forwarding
     */
    OptionalInt forward(int port) throws HostException;

    @Override
    void close();
}
