package io.jenkins.plugins.canary.preflight;

import io.jenkins.plugins.canary.commands.Git;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.host.Result;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.release.Deployment;
import java.util.Optional;

/** What a new release needs of git and of the registries that its images come from. */
final class SourceChecks {

    private final Plan plan;
    private final Deployment canary;
    private final Optional<String> commit;
    private final Findings findings;

    SourceChecks(Plan plan, Deployment canary, Optional<String> commit, Findings findings) {
        this.plan = plan;
        this.canary = canary;
        this.commit = commit;
        this.findings = findings;
    }

    void run(Host host) {
        findings.check(() -> repository(host));
        // Advice only: the release that is to come may be the very one that mends it.
        findings.check(() -> canary.missingImages(host.name()).forEach(image -> findings.advise("image " + image
                + " is not on " + host.name() + " and the registry does not give it; see `docker pull " + image
                + "` there")));
    }

    private void repository(Host host) throws HostException {
        String url = plan.source().url();
        String branch = plan.source().branch();
        Result branches = host.run(Git.remoteBranches(url));
        if (!branches.ok()) {
            findings.block("git on " + host.name() + " can't read " + url + " (" + branches.errors()
                    + "). Give the host a deploy key, or set `forwardAgent: true` on it.");
        } else if (branches.text().lines().noneMatch(line -> line.endsWith("\trefs/heads/" + branch))) {
            findings.block("branch " + branch + " is not in " + url);
        } else if (commit.isPresent() && !host.run(Git.has(plan.directory(), url, branch, commit.get())).ok()) {
            findings.block("commit " + commit.get() + " is not in " + url + ", as far as " + host.name()
                    + " can fetch it. Was it pushed?");
        }
    }
}
