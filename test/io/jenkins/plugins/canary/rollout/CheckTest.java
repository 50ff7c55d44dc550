package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.event.Event;
import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.fixture.Release;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is seen before a rollout changes anything. */
class CheckTest {

    private static final String MISSING = "0123456789abcdef0123456789abcdef01234567";

    @RegisterExtension
    static final Shop shop = new Shop();

    @Test
    void reportsEveryProblemAtOnce() throws Exception {
        Deployer deployer = new Deployer((shop.host().plan(List.of("backend")) + Deployer.QUICK)
                .replace("command: " + String.join(" ", shop.host().nginxCommand()), "command: no-such-nginx"));
        try (ServerSocket other = new ServerSocket(
                shop.host().port("backend", SlotName.CANARY), 1, InetAddress.getLoopbackAddress())) {
            Outcome outcome = deployer.run(rollout -> rollout.check(Optional.of(MISSING)));

            assertThat(outcome).returns(End.REFUSED, Outcome::end).returns(State.REFUSED, Outcome::state);
            assertThat(deployer.events().stream().filter(event -> event.type() == Type.FAILURE).map(Event::message))
                    .hasSize(3)
                    .anyMatch(text -> text.contains("port " + other.getLocalPort() + " on edge") && text.contains("ss -ltnp"))
                    .anyMatch(text -> text.contains("no-such-nginx"))
                    .anyMatch(text -> text.contains("commit " + MISSING + " is not in " + shop.host().remote()));
        }
    }

    @Test
    void acceptsAPortThatOurOwnCanaryHoldsAndACommitThatIsOnlyInTheRemote() throws Exception {
        shop.pushWorking();
        assertThat(shop.deployer().canaryAuto().state()).isEqualTo(State.HOLDING);
        String commit = shop.host().pushRelease(Release.working(shop.newName()));

        Outcome outcome = shop.deployer().run(rollout -> rollout.check(Optional.of(commit)));

        assertThat(outcome.end()).as(outcome.message()).isEqualTo(End.DONE);
    }

    @Test
    void refusesAnImageThatCanNotBeHadAndLeavesTheHeldCanaryAlone() throws Exception {
        shop.pushWorking();
        assertThat(shop.deployer().canaryAuto().state()).isEqualTo(State.HOLDING);
        Shop.Snapshot before = shop.snapshot();
        shop.push(Release.working(shop.newName()), Map.of(Shop.file(SlotName.CANARY), """
                services:
                  backend:
                    image: 127.0.0.1:1/nothing:1
                    ports: ["127.0.0.1:%d:8080"]
                """.formatted(shop.host().port("backend", SlotName.CANARY))));

        Outcome outcome = shop.deployer().canaryAuto();

        assertThat(outcome.end()).as(outcome.message()).isEqualTo(End.REFUSED);
        assertThat(outcome.message()).contains("image 127.0.0.1:1/nothing:1 is neither built nor here");
        assertThat(shop.snapshot()).isEqualTo(before);
        assertThat(shop.served()).hasSize(2);
    }
}
