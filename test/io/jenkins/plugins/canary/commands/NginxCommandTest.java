package io.jenkins.plugins.canary.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NginxCommandTest {

    @Test
    void callsTheNginxOfTheHost() {
        Nginx nginx = Nginx.of("  /usr/sbin/nginx -p /srv  -c main.conf ");

        assertThat(nginx.container()).isEmpty();
        assertThat(nginx.reload().words())
                .containsExactly("/usr/sbin/nginx", "-p", "/srv", "-c", "main.conf", "-s", "reload");
        assertThat(nginx.there(Command.of("id")).words()).containsExactly("id");
        assertThat(nginx.reload().asRoot()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "docker exec proxy nginx", "docker exec -i proxy nginx", "sudo -n docker exec --user root proxy nginx",
        "docker exec -e A=exec -w /etc proxy nginx", "docker exec --env-file=.env -t proxy nginx",
        "docker -H tcp://127.0.0.1:2375 exec -u 0 proxy nginx"
    })
    void findsTheContainerBehindDockersOptions(String command) {
        Nginx nginx = Nginx.of(command);

        assertThat(nginx.container()).contains("proxy");
        assertThat(nginx.program()).containsExactly("nginx");
        assertThat(nginx.test("/etc/nginx/nginx.conf").words())
                .endsWith("proxy", "nginx", "-t", "-q", "-c", "/etc/nginx/nginx.conf")
                .as("standard input reaches what is staged").contains("-i");
    }

    @Test
    void goesIntoTheContainerForEveryOtherProgramToo() {
        assertThat(Nginx.of("docker exec proxy nginx").there(Command.of("cat", "/x")).words())
                .containsExactly("docker", "exec", "-i", "proxy", "cat", "/x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"docker exec proxy", "docker exec -i", "docker exec -u root proxy"})
    void refusesAContainerWithoutAProgram(String command) {
        assertThatThrownBy(() -> Nginx.of(command)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(command).hasMessageContaining("docker exec <container> nginx");
    }

    @Test
    void keepsAPathOneWordWhateverItHolds() {
        String path = "/etc/nginx/'; rm -rf $(x) \"/a b.conf";

        assertThat(Nginx.of("nginx").test(path).words()).isEqualTo(List.of("nginx", "-t", "-q", "-c", path));
        assertThat(Nginx.replace(path, "none").words()).endsWith(path, "none");
    }
}
