package io.jenkins.plugins.canary.jenkins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hudson.AbortException;
import io.jenkins.plugins.canary.jenkins.HostAccess.Key;
import io.jenkins.plugins.canary.jenkins.HostAccess.Vouched;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.Plan.HostEntry;
import io.jenkins.plugins.canary.plan.PlanReader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostPolicyTest {

    private static Plan plan(String hosts) {
        return PlanReader.read("canary.yml", """
                app: shop
                %s
                source: {url: 'git@gitlab.example.com:shop/shop.git'}
                directory: /srv/shop
                nginx: {config: /etc/nginx/conf.d/shop.conf}
                services:
                  backend: {ports: {stable: 8081, canary: 8082}, health: {path: /health}}
                """.formatted(hosts));
    }

    private static NamedHost known(String name) {
        NamedHost host = new NamedHost(name, "10.1.1.1");
        host.setPort(2222);
        host.setUser("deploy");
        return host;
    }

    @Test
    void findsHostsByTheirNameAndByWhatThePlanHasAsAddress() throws AbortException {
        HostPolicy policy = new HostPolicy(List.of(known("edge"), known("prod")), false);

        assertThat(policy.hostsOf(plan("host: {address: 10.0.0.5}")).get("edge").orElseThrow().getName())
                .isEqualTo("edge");
        assertThat(policy.hostsOf(plan("host: {address: prod}")).get("edge").orElseThrow().getName())
                .isEqualTo("prod");
    }

    @Test
    void refusesHostsThatOnlyThePlanKnowsAndNamesAllOfThem() {
        HostPolicy policy = new HostPolicy(List.of(known("prod")), false);

        assertThatThrownBy(() -> policy.hostsOf(plan("host: {address: evil.example.com}")))
                .isInstanceOf(AbortException.class).hasMessageContaining("`edge` (evil.example.com)")
                .hasMessageContaining("Allow hosts from plans").hasMessageContaining("Known are: prod.");
        assertThatThrownBy(() -> policy.hostsOf(plan("host: {address: local}")))
                .hasMessageContaining("`edge` (local)");
    }

    @Test
    void letsPlansSpeakForThemselvesWhereAnAdministratorAllowsIt() throws AbortException {
        assertThat(new HostPolicy(List.of(), true).hostsOf(plan("host: {address: 10.0.0.5}")))
                .containsOnlyKeys("edge").allSatisfy((name, host) -> assertThat(host).isEmpty());
    }

    @Test
    void takesTheAdministratorsWordBeforeThePlans() {
        HostEntry planned = plan("host: {address: 10.0.0.5, port: 22, user: root, key: ~/.ssh/id, acceptNew: true}")
                .hostEntry("edge");
        HostAccess vouched = new HostAccess("edge", new Vouched("10.1.1.1", 2222, "deploy", "key", ""), null);
        HostEntry entry = vouched.entry(planned, Path.of("/tmp/known"));

        assertThat(entry.address()).isEqualTo("10.1.1.1");
        assertThat(entry.port()).isEqualTo(2222);
        assertThat(entry.user()).contains("deploy");
        assertThat(entry.key()).isEmpty();
        assertThat(entry.acceptNew()).isFalse();
        assertThat(entry.knownHosts()).isEqualTo("/tmp/known");
    }

    @Test
    void logsInAsTheCredentialsUserWhereNobodySaysAnother() {
        HostEntry planned = plan("host: {address: 10.0.0.5}").hostEntry("edge");
        HostAccess access = new HostAccess("edge", null, new Key("deploy-key", "deploy", "KEY", ""));

        assertThat(access.entry(planned, Path.of("/tmp/known")).user()).contains("deploy");
        assertThat(new Key("deploy-key", "deploy", "KEY", "secret").toString()).doesNotContain("KEY")
                .doesNotContain("secret");
    }
}
