package io.jenkins.plugins.canary.host;

import io.jenkins.plugins.canary.commands.Command;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A command that lives as long as its standard input is open. One thread reads all its output: the hold is alive
 * while that thread is, and no output that nobody wants can block the connection.
 */
final class ShellHold implements Hold {

    /** A command that does not end at end of file is left to itself after this. */
    private static final long END_MILLIS = 5_000;

    private static final long BEAT_MILLIS = 5_000;

    private final Exchange exchange;
    private final Shell shell;
    private final byte[] script;
    private final Thread reader;
    private final CompletableFuture<Start> started = new CompletableFuture<>();
    private volatile String line = "";
    private boolean closed;

    ShellHold(Exchange exchange, Shell shell, byte[] script, String host) {
        this.exchange = exchange;
        this.shell = shell;
        this.script = script;
        this.reader = new Thread(this::read, "hold on " + host);
        reader.setDaemon(true);
    }

    /**
     * How it began.
     *
     * @param begun whether the script ran
     * @param held whether the command wrote its first line
     * @param line that line; if it did not begin, what the login printed
     * @param result how the command ended before it wrote a line, or null
     */
    record Start(boolean begun, boolean held, String line, Result result) {
        boolean ended() {
            return result != null;
        }
    }

    Start start() throws IOException, InterruptedException {
        OutputStream input = shell.input();
        reader.start();
        try {
            input.write(script);
            input.flush();
        } catch (IOException e) {
            // The shell is gone; what it said last tells more than the broken pipe does.
            Start start = first();
            if (!start.ended() && !start.held()) {
                return start;
            }
            throw e;
        }
        Start start = first();
        line = start.line();
        if (start.held()) {
            Thread beats = new Thread(this::beat, "beats of the " + reader.getName());
            beats.setDaemon(true);
            beats.start();
        }
        return start;
    }

    /** Lets the command know that its deployer is still there. */
    private void beat() {
        try {
            reader.join(BEAT_MILLIS);
            while (reader.isAlive()) {
                writeBeat();
                reader.join(BEAT_MILLIS);
            }
        } catch (IOException e) {
            // The connection is gone, which the reader finds as well.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void writeBeat() throws IOException {
        if (!closed) {
            shell.input().write('\n');
            shell.input().flush();
        }
    }

    private synchronized void endInput() throws IOException {
        closed = true;
        shell.input().close();
    }

    private Start first() throws IOException, InterruptedException {
        try {
            return started.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
    }

    private void read() {
        try {
            var lines = new BufferedReader(new InputStreamReader(shell.output(), StandardCharsets.ISO_8859_1));
            started.complete(readStart(lines));
            char[] rest = new char[4096];
            while (lines.read(rest) >= 0) {
                // What a hold says after its first line concerns nobody.
            }
        } catch (IOException e) {
            started.completeExceptionally(e);
        }
    }

    private Start readStart(BufferedReader lines) throws IOException {
        String mark = exchange.mark();
        var before = new StringBuilder();
        boolean begun = false;
        for (String text = lines.readLine(); text != null; text = lines.readLine()) {
            int ours = text.indexOf(mark);
            if (!begun) {
                begun = ours >= 0;
                before.append(begun ? "" : text + "\n");
            } else if (ours < 0) {
                return new Start(true, true, Exchange.utf8(text), null);
            } else {
                int exit = Integer.parseInt(text.substring(text.lastIndexOf(' ') + 1));
                String errors = shell.errors();
                errors = errors.substring(errors.lastIndexOf(mark) + 1).lines().skip(1)
                        .reduce("", (above, next) -> above + next + "\n");
                Command command = exchange.commands().get(0);
                byte[] out = text.substring(0, ours).getBytes(StandardCharsets.ISO_8859_1);
                return new Start(true, false, "",
                        new Result(command, exit, out, errors.getBytes(StandardCharsets.UTF_8)));
            }
        }
        return new Start(begun, false, Exchange.utf8(before.toString()), null);
    }

    @Override
    public String line() {
        return line;
    }

    @Override
    public boolean alive() {
        return reader.isAlive();
    }

    @Override
    public void close() {
        try {
            endInput();
            reader.join(END_MILLIS);
        } catch (IOException e) {
            // Its input cannot be closed when the connection is gone, and then the hold has ended as well.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            shell.close();
        }
    }
}
