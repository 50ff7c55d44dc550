package io.jenkins.plugins.canary.routing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "127.0.0.1:8081                             | 8081 | 8081",
        "127.0.0.1:8082, 127.0.0.1:8081             | 8082 | 8081",
        "127.0.0.1:8082, 127.0.0.1:8082 : 127.0.0.1:8081 | 8082 | 8081",
        "[::1]:8081                                 | 8081 | 8081",
        "[::1]:8082, [::1]:8081                     | 8082 | 8081",
        "backend                                    | 0    | 0",
        "unix:/run/app.sock                         | 0    | 0"
    })
    void readsWhomNginxAskedFirstAndWhoAnswered(String tried, int chosen, int served) {
        assertThat(Sample.parse("HTTP/1.1 200 OK\nX-Canary-Upstream: " + tried + "\n"))
                .containsExactly(new Sample(chosen, served, 200));
    }

    @Test
    void readsOneSampleForEachAnswer() {
        String printed = """
                HTTP/1.1 200 OK
                X-Canary-Upstream: 127.0.0.1:8081
                HTTP/1.1 503 Service Unavailable
                x-canary-upstream: 127.0.0.1:8082
                HTTP/2 204
                X-CANARY-UPSTREAM: 127.0.0.1:8081
                """;

        assertThat(Sample.parse(printed)).containsExactly(
                new Sample(8081, 8081, 200), new Sample(8082, 8082, 503), new Sample(8081, 8081, 204));
    }

    @Test
    void countsNoAnswerThatIsNotOfTheProbe() {
        assertThat(Sample.parse("")).isEmpty();
        assertThat(Sample.parse("HTTP/1.1 404 Not Found\nHTTP/1.1 200 OK\n")).isEmpty();
    }
}
