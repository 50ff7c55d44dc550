package io.jenkins.plugins.canary.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import com.thoughtworks.xstream.XStream;
import com.thoughtworks.xstream.security.NoTypePermission;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Jenkins keeps in its files comes back as it was; only of types that its class filter lets through. */
class PersistenceTest {

    private static final Set<Class<?>> PLAIN = Set.of(String.class, ArrayList.class, LinkedHashMap.class);

    static Stream<Object> persisted() {
        return Stream.of(configuration(), host(), action(), new RolloutEntry(3, "canaryDeploy", 1795624988372L),
                deploy(), weights(), new PromoteCanaryStep(), rollback(), notice());
    }

    @ParameterizedTest
    @MethodSource("persisted")
    void comesBackAsItWas(Object kept) {
        XStream files = files();
        String xml = files.toXML(kept);

        Object back = files.fromXML(xml);

        assertThat(back).usingRecursiveComparison().isEqualTo(kept);
        assertThat(files.toXML(back)).isEqualTo(xml);
    }

    @ParameterizedTest
    @MethodSource("persisted")
    void declaresOnlyTypesThatJenkinsSaves(Object kept) {
        assertThat(kept.getClass().isRecord()).isFalse();
        for (Field field : fields(kept.getClass())) {
            Class<?> type = field.getType();
            assertThat(type.isPrimitive() || PLAIN.contains(type)).as(field.toString()).isTrue();
        }
    }

    private static List<Field> fields(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (Class<?> each = type; each.getName().startsWith("io.jenkins.plugins.canary."); each = each.getSuperclass()) {
            Stream.of(each.getDeclaredFields()).filter(field -> !field.isSynthetic()
                    && !Modifier.isStatic(field.getModifiers()) && !Modifier.isTransient(field.getModifiers()))
                    .forEach(fields::add);
        }
        return fields;
    }

    /** Takes our classes and plain ones; a list or a map of another kind is refused, as Jenkins does. */
    private static XStream files() {
        XStream files = new XStream();
        files.addPermission(NoTypePermission.NONE);
        files.allowTypes(new Class<?>[] {String.class, ArrayList.class, LinkedHashMap.class});
        files.allowTypesByWildcard(new String[] {"io.jenkins.plugins.canary.jenkins.*"});
        return files;
    }

    private static CanaryConfiguration configuration() {
        CanaryConfiguration configuration = new CanaryConfiguration();
        configuration.setHosts(List.of(host()));
        configuration.setForbiddenHosts("10.0.0.9\ndb.example.com");
        configuration.setAllowHostsFromPlans(true);
        configuration.setMattermostCredentialsId("mattermost");
        configuration.setMattermostChannel("releases");
        configuration.setTelegramCredentialsId("telegram");
        configuration.setTelegramChat("-1001234567890");
        configuration.setNoticeLanguage("ko");
        return configuration;
    }

    private static NamedHost host() {
        NamedHost host = new NamedHost("edge", "10.0.0.5");
        host.setPort(2222);
        host.setUser("deploy");
        host.setHostKey("ssh-ed25519 AAAA");
        host.setNginxCommand("docker exec proxy nginx");
        host.setCredentialsId("deploy-key");
        return host;
    }

    private static RolloutAction action() {
        RolloutAction action = new RolloutAction();
        try {
            Field entries = RolloutAction.class.getDeclaredField("entries");
            entries.setAccessible(true);
            entries.set(action, new ArrayList<>(List.of(new RolloutEntry(1, "canaryDeploy", 1795624988372L))));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
        return action;
    }

    private static CanaryDeployStep deploy() {
        CanaryDeployStep step = new CanaryDeployStep();
        step.setShares(Map.of("backend", 30));
        step.setEnvCredentialsIds("KEY=key\nOTHER=other");
        step.setHostCredentialsIds(Map.of("edge", "edge-key"));
        step.setOnAbort("hold");
        return step;
    }

    private static SetNginxWeightsStep weights() {
        SetNginxWeightsStep step = new SetNginxWeightsStep();
        step.setShares("backend=12.5");
        return step;
    }

    private static RollbackStableStep rollback() {
        RollbackStableStep step = new RollbackStableStep();
        step.setGradual(true);
        return step;
    }

    private static CanaryNotifyStep notice() {
        CanaryNotifyStep step = new CanaryNotifyStep();
        step.setNotice(Map.of("title", "Released"));
        return step;
    }
}
