package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.plan.DeployType;
import io.jenkins.plugins.canary.plan.ForbiddenHosts;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A host that no rollout may touch is not even connected to, whatever is asked for. */
class ForbiddenHostTest {

    static Stream<Deployer.Action> everything() {
        return Stream.of(
                rollout -> rollout.deploy(DeployType.CANARY_AUTO,
                        new DeployRequest(Map.of(), Optional.empty(), Optional.empty())),
                rollout -> rollout.setWeights(Map.of("api", 10.0)),
                Rollout::promote, rollout -> rollout.rollback(false), Rollout::resume, Rollout::unlock,
                rollout -> rollout.check(Optional.empty()), Rollout::status, Rollout::showWeights, Rollout::history);
    }

    @ParameterizedTest
    @MethodSource("everything")
    void isNotConnectedTo(Deployer.Action action) throws IOException {
        try (ServerSocket sshd = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Deployer deployer = new Deployer("""
                    app: shop
                    host: {address: 127.0.0.1, port: %d}
                    source: {url: git@example.com:shop.git}
                    directory: /srv/shop
                    nginx: {config: /etc/nginx/conf.d/shop.conf}
                    services:
                      api: {ports: {stable: 8081, canary: 8082}, health: {path: /health}}
                    """.formatted(sshd.getLocalPort()), new ForbiddenHosts(List.of("localhost"), "a list"));

            Outcome outcome = deployer.run(action);

            assertThat(outcome).returns(End.REFUSED, Outcome::end).returns(State.REFUSED, Outcome::state);
            assertThat(outcome.message()).contains("127.0.0.1", "forbidden", "a list");
            sshd.setSoTimeout(1);
            assertThatThrownBy(sshd::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }
}
