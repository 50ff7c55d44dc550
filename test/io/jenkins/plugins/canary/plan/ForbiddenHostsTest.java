package io.jenkins.plugins.canary.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForbiddenHostsTest {

    private static final Plan PLAN = PlanReader.read("canary.yml", """
            app: shop
            hosts:
              front: {address: www.example.com}
              back: {address: 10.0.0.6}
            source: {url: git@example.com:shop.git}
            directory: /srv/shop
            nginx: {config: /etc/nginx/conf.d/shop.conf, host: front}
            services:
              api: {host: back, ports: {stable: 8081, canary: 8082}, health: {path: /health}}
            """);

    private static final Map<String, Set<String>> DNS = Map.of(
            "www.example.com", Set.of("10.0.0.5", "2001:db8:0:0:0:0:0:5"),
            "10.0.0.6", Set.of("10.0.0.6"),
            "db.example.com", Set.of("10.0.0.6"),
            "2001:db8::5", Set.of("2001:db8:0:0:0:0:0:5"));

    private static boolean isRefused(String forbidden) {
        return new ForbiddenHosts(List.of("other.example.com", forbidden), "a file")
                .refusal(PLAN, name -> DNS.getOrDefault(name, Set.of())).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"www.example.com", "WWW.Example.com.", " 10.0.0.6 ", "db.example.com", "2001:DB8::5"})
    void refusesAHostByItsNameAndByEveryOtherNameOfTheMachine(String forbidden) {
        assertThat(isRefused(forbidden)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.com", "ww.example.com", "10.0.0.60", "front", ""})
    void refusesNoOtherHost(String forbidden) {
        assertThat(isRefused(forbidden)).isFalse();
    }

    @Test
    void saysWhichHostAndWhereTheListIs() {
        assertThat(new ForbiddenHosts(List.of("db.example.com"), "/etc/list")
                .refusal(PLAN, name -> DNS.getOrDefault(name, Set.of()))).get().asString()
                .startsWith("host back of the plan (10.0.0.6) is forbidden: db.example.com, which is the same machine,")
                .contains("/etc/list", "Nothing was connected to.");
    }
}
