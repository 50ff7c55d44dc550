package io.jenkins.plugins.canary.host;

import io.jenkins.plugins.canary.commands.Command;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What every host does once it has a shell to talk to. */
abstract class ShellHost implements Host {

    private final String name;
    private final String user;
    private final boolean sudo;

    ShellHost(String name, String user, boolean sudo) {
        this.name = name;
        this.user = user;
        this.sudo = sudo && !user.equals("root");
    }

    /** A {@code sh} that waits for a script on its standard input. */
    abstract Shell shell(boolean agent) throws HostException;

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final List<Result> run(List<Command> commands) throws HostException {
        try {
            return runOnce(commands);
        } catch (ConnectionLost e) {
            if (!commands.stream().allMatch(Command::mayRepeat)) {
                throw e;
            }
            return runOnce(commands);
        }
    }

    private List<Result> runOnce(List<Command> commands) throws HostException {
        Exchange exchange = Exchange.of(commands, sudo);
        byte[] script = exchange.batch();
        Shell shell = shell(commands.stream().anyMatch(Command::forwardAgent));
        boolean whole = false;
        try {
            Exchange.Answer answer = within(exchange.limit(), commands.get(0), () -> {
                IOException unsent = send(shell, script);
                try {
                    return exchange.read(shell.output());
                } catch (IOException e) {
                    if (unsent != null) {
                        e.addSuppressed(unsent);
                    }
                    throw e;
                }
            });
            List<Result> results = answer.results();
            if (!answer.fault().isEmpty()) {
                throw faulty(answer.fault(), commands.get(Math.min(results.size(), commands.size() - 1)));
            }
            if (!answer.complete()) {
                throw cut(shell, answer.begun(), answer.before(), commands.get(results.size()));
            }
            whole = true;
            refuseSudoWithPassword(exchange, results.get(results.size() - 1));
            return results;
        } finally {
            if (whole) {
                shell.release();
            } else {
                shell.close();
            }
        }
    }

    /** A shell that ends before it read everything says why on its output: that is what counts then. */
    private static IOException send(Shell shell, byte[] script) {
        OutputStream input = shell.input();
        try {
            input.write(script);
            input.flush();
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    private Exchange.Answer within(Duration limit, Command command, Callable<Exchange.Answer> talk)
            throws HostException {
        var task = new FutureTask<>(talk);
        var thread = new Thread(task, "exchange with " + name);
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new HostException(name, name + " did not answer within " + limit.toSeconds() + " s to `" + command
                    + "` and what came after it; look there at what still runs (`ps axf`)", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectionLost(name, "interrupted while `" + command + "` ran on " + name
                    + "; it may go on there until its timeout", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw new ConnectionLost(name, "the answer of " + name + " to `" + command + "` broke off: "
                        + io.getMessage(), io);
            }
            throw new HostException(name, "the answer of " + name + " to `" + command + "` makes no sense: "
                    + e.getCause(), e.getCause());
        }
    }

    private HostException cut(Shell shell, boolean begun, String before, Command command) {
        OptionalInt exit = shell.exit();
        String said = (before + "\n" + shell.errors()).strip();
        String tail = said.isEmpty() ? "" : "\n" + said;
        if (exit.isEmpty()) {
            return new ConnectionLost(name, "the connection to " + name + " dropped "
                    + (begun ? "while" : "before or while") + " `" + command + "` ran", null);
        }
        if (begun) {
            return killed(command, "" + exit.getAsInt());
        }
        return new HostException(name, name + " logged " + user + " in but ran no `/bin/sh` (exit code "
                + exit.getAsInt() + "): give the user a login shell there (`chsh`), and look at its rc files and at "
                + "ForceCommand in sshd_config" + tail);
    }

    private ConnectionLost killed(Command command, String exit) {
        return new ConnectionLost(name, "the shell on " + name + " was ended (exit code " + exit + ") while `" + command
                + "` ran; look there at `dmesg` for the kernel's out-of-memory killer", null);
    }

    private HostException faulty(String fault, Command command) {
        String[] said = fault.split(" ", 3);
        if (said[0].equals("killed")) {
            return killed(command, said[1]);
        }
        return new HostException(name, switch (said[0]) {
            case "missing" -> name + " has no `" + said[1] + "` in its PATH; install coreutils or BusyBox there";
            case "directory" -> name + " has no place for the output of `" + command + "` (nothing ran): "
                    + fault.substring("directory ".length())
                    + "\nlook there at `df -h /tmp`, `df -i /tmp` and `ls -ld /tmp`";
            case "full" -> "the disk under " + said[2] + " on " + name + " is full: `" + command
                    + "` ran (exit code " + said[1] + ") but its output is lost; free space there (`df -h /tmp`)";
            default -> "`" + command + "` on " + name + " wrote more than " + (Exchange.OUTPUT_LIMIT >> 20)
                    + " MB; limit what it prints";
        });
    }

    private void refuseSudoWithPassword(Exchange exchange, Result result) throws HostException {
        if (exchange.throughSudo(result.command()) && result.exit() == 1 && result.errors().startsWith("sudo: ")) {
            throw new HostException(name, "sudo on " + name + " does not let " + user + " run `" + result.command()
                    + "` as root without a password: " + result.errors()
                    + "\nallow it there with `visudo -f /etc/sudoers.d/canary`:\n    " + user
                    + " ALL=(root) NOPASSWD: ALL");
        }
    }
}
