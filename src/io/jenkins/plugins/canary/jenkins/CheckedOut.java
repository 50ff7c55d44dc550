package io.jenkins.plugins.canary.jenkins;

import io.jenkins.plugins.canary.rollout.DeployRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What a build checked out in its workspace. */
final class CheckedOut {

    private static final long SECONDS = 20;

    private CheckedOut() {}

    /** @return empty where the directory is in no working copy of git's, or there is no git */
    static Optional<String> commit(Path directory) {
        try {
            Process git = new ProcessBuilder("git", "rev-parse", "HEAD").directory(directory.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            git.getOutputStream().close();
            if (!git.waitFor(SECONDS, TimeUnit.SECONDS)) {
                git.destroyForcibly();
                return Optional.empty();
            }
            String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return Optional.of(said).filter(hash -> git.exitValue() == 0 && DeployRequest.isHash(hash));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
