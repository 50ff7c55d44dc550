package io.jenkins.plugins.canary.commands;

/** The command line that shows TCP connections, in the kernel's own format: no tool needed, in a container either. */
public final class Sockets {

    private Sockets() {}

    /** Prints {@code /proc/net/tcp} and {@code tcp6} (format: Linux' Documentation/networking/proc_net_tcp). */
    public static Command established() {
        return Command.script("cat /proc/net/tcp /proc/net/tcp6 2>/dev/null; true").repeatable();
    }
}
