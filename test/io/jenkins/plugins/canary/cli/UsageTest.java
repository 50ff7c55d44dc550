package io.jenkins.plugins.canary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.notice.ChatServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What is wrong before any host is asked; the plan's host is one that does not exist. */
class UsageTest {

    private static final String PLAN = """
            app: shop
            host: {address: host.invalid, user: deploy}
            source: {url: /srv/git/shop.git}
            directory: /srv/shop
            nginx: {config: /etc/nginx/conf.d/shop.conf}
            services:
              backend:
                ports: {stable: 8081, canary: 8082}
                health: {path: /health}
            """;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "deploy --type stable --typo                   | Unknown option: '--typo'",
        "deploy                                        | --type",
        "deploy --type canary                          | canary-auto, canary-manual, stable, promote-canary, rollback",
        "deploy --type canary-manual                   | canary-manual needs --share",
        "deploy --type canary-auto --share 30          | takes its shares from the plan",
        "deploy --type stable --share backend=30       | takes its shares from the plan",
        "deploy --type canary-manual --share 101       | 101 is no share; give 0 to 100 in tenths",
        "deploy --type canary-manual --share=-1        | -1 is no share",
        "deploy --type canary-manual --share 12.34     | 12.34 is no share",
        "deploy --type canary-manual --share backend=  | is no share",
        "deploy --type canary-manual --share front=30  | the plan has no service front; it has [backend]",
        "deploy --type stable --commit HEAD            | HEAD is no commit hash",
        "deploy --type stable --env-file /no/such/file | /no/such/file can't be read",
        "weights --share NaN                           | NaN is no share",
        "weights --share nosuch=10                     | the plan has no service nosuch",
        "rollback --gradualy                           | Unknown option: '--gradualy'"
    })
    void explainsAWrongCommandLine(String line, String message) throws Exception {
        CanaryProcess.Ended ended = CanaryProcess.run((line + " --plan " + plan(PLAN)).split(" "));

        assertThat(ended.exit()).isEqualTo(2);
        assertThat(ended.text()).contains(message).doesNotContain("Exception");
    }

    @Test
    void showsTheCommandsWhereNoneOrAnUnknownOneIsGiven() throws Exception {
        CanaryProcess.Ended none = CanaryProcess.run();
        CanaryProcess.Ended unknown = CanaryProcess.run("relase");

        assertThat(none.exit()).isEqualTo(2);
        assertThat(none.text()).contains("Missing required subcommand", "Usage: canary");
        assertThat(unknown.exit()).isEqualTo(2);
        assertThat(unknown.text()).contains("relase").doesNotContain("Exception");
    }

    @Test
    void asksForThePlan() throws Exception {
        CanaryProcess.Ended ended = CanaryProcess.run("status");

        assertThat(ended.exit()).isEqualTo(2);
        assertThat(ended.text()).contains("Missing required option: '--plan=FILE'");
    }

    @Test
    void namesEveryMistakeOfAPlanWithItsLine() throws Exception {
        String wrong = PLAN.replace("app: shop", "app: Shop").replace("directory:", "directry:")
                .replace("canary: 8082", "canary: 8081");

        CanaryProcess.Ended ended = CanaryProcess.run("check", "--plan", plan(wrong).toString());

        assertThat(ended.exit()).isEqualTo(2);
        assertThat(ended.text()).contains("canary.yml:1:").contains("canary.yml:4:").contains("directory")
                .contains("8081").doesNotContain("Exception");
    }

    @Test
    void saysThatThereIsNoPlan() throws Exception {
        CanaryProcess.Ended ended = CanaryProcess.run("status", "--plan", directory.resolve("none.yml").toString());

        assertThat(ended.exit()).isEqualTo(2);
        assertThat(ended.text()).contains("none.yml").contains("no such file").doesNotContain("Exception");
    }

    @Test
    void refusesABrokenEnvFileWithoutShowingIt() throws Exception {
        Path env = Files.writeString(directory.resolve("env"), "A=1\nbroken hunter22\n");

        CanaryProcess.Ended ended = CanaryProcess.run("deploy", "--type", "stable", "--json",
                "--env-file", env.toString(), "--plan", plan(PLAN).toString());

        assertThat(ended.exit()).isEqualTo(3);
        assertThat(ended.state()).isEqualTo("REFUSED");
        assertThat(ended.text()).contains("line 2").doesNotContain("hunter22");
    }

    @Test
    void tellsAChatOfARefusalToo() throws Exception {
        Path env = Files.writeString(directory.resolve("env"), "broken hunter22\n");
        try (ChatServer chat = new ChatServer()) {
            CanaryProcess.Ended ended = CanaryProcess.run(Map.of("CANARY_MATTERMOST_URL", chat.mattermostUrl()),
                    "deploy", "--type", "stable", "--env-file", env.toString(), "--plan", plan(PLAN).toString());

            assertThat(ended.exit()).isEqualTo(3);
            assertThat(chat.attachment().get("title").getAsString()).isEqualTo("shop: stable refused");
            assertThat(chat.attachment().get("text").getAsString()).contains("line 1").doesNotContain("hunter22");
        }
    }

    @Test
    void goesOnWithoutNoticesThatAreSetWrongly() throws Exception {
        Path env = Files.writeString(directory.resolve("env"), "broken\n");
        CanaryProcess.Ended ended = CanaryProcess.run(Map.of("CANARY_MATTERMOST_URL", "chat/hooks/hunter22",
                        "CANARY_NOTICE_LANGUAGE", "fr", "CANARY_NOTICE_TEMPLATES", "/no/such/file"),
                "deploy", "--type", "stable", "--env-file", env.toString(), "--plan", plan(PLAN).toString());

        assertThat(ended.exit()).isEqualTo(3);
        assertThat(ended.text()).contains("no http or https address", "`fr`", "/no/such/file", "refused")
                .doesNotContain("hunter22", "Exception:");
    }

    @Test
    void refusesAHostThatCantBeReached() throws Exception {
        CanaryProcess.Ended ended = CanaryProcess.run("deploy", "--type", "stable", "--json",
                "--plan", plan(PLAN.replace("user: deploy", "user: deploy, key: " + key())).toString());

        assertThat(ended.exit()).isEqualTo(3);
        assertThat(ended.state()).isEqualTo("REFUSED");
        assertThat(ended.outcome().get("message").getAsString()).contains("host.invalid");
    }

    static Stream<Class<?>> commands() {
        return Arrays.stream(Main.class.getAnnotation(Command.class).subcommands());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void showsAnExampleAndExplainsEveryOption(Class<?> type) {
        CommandLine command = new CommandLine(type);

        assertThat(command.getUsageMessage())
                .contains("Example: canary " + command.getCommandName() + " ").contains("--plan").contains("--json");
        assertThat(command.getCommandSpec().options()).allSatisfy(option ->
                assertThat(String.join("", option.description())).as(option.longestName()).isNotBlank());
    }

    @Test
    void listsCommandsAndExitCodes() throws Exception {
        CanaryProcess.Ended ended = CanaryProcess.run("--help");

        assertThat(ended.exit()).isZero();
        assertThat(ended.text()).contains("deploy", "weights", "promote", "rollback", "status", "check")
                .contains("failed and rolled back", "refused before anything", "another rollout holds",
                        "a person must look");
        assertThat(CanaryProcess.run("--version").text()).startsWith("canary-deploy ");
    }

    private Path plan(String text) throws IOException {
        return Files.writeString(directory.resolve("canary.yml"), text);
    }

    private Path key() throws IOException, InterruptedException {
        Path key = directory.resolve("key");
        new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()).start().waitFor();
        return key;
    }
}
