package io.jenkins.plugins.canary.jenkins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hudson.AbortException;
import io.jenkins.plugins.canary.event.Abort.Wish;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.PlanReader;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kohsuke.stapler.DataBoundSetter;

class StepParametersTest {

    private static final Plan PLAN = PlanReader.read("canary.yml", """
            app: shop
            host: {address: 10.0.0.5, user: deploy}
            source: {url: 'git@gitlab.example.com:shop/shop.git'}
            directory: /srv/shop
            nginx: {config: /etc/nginx/conf.d/shop.conf}
            services:
              backend: {ports: {stable: 8081, canary: 8082}, health: {path: /health}}
              frontend: {ports: {stable: 3001, canary: 3002}, health: {path: /}}
            """);

    @Test
    void hasADefaultForEveryParameter() throws AbortException {
        CanaryDeployStep step = new CanaryDeployStep();

        assertThat(step.getPlan()).isEqualTo("canary.yml");
        assertThat(step.getType()).isEqualTo("canary-auto");
        assertThat(step.isFailOnRollback()).isTrue();
        assertThat(step.wishOnAbort()).isEqualTo(Wish.TURN_BACK);
        assertThat(step.getShare()).isNull();
        assertThat(step.getShares()).isNull();
        assertThat(step.getHostCredentialsIds()).isNull();
        assertThat(step.work(PLAN).deploys()).isTrue();
        assertThat(step.soakTime()).isEmpty();
    }

    @Test
    void takesSharesAsNumbersTextsMapsAndLines() throws AbortException {
        assertThat(shares(30, null)).containsEntry("backend", 30.0).containsEntry("frontend", 30.0);
        assertThat(shares("12.5", null)).containsEntry("backend", 12.5);
        Map<Object, Object> mixed = new LinkedHashMap<>();
        mixed.put(new StringBuilder("backend"), 7);
        assertThat(shares(null, mixed)).containsExactly(Map.entry("backend", 7.0));
        assertThat(shares(null, " backend = 10 \n\nfrontend=20\n"))
                .containsEntry("backend", 10.0).containsEntry("frontend", 20.0);
        assertThat(shares(5, "frontend=20")).containsEntry("backend", 5.0).containsEntry("frontend", 20.0);
    }

    private static Map<String, Double> shares(Object share, Object shares) throws AbortException {
        SetNginxWeightsStep step = new SetNginxWeightsStep();
        step.setShare(share);
        step.setShares(shares);
        return step.sharesOf(PLAN);
    }

    static Stream<List<Object>> wrong() {
        return Stream.of(
                List.of(deploy(step -> step.setType("canary-magic")), "type: `canary-magic` is none of stable"),
                List.of(deploy(step -> step.setType("canary-manual")), "type: canary-manual needs `share: 30`"),
                List.of(deploy(step -> step.setShare(30)), "share: only type canary-manual takes one"),
                List.of(deploy(step -> {
                    step.setType("canary-manual");
                    step.setShare("101");
                }), "share: `101` is no share"),
                List.of(deploy(step -> {
                    step.setType("canary-manual");
                    step.setShares(Map.of("nobody", 1));
                }), "shares: the plan has no service `nobody`; it has backend, frontend"),
                List.of(deploy(step -> step.setCommit("develop")), "commit: `develop` is no commit hash"),
                List.of(deploy(step -> step.setEnvCredentialsIds("KEY=id")), "envCredentialsIds: these values go into"),
                List.of(new SetNginxWeightsStep(), "setNginxWeights needs `share: 30`"));
    }

    private static RolloutStep deploy(java.util.function.Consumer<CanaryDeployStep> change) {
        CanaryDeployStep step = new CanaryDeployStep();
        change.accept(step);
        return step;
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void namesTheParameterThatIsWrong(List<Object> wrong) {
        assertThatThrownBy(() -> ((RolloutStep) wrong.get(0)).work(PLAN)).isInstanceOf(AbortException.class)
                .hasMessageStartingWith((String) wrong.get(1));
    }

    @Test
    void readsSoakTimes() throws AbortException {
        CanaryDeployStep step = new CanaryDeployStep();
        step.setSoak(45);
        assertThat(step.soakTime()).contains(Duration.ofSeconds(45));
        step.setSoak("2m");
        assertThat(step.soakTime()).contains(Duration.ofMinutes(2));
        step.setSoak("soon");
        assertThatThrownBy(step::soakTime).hasMessageStartingWith("soak: `soon` is no time");
        step.setOnAbort("explode");
        assertThatThrownBy(step::wishOnAbort).hasMessageContaining("neither `rollback` nor `hold`");
    }

    @Test
    void treatsEmptyFormFieldsAsNotGiven() throws AbortException {
        CanaryDeployStep step = new CanaryDeployStep();
        step.setShare("");
        step.setShares("");
        step.setCommit(" ");
        step.setSoak("");
        step.setPlan("");
        step.setType("");
        step.setOnAbort("");
        step.setSshCredentialsId("");
        step.setHostCredentialsIds("");

        assertThat(step.getPlan()).isEqualTo("canary.yml");
        assertThat(step.sshCredentialsId("edge")).isEmpty();
        assertThat(step.work(PLAN).namesACommit()).isFalse();
    }

    @Test
    void takesTheHostsOwnCredentialBeforeTheGeneralOne() {
        CanaryDeployStep step = new CanaryDeployStep();
        step.setSshCredentialsId("all");
        step.setHostCredentialsIds(Map.of("edge", "edge-key"));

        assertThat(step.sshCredentialsId("edge")).contains("edge-key");
        assertThat(step.sshCredentialsId("app1")).contains("all");
    }

    @Test
    void endsTheNameOfEveryCredentialParameterInCredentialsId() {
        for (Class<?> step : List.of(CanaryDeployStep.class, SetNginxWeightsStep.class, PromoteCanaryStep.class,
                RollbackStableStep.class, CanaryNotifyStep.class)) {
            assertThat(parameters(step)).filteredOn(name -> name.toLowerCase(java.util.Locale.ROOT).contains("credential"))
                    .allMatch(name -> name.endsWith("CredentialsId") || name.endsWith("CredentialsIds"));
        }
        assertThat(parameters(CanaryDeployStep.class)).containsExactly("commit", "envCredentialsIds",
                "envFileCredentialsId", "failOnRollback", "hostCredentialsIds", "onAbort", "plan", "share", "shares",
                "soak", "sshCredentialsId", "type");
    }

    private static TreeSet<String> parameters(Class<?> step) {
        return Arrays.stream(step.getMethods()).filter(method -> method.isAnnotationPresent(DataBoundSetter.class))
                .map(method -> Character.toLowerCase(method.getName().charAt(3)) + method.getName().substring(4))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
