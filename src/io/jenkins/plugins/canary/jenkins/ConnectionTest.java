package io.jenkins.plugins.canary.jenkins;

import io.jenkins.plugins.canary.commands.Command;
import io.jenkins.plugins.canary.host.Address;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.host.HostKeyChanged;
import io.jenkins.plugins.canary.host.Login;
import io.jenkins.plugins.canary.host.Result;
import io.jenkins.plugins.canary.host.SshHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Logs in to a host as a rollout would, and looks for the programs that one needs. Changes nothing there. */
final class ConnectionTest {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(10);

    private final NamedHost host;

    ConnectionTest(NamedHost host) {
        this.host = host;
    }

    /**
     * @return the programs that are not there or don't run, each with what the host said
     * @throws HostException nobody could log in, or no command runs there
     */
    List<String> run(Login login) throws HostException, IOException {
        Path knownHosts = Files.createTempFile("canary-known-hosts", "");
        try {
            Files.writeString(knownHosts, host.knownHosts());
            return look(new Address(host.getName(), host.getAddress(), host.getPort(), host.getUser(), null, knownHosts,
                    false, false, false, CONNECT_TIMEOUT), login);
        } catch (HostKeyChanged e) {
            throw new HostException(
                    e.host(), inForm(e.fact(), knownHosts) + " " + Messages.text("NamedHost.hostKeyChanged"), e);
        } catch (HostException e) {
            throw new HostException(e.host(), inForm(e.getMessage(), knownHosts), e);
        } finally {
            Files.delete(knownHosts);
        }
    }

    /** The reader has a form before them, not a file. */
    private static String inForm(String message, Path knownHosts) {
        return message.replace(knownHosts.toString(), Messages.text("NamedHost.hostKeyField"));
    }

    private List<String> look(Address address, Login login) throws HostException {
        try (Host there = new SshHost(address, login)) {
            there.require("run a command", Command.of("true").timeout(COMMAND_TIMEOUT));
            List<String> missing = new ArrayList<>();
            for (List<String> program : programs()) {
                Result result = there.run(Command.of(program).timeout(COMMAND_TIMEOUT));
                if (!result.ok()) {
                    missing.add(String.join(" ", program) + ": " + firstLine(result));
                }
            }
            return missing;
        }
    }

    private List<List<String>> programs() {
        String command = host.getNginxCommand().isEmpty() ? "nginx" : host.getNginxCommand();
        List<String> nginx = new ArrayList<>(Arrays.asList(command.split("\\s+")));
        nginx.add("-v");
        return List.of(List.of("docker", "--version"), List.of("git", "--version"), nginx);
    }

    private static String firstLine(Result result) {
        return result.errors().lines().findFirst().or(() -> result.text().lines().findFirst())
                .orElse("exit code " + result.exit());
    }
}
