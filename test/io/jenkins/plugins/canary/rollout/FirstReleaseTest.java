package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.fixture.Behaviour;
import io.jenkins.plugins.canary.fixture.ProductionHost;
import io.jenkins.plugins.canary.fixture.Release;
import io.jenkins.plugins.canary.plan.DeployType;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.release.EnvText;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FirstReleaseTest {

    @RegisterExtension
    static final Shop shop = new Shop();

    @Test
    void aHostWithoutAnythingGetsItsFirstReleaseOrStaysEmpty() throws Exception {
        ProductionHost host = shop.host();
        Deployer deployer = new Deployer(host.plan(List.of("backend"))
                .replace("directory: " + host.directory(), "directory: " + host.home() + "/srv/first")
                + Deployer.QUICK);
        Optional<EnvText> env = Optional.of(EnvText.parse("A=1\n".getBytes(StandardCharsets.UTF_8)));

        Outcome before = deployer.run(Rollout::showWeights);

        assertThat(before.end()).as(before.message()).isEqualTo(End.DONE);
        assertThat(before.message()).contains("no rollout yet", "from the first change of shares on",
                "backend: share 0.0 %");

        host.docker("rm", "-f", host.container(SlotName.STABLE, "backend"));
        host.pushRelease(Release.working(shop.newName()).with("backend", Behaviour.EXITS_AT_ONCE));

        Outcome failed = deployer.deploy(DeployType.STABLE, Map.of(), env);

        assertThat(failed.end()).as(failed.message()).isEqualTo(End.ROLLED_BACK);
        assertThat(failed.message()).contains("nothing runs, as before", "cannot start: no database");
        assertThat(host.containers(SlotName.STABLE)).noneMatch(name -> name.contains("backend"));

        String name = shop.pushWorking();
        Outcome first = deployer.deploy(DeployType.STABLE, Map.of(), env);

        assertThat(first).as(first.message()).returns(End.DONE, Outcome::end)
                .returns(State.SUCCEEDED, Outcome::state);
        assertThat(shop.served()).containsExactly(name);
        Outcome back = deployer.run(rollout -> rollout.rollback(false));
        assertThat(back.end()).as(back.message()).isEqualTo(End.REFUSED);
        assertThat(back.message()).contains("nothing to go back to", "--type stable --commit");
    }
}
