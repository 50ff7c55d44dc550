package io.jenkins.plugins.canary.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanReaderTest {

    /** Line by line, since the tests name lines. */
    private static final String PLAN = """
            app: shop
            host: {address: 10.0.0.5, user: deploy}
            source:
              url: git@gitlab.example.com:shop/shop.git
            directory: /srv/shop
            nginx:
              config: /etc/nginx/conf.d/shop.conf
            services:
              backend:
                ports:
                  stable: 8081
                  canary: 8082
                health:
                  path: /health
              frontend:
                ports: {stable: 3001, canary: 3002}
                health: {path: /}
            rollout:
              steps: [10, 40, 70]
              soak: 30s
            """;

    private static final String SEVERAL_HOSTS = PLAN
            .replace("host: {address: 10.0.0.5, user: deploy}",
                    "hosts: {edge: {address: 10.0.0.5}, app1: {address: 10.0.0.6}, app2: {address: 10.0.0.7}}")
            .replace("nginx:\n", "nginx:\n  host: edge\n")
            .replace("  backend:\n", "  backend:\n    host: app1\n")
            .replace("  frontend:\n", "  frontend:\n    host: app2\n");

    @TempDir
    private Path folder;

    @Test
    void readsAPlanForOneHost() {
        Plan plan = PlanReader.read("canary.yml", PLAN);

        assertThat(plan.app()).isEqualTo("shop");
        assertThat(plan.hosts()).containsOnlyKeys(Plan.ONLY_HOST);
        assertThat(plan.hostEntry(plan.edge()).address()).isEqualTo("10.0.0.5");
        assertThat(plan.hostOf("frontend")).isEqualTo(Plan.ONLY_HOST);
        assertThat(plan.services().get("backend").port(SlotName.CANARY)).isEqualTo(8082);
        assertThat(plan.rollout().steps()).containsExactly(10.0, 40.0, 70.0);
    }

    @Test
    void readsAPlanForSeveralHosts() {
        Plan plan = PlanReader.read("canary.yml", SEVERAL_HOSTS);

        assertThat(plan.host()).isEmpty();
        assertThat(plan.hosts().keySet()).containsExactly("edge", "app1", "app2");
        assertThat(plan.edge()).isEqualTo("edge");
        assertThat(plan.serviceHosts()).containsExactly("app1", "app2");
    }

    @Test
    void fillsInEveryDefault() {
        Plan plan = PlanReader.read("canary.yml", PLAN.substring(0, PLAN.indexOf("rollout:")));

        assertThat(plan.rollout()).isEqualTo(new Plan.RolloutSettings(List.of(10.0, 40.0, 70.0),
                Duration.ofSeconds(30), Duration.ofMinutes(5), 3, 2, Duration.ofSeconds(30), 50,
                Plan.OnNewRelease.SUPERSEDE));
        assertThat(plan.promote()).isEqualTo(new Plan.Promote(List.of(), Duration.ofSeconds(5), true));
        assertThat(plan.backup().max()).isEqualTo(new ByteSize(100_000_000));
        assertThat(plan.idleSlot()).isEqualTo(Plan.IdleSlot.KEEP);
        assertThat(plan.env()).isEqualTo(new Plan.EnvFile(".env", Optional.empty()));
        assertThat(plan.source().branch()).isEqualTo("develop");
        assertThat(plan.hostEntry("edge").port()).isEqualTo(22);
        assertThat(plan.slot(SlotName.CANARY)).isEqualTo(
                new Slot(SlotName.CANARY, "docker-compose.canary.yml", "shop-canary", "/srv/shop.canary"));
        assertThat(plan.stateDirectory()).isEqualTo("/var/lib/canary-deploy/shop");
    }

    @Test
    void keepsTheOrderOfServicesAndLetsNobodyChangeThem() {
        Map<String, Plan.Service> services = PlanReader.read("canary.yml", PLAN).services();

        assertThat(services.keySet()).containsExactly("backend", "frontend");
        assertThatThrownBy(services::clear).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void readsDurationsSizesTruthsAndChoices() {
        Plan plan = PlanReader.read("canary.yml", PLAN + """
                  maxSoak: 1h
                  drain: 500ms
                  tolerance: 1.5
                  onNewRelease: refuse
                backup: {max: 500kB}
                promote: {finalize: false, soak: 2m}
                """);

        assertThat(plan.rollout().maxSoak()).isEqualTo(Duration.ofHours(1));
        assertThat(plan.rollout().drain()).isEqualTo(Duration.ofMillis(500));
        assertThat(plan.rollout().tolerance()).isEqualTo(1.5);
        assertThat(plan.rollout().onNewRelease()).isEqualTo(Plan.OnNewRelease.REFUSE);
        assertThat(plan.backup().max().bytes()).isEqualTo(500_000);
        assertThat(plan.promote().finalizes()).isFalse();
        assertThat(plan.promote().soak()).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void readsANumberAsTheTextItIsWrittenAs() {
        Plan plan = PlanReader.read("canary.yml", with("gitlab.example.com:shop/shop.git\n",
                "gitlab.example.com:shop/shop.git\n  branch: 1.10\n"));

        assertThat(plan.source().branch()).isEqualTo("1.10");
    }

    @Test
    void keepsShellSyntaxAsDataWhereAnyTextWillDo() {
        Plan plan = PlanReader.read("canary.yml", with("path: /health", "{path: /health, text: \"'; rm -rf /\"}")
                .replace("health:\n      {", "health: {"));

        assertThat(plan.services().get("backend").health().text()).contains("'; rm -rf /");
    }

    @Test
    void refusesShellSyntaxInAName() {
        assertThat(problems(with("app: shop", "app: \"'; rm -rf /\""))).containsExactly("canary.yml:1:6: app:"
                + " `'; rm -rf /` is not allowed; use lower-case letters, digits and `-`, at most 40, the first a"
                + " letter or a digit");
    }

    @Test
    void readsAnchorsAliasesAndMergeKeys() {
        Plan plan = PlanReader.read("canary.yml", with("    health: {path: /}", "    health: *h")
                .replace("    health:\n      path: /health", "    health: &h {path: /health}")
                .replace("{stable: 3001, canary: 3002}", "{<<: &p {stable: 3001, canary: 1}, canary: 3002}"));

        assertThat(plan.services().get("frontend").health().path()).isEqualTo("/health");
        assertThat(plan.services().get("frontend").ports()).contains(new Plan.Ports(3001, 3002));
    }

    @Test
    void suggestsTheNearestKey() {
        assertThat(problems(with("    ports: {stable", "    upsteam: web\n    ports: {stable"))).containsExactly(
                "canary.yml:16:5: services.frontend.upsteam: is not a key of a plan here; did you mean `upstream`?");
    }

    @Test
    void doesNotCallAMisspeltKeyMissingToo() {
        assertThat(problems(with("directory:", "Directry:"))).containsExactly(
                "canary.yml:5:1: Directry: is not a key of a plan here; did you mean `directory`?");
    }

    @Test
    void saysWhereAKeyBelongs() {
        assertThat(problems("steps: [5]\n" + PLAN)).containsExactly("canary.yml:1:1: steps: is not a key of a plan"
                + " here; it belongs under `rollout` or `promote`");
        assertThat(problems(with("  soak:", "  idleSlot: keep\n  soak:"))).containsExactly("canary.yml:20:3:"
                + " rollout.idleSlot: is not a key of a plan here; it belongs under the top level");
    }

    @Test
    void listsTheKeysWhereNoneIsLikeIt() {
        assertThat(problems(with("stable: 8081", "stable: 8081\n      qwerty: 1"))).containsExactly("canary.yml:12:7:"
                + " services.backend.ports.qwerty: is not a key of a plan here; known here: stable, canary");
    }

    @Test
    void namesAMissingKeyAtTheMappingThatShouldHaveIt() {
        assertThat(problems(with("    ports: {stable: 3001, canary: 3002}\n", ""))).containsExactly(
                "canary.yml:16:5: services.frontend.ports: is missing; write for example"
                        + " `ports: {stable: 8081, canary: 8082}`, or let free ones be picked: `ports: {range: 8000-8999}` at"
                        + " the top level");
    }

    @Test
    void needsNoPortsOfAServiceWhereTheyArePicked() {
        Plan plan = PlanReader.read("canary.yml", "ports: {range: 8000-8999}\n"
                + with("    ports: {stable: 3001, canary: 3002}\n", ""));

        assertThat(plan.services().get("frontend").ports()).isEmpty();
        assertThat(plan.withPorts(Map.of("frontend", new Plan.Ports(8000, 8001))).services().get("frontend")
                .port(SlotName.CANARY)).isEqualTo(8001);
        assertThat(problems("ports: {range: 8999-8000}\n" + PLAN)).singleElement().asString()
                .startsWith("canary.yml:1:16: ports.range: `8999-8000` is no range of ports");
    }

    @Test
    void saysThatAKeyHasNoValue() {
        assertThat(problems(with("  soak: 30s", "  soak:"))).containsExactly("canary.yml:20:3: rollout.soak:"
                + " has no value; write for example `soak: 2m`, or remove the key");
        assertThat(problems(with("app: shop", "app: ~"))).containsExactly("canary.yml:1:1: app:"
                + " has no value; write for example `app: shop`");
    }

    @Test
    void namesTheTypeThatIsExpectedAndWhatIsThere() {
        assertThat(problems(with("stable: 8081", "stable: abc"))).containsExactly("canary.yml:11:15:"
                + " services.backend.ports.stable: expected a whole number, found the text `abc`;"
                + " write for example `8081`");
        assertThat(problems(with("stable: 8081", "stable: '8081'"))).containsExactly("canary.yml:11:15:"
                + " services.backend.ports.stable: expected a whole number, found the text `8081`; remove the quotes");
        assertThat(problems(with("stable: 8081", "stable: 80.5"))).containsExactly("canary.yml:11:15:"
                + " services.backend.ports.stable: expected a whole number, found the number `80.5`;"
                + " write for example `8081`");
        assertThat(problems(with("soak: 30s", "soak: 30"))).containsExactly("canary.yml:20:9: rollout.soak: expected a"
                + " duration such as `500ms`, `30s`, `5m` or `1h`, found the number `30`; write `30s` for seconds");
        assertThat(problems(with("soak: 30s", "tolerance: .nan"))).containsExactly("canary.yml:20:14:"
                + " rollout.tolerance: expected a number, found the number `.nan`; write for example `1.5`");
        assertThat(problems(with("soak: 30s", "onNewRelease: supercede"))).containsExactly("canary.yml:20:17:"
                + " rollout.onNewRelease: expected `supersede` or `refuse`, found the text `supercede`;"
                + " did you mean `supersede`?");
        assertThat(problems(PLAN + "promote: {finalize: yes}")).containsExactly("canary.yml:21:21: promote.finalize:"
                + " expected `true` or `false`, found the text `yes`; write for example `false`");
        assertThat(problems(with("app: shop", "app: true"))).containsExactly("canary.yml:1:6: app: expected a text,"
                + " found `true`; write `'true'`");
        assertThat(problems(with("app: shop", "app: [shop]"))).containsExactly("canary.yml:1:6: app: expected a text,"
                + " found a list; write for example `shop`");
        assertThat(problems(PLAN + "env: .env")).containsExactly("canary.yml:21:6: env: expected a mapping,"
                + " found the text `.env`; write for example `{timezone: Asia/Seoul}`");
        assertThat(problems(PLAN + "backup: {max: 100 MB}")).containsExactly("canary.yml:21:15: backup.max: expected a"
                + " size such as `500kB`, `100MB` or `1GB`, found the text `100 MB`; write for example `500MB`");
    }

    @Test
    void takesNoSingleTextForAList() {
        assertThat(problems(with("    ports: {", "    compose: web\n    ports: {"))).containsExactly("canary.yml:16:14:"
                + " services.frontend.compose: expected a list, found the text `web`; write `[web]`");
        assertThat(problems(with("steps: [10, 40, 70]", "steps: {}"))).containsExactly("canary.yml:19:10:"
                + " rollout.steps: expected a list, found a mapping; write for example `[10, 40, 70]`"
                .replace("[10, 40, 70]", "[5, 25, 50]"));
    }

    @Test
    void refusesWhatIsOutOfRange() {
        assertThat(problems(with("stable: 8081", "stable: 70000"))).containsExactly("canary.yml:11:15:"
                + " services.backend.ports.stable: `70000` is out of range; use 1 to 65535");
        assertThat(problems(with("stable: 8081", "stable: 99999999999999999999"))).containsExactly("canary.yml:11:15:"
                + " services.backend.ports.stable: `99999999999999999999` is out of range; use 1 to 65535");
        assertThat(problems(with("[10, 40, 70]", "[10, 40, 170]"))).containsExactly("canary.yml:19:19:"
                + " rollout.steps[2]: `170` is out of range; use 0.1 to 100");
        assertThat(problems(with("soak: 30s", "drain: 25h"))).containsExactly("canary.yml:20:10:"
                + " rollout.drain: `25h` is out of range; use 0s to 24h");
    }

    @Test
    void refusesEmptyTooLongAndControlCharacters() {
        String text = PLAN.replace("health: {path: /}", "health: {path: /, text: %s}");
        String at = "canary.yml:17:29: services.frontend.health.text: ";
        assertThat(problems(text.formatted("''"))).containsExactly(at + "is an empty text; write for example `UP`");
        assertThat(problems(text.formatted("x".repeat(1001)))).containsExactly(
                at + "has 1001 characters; use at most 1000");
        for (String escape : List.of("\\0", "\\n", "\\e", "\\u2028", "\\x7f")) {
            assertThat(problems(text.formatted("\"a" + escape + "b\""))).singleElement().asString()
                    .startsWith(at + "`a\\u").endsWith(
                            "b` has a line end or another control character; write it on one line");
        }
    }

    @Test
    void refusesADuplicateKeyAndNamesTheFirst() {
        assertThat(problems(PLAN + "app: again")).containsExactly(
                "canary.yml:21:1: app: is there twice; remove this one or the one in line 1");
    }

    @Test
    void refusesNamesThatWouldNotDoInFileNames() {
        assertThat(problems(with("  frontend:", "  Front.end:"))).containsExactly("canary.yml:15:3: services.Front.end:"
                + " the name `Front.end` is not allowed; use lower-case letters, digits and `_`, `-`, at most 40,"
                + " the first a letter or a digit");
    }

    @Test
    void reportsEverythingInOneGoInTheOrderOfTheFile() {
        String yaml = with("app: shop", "app: Shop").replace("stable: 8081", "stable: x")
                .replace("stable: 3001", "stable: 3002").replace("[10, 40, 70]", "[40, 10]").concat("bakup: {}\n");

        PlanException error = catchThrowableOfType(PlanException.class, () -> PlanReader.read("canary.yml", yaml));

        assertThat(error.problems()).extracting(Problem::key).containsExactly("app", "services.backend.ports.stable",
                "services.frontend.ports.canary", "rollout.steps[1]", "bakup");
        assertThat(error.problems()).extracting(Problem::line).containsExactly(1, 11, 16, 19, 21);
        assertThat(error.getMessage().lines()).hasSize(5).allMatch(line -> line.startsWith("canary.yml:"));
    }

    @Test
    void doesNotBlameWhatFollowsFromAnotherMistake() {
        assertThat(problems(with("host: {address: 10.0.0.5, user: deploy}", "hots: {edge: {address: a}}")))
                .containsExactly("canary.yml:2:1: hots: is not a key of a plan here; did you mean `hosts`?");
        assertThat(problems(with("steps: [10, 40, 70]", "steps: [ten]"))).hasSize(1);
        assertThat(problems(with("directory: /srv/shop", "directory: srv"))).hasSize(1);
    }

    @Test
    void wantsOneFormOfHosts() {
        assertThat(problems(PLAN + "hosts: {edge: {address: a}}")).containsExactly("canary.yml:21:8: hosts: cannot be"
                + " used together with `host`; move the host of line 2 into `hosts`");
        assertThat(problems(with("host: {address: 10.0.0.5, user: deploy}\n", ""))).containsExactly("canary.yml:1:1:"
                + " hosts: there is no host; write for example `host: {address: 10.0.0.5, user: deploy}`");
        assertThat(problems(with("host: {address: 10.0.0.5, user: deploy}", "hosts: {}"))).containsExactly(
                "canary.yml:2:8: hosts: has no host; write for example `host: {address: 10.0.0.5, user: deploy}`");
    }

    @Test
    void wantsTheHostsNamedWhereThereAreSeveral() {
        assertThat(problems(SEVERAL_HOSTS.replace("    host: app2\n", "").replace("  host: edge\n", "")))
                .containsExactly(
                        "canary.yml:7:3: nginx.host: is missing: the plan has several hosts; add `host:` to `nginx`,"
                                + " one of edge, app1, app2",
                        "canary.yml:17:5: services.frontend.host: is missing: the plan has several hosts; add `host:`"
                                + " to `services.frontend`, one of edge, app1, app2");
    }

    @Test
    void suggestsTheNearestHost() {
        assertThat(problems(SEVERAL_HOSTS.replace("host: edge", "host: egde").replace("host: app2", "host: xyz")))
                .containsExactly("canary.yml:7:9: nginx.host: the plan has no host `egde`; did you mean `edge`?",
                        "canary.yml:18:11: services.frontend.host: the plan has no host `xyz`; the hosts are edge,"
                                + " app1, app2");
    }

    @Test
    void refusesAPortThatIsUsedTwiceOnAHost() {
        assertThat(problems(with("canary: 3002", "canary: 8081"))).containsExactly("canary.yml:16:35:"
                + " services.frontend.ports.canary: port 8081 on host `edge` is also `services.backend.ports.stable`,"
                + " line 11; give every slot of every service its own port");
        assertThat(problems(SEVERAL_HOSTS.replace("canary: 3002", "canary: 8081"))).isEmpty();
    }

    @Test
    void wantsRisingStepsInTenths() {
        assertThat(problems(with("[10, 40, 70]", "[10, 10]"))).containsExactly(
                "canary.yml:19:15: rollout.steps[1]: `10` comes after `10`; the steps must rise");
        assertThat(problems(with("[10, 40, 70]", "[]"))).containsExactly(
                "canary.yml:19:10: rollout.steps: is empty; write for example `[10, 40, 70]`");
        assertThat(problems(with("[10, 40, 70]", "[0.3, 10.25]"))).containsExactly(
                "canary.yml:19:16: rollout.steps[1]: `10.25` is too fine; use tenths of a percent at the finest");
        assertThat(problems(PLAN + "promote: {steps: [90, 80]}")).containsExactly(
                "canary.yml:21:23: promote.steps[1]: `80` comes after `90`; the steps must rise");
    }

    @Test
    void wantsTheSoakToFitTheLongest() {
        assertThat(problems(with("soak: 30s", "soak: 10m"))).containsExactly("canary.yml:20:9: rollout.soak: `10m` is"
                + " longer than `maxSoak`, `5m` by default; raise `maxSoak`");
    }

    @Test
    void refusesWhatTwoServicesCannotShare() {
        assertThat(problems(with("    ports: {", "    upstream: backend\n    ports: {"))).containsExactly(
                "canary.yml:16:15: services.frontend.upstream: the upstream `backend` is that of `backend` already;"
                        + " give each service an upstream of its own");
        assertThat(problems(with("    ports: {", "    compose: [web, backend]\n    ports: {"))).containsExactly(
                "canary.yml:16:20: services.frontend.compose[1]: the Compose service `backend` is started for `backend`"
                        + " already; name it once");
        assertThat(problems(with("    ports: {", "    compose: [web, web]\n    ports: {"))).containsExactly(
                "canary.yml:16:20: services.frontend.compose[1]: the Compose service `web` is named twice;"
                        + " name it once");
    }

    @Test
    void keepsTheSlotsApart() {
        assertThat(problems(PLAN + "slots: {canary: {project: shop-stable}}")).containsExactly("canary.yml:21:27:"
                + " slots.canary.project: both slots have the Compose project `shop-stable`;"
                + " the slots must not share it");
        assertThat(problems(PLAN + "slots: {stable: {directory: /srv//shop.canary}}")).containsExactly(
                "canary.yml:21:29: slots.stable.directory: both slots have the directory `/srv//shop.canary`;"
                        + " the slots must not share it");
        assertThat(problems(PLAN + "slots: {canary: {directory: /srv/shop/canary}}")).containsExactly(
                "canary.yml:21:29: slots.canary.directory: of the directories `/srv/shop` and `/srv/shop/canary` one"
                        + " is inside the other; the slots must not share it");
        assertThat(problems(PLAN + "slots: {canary: {directory: /srv/shop-canary}}")).isEmpty();
    }

    @Test
    void refusesPathsThatLeaveTheirPlace() {
        assertThat(problems(PLAN + "slots: {stable: {file: a/../../b.yml}}")).containsExactly("canary.yml:21:24:"
                + " slots.stable.file: `a/../../b.yml` has `..` in it; write the path without");
        assertThat(problems(PLAN + "shared: [uploads, ../data, /data, .]")).containsExactly(
                "canary.yml:21:19: shared[1]: `../data` has `..` in it; write the path without",
                "canary.yml:21:28: shared[2]: `/data` is not allowed; use a path in the working copy, not beginning"
                        + " with `/` or `-`",
                "canary.yml:21:35: shared[3]: `.` names no file or directory; name one");
        assertThat(problems(PLAN + "shared: [a..b]")).isEmpty();
    }

    @Test
    void wantsAService() {
        String yaml = PLAN.substring(0, PLAN.indexOf("services:")) + "services: {}\n";
        assertThat(problems(yaml)).containsExactly(
                "canary.yml:8:11: services: has no service; name at least one");
    }

    @Test
    void refusesALogPatternThatIsNoRegularExpression() {
        assertThat(problems(with("health: {path: /}", "health: {path: /, log: 'Started ('}"))).containsExactly(
                "canary.yml:17:28: services.frontend.health.log: `Started (` is not a regular expression: Unclosed"
                        + " group at character 10; put a `\\` before what is meant literally");
    }

    @Test
    void placesASyntaxErrorAndNamesTabs() {
        assertThat(problems(with("  config:", "\tconfig:"))).singleElement().asString()
                .startsWith("canary.yml:7:1: is not YAML: ").endsWith("; indent with spaces, not with tabs");
        assertThat(problems(with("steps: [10, 40, 70]", "steps: [10, 40"))).singleElement().asString()
                .startsWith("canary.yml:20:").contains("is not YAML: ");
        assertThat(problems(PLAN + "---\na: 1")).singleElement().asString()
                .startsWith("canary.yml:21:1: is not YAML: ");
        assertThat(problems(PLAN + "env: *nowhere")).singleElement().asString()
                .startsWith("canary.yml:21:6: is not YAML: ").contains("nowhere");
        assertThat(problems(PLAN + "env: \u0000")).containsExactly(
                "canary.yml:21:6: is not YAML: character U+0000 is not allowed; remove it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# only a comment", "---", "null", "~"})
    void saysThatAPlanIsEmpty(String yaml) {
        assertThat(problems(yaml)).containsExactly("canary.yml: is empty; begin with `app: <name>`");
    }

    @Test
    void wantsAMapping() {
        assertThat(problems("- app")).containsExactly("canary.yml:1:1: expected a mapping, found a list; write for"
                + " example `app: <name>`");
        assertThat(problems("shop")).containsExactly("canary.yml:1:1: expected a mapping, found the text `shop`; write"
                + " for example `app: <name>`");
        assertThat(problems("{[a]: 1}")).contains("canary.yml:1:2: expected a key, found a list");
    }

    @Test
    void refusesTagsOfProgrammingLanguages() {
        assertThat(problems(with("app: shop", "app: !!javax.script.ScriptEngineManager [x]"))).containsExactly(
                "canary.yml:1:6: the tag `tag:yaml.org,2002:javax.script.ScriptEngineManager` is not allowed;"
                        + " remove it");
        assertThat(problems("unknown: {deep: !ENV_VARIABLE x}")).containsExactly(
                "canary.yml:1:17: the tag `!ENV_VARIABLE` is not allowed; remove it");
        assertThat(problems(with("app: shop", "app: !!str shop"))).isEmpty();
    }

    @Test
    void boundsWhatAliasesAndBracketsCanCost() {
        String laughs = "a0: &a0 [lol]\n" + IntStream.range(1, 30)
                .mapToObj(i -> "a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(9)))
                .collect(Collectors.joining());
        assertThat(problems(laughs)).singleElement().isEqualTo(
                "canary.yml:24:22: has more than 200 aliases; write the values out");

        String merges = "a0: &a0 {lol: 1}\n" + IntStream.range(1, 60)
                .mapToObj(i -> "a%d: &a%d {<<: [%s]}\n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(3)))
                .collect(Collectors.joining()) + "<<: *a59";
        assertThat(problems(merges)).contains("canary.yml:1:10: lol: is not a key of a plan here; known here: "
                + PlanKey.of("", Plan.class).stream().map(PlanKey::name).collect(Collectors.joining(", ")));

        assertThat(problems("[".repeat(100_000))).containsExactly(
                "canary.yml:1:33: is nested more than 32 deep; close a bracket before it");
        assertThat(problems("x".repeat(300_000))).containsExactly(
                "canary.yml: has 300000 characters; a plan has at most 262144; see that this is the plan");
    }

    @Test
    void survivesAnchorsThatHoldThemselves() {
        assertThat(problems(with("health: {path: /}", "health: &h {path: *h}"))).singleElement().asString()
                .startsWith("canary.yml:17:13: services.frontend.health.path: expected a text, found a mapping");
        assertThat(problems(with("health: {path: /}", "health: &h {path: /, <<: *h}"))).containsExactly(
                "canary.yml:17:13: services.frontend.health: a mapping cannot merge itself; name an anchor of a"
                        + " mapping, as `<<: *name`");
        assertThat(problems(with("health: {path: /}", "health: {path: /, <<: x}"))).containsExactly(
                "canary.yml:17:27: services.frontend.health: `<<` merges a mapping, found the text `x`; name an"
                        + " anchor of a mapping, as `<<: *name`");
    }

    @Test
    void readsAFileAndNamesItInMessages() throws IOException {
        Path file = Files.writeString(folder.resolve("canary.yml"), "\uFEFF" + PLAN);
        assertThat(PlanReader.read(file).app()).isEqualTo("shop");

        Files.writeString(file, PLAN + "x: 1");
        assertThatThrownBy(() -> PlanReader.read(file)).isInstanceOf(PlanException.class)
                .hasMessageStartingWith(file + ":21:1: x: ");
    }

    @Test
    void placesAByteThatIsNotUtf8() throws IOException {
        Path file = Files.write(folder.resolve("canary.yml"),
                "app: shop\nx: é\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> PlanReader.read(file)).isInstanceOf(PlanException.class)
                .hasMessage(file + ":2:4: is not UTF-8: byte 0xE9; save the file as UTF-8");

        Files.write(file, new byte[] {'a', (byte) 0xC3});
        assertThatThrownBy(() -> PlanReader.read(file)).isInstanceOf(PlanException.class)
                .hasMessage(file + ":1:2: is not UTF-8: byte 0xC3; save the file as UTF-8");
    }

    @Test
    void saysWhyAFileCannotBeRead() throws IOException {
        Path missing = folder.resolve("canary.yml");
        assertThatThrownBy(() -> PlanReader.read(missing)).isInstanceOf(PlanException.class).hasMessage(missing
                + ": cannot be read: there is no such file; run in the working copy that has it, or name it");
        assertThatThrownBy(() -> PlanReader.read(folder)).isInstanceOf(PlanException.class)
                .hasMessage(folder + ": cannot be read: it is a directory; name the plan in it");
        Path large = Files.write(missing, new byte[2_000_000]);
        assertThatThrownBy(() -> PlanReader.read(large)).isInstanceOf(PlanException.class)
                .hasMessageStartingWith(large + ": cannot be read: it has 2000000 bytes");
    }

    @Test
    void throwsNothingButItsOwnForAPlanWithALineLess() {
        for (String plan : List.of(PLAN, SEVERAL_HOSTS)) {
            List<String> lines = plan.lines().toList();
            long refused = IntStream.range(0, lines.size()).filter(left -> !problems(IntStream.range(0, lines.size())
                    .filter(line -> line != left).mapToObj(lines::get).collect(Collectors.joining("\n"))).isEmpty())
                    .count();
            assertThat(refused).isGreaterThan(lines.size() / 2);
        }
    }

    @Test
    void throwsNothingButItsOwnForAKeyOrAValueThatIsAnother() {
        List<String> words = Stream.of("x", "''", "-1", "1e999", "[", "]", "{}", "[[]]", "*a", "&a", "!!int x", "? ",
                "- ", "\"\\ud800\"", "@", "|", ">", "%", "\t", "~", ".inf", "0x1F", "2001-01-01", "<<", "é\u0085",
                "true").toList();
        List<String> tokens = PLAN.lines().flatMap(line -> Stream.of(line.trim().split("[ {},:\\[\\]]+")))
                .filter(token -> !token.isEmpty()).distinct().toList();
        long refused = tokens.stream().flatMap(token -> words.stream().map(word -> PLAN.replace(token, word)))
                .filter(yaml -> !problems(yaml).isEmpty()).count();
        assertThat(refused).isGreaterThan(tokens.size() * words.size() / 2);
    }

    @Test
    void throwsNothingButItsOwnForCharactersThatChangePlaces() {
        Random random = new Random(42);
        long refused = IntStream.range(0, 1000).filter(round -> {
            StringBuilder yaml = new StringBuilder(SEVERAL_HOSTS);
            for (int change = 0; change < 3; change++) {
                int at = random.nextInt(yaml.length());
                char moved = yaml.charAt(random.nextInt(yaml.length()));
                yaml.setCharAt(at, moved);
            }
            return !problems(yaml.toString()).isEmpty();
        }).count();
        assertThat(refused).isGreaterThan(300);
    }

    private static String with(String old, String replacement) {
        assertThat(PLAN).containsOnlyOnce(old);
        return PLAN.replace(old, replacement);
    }

    /** The problems of a plan, none for a good one; any other exception ends the test. */
    private static List<String> problems(String yaml) {
        try {
            assertThat(PlanReader.read("canary.yml", yaml)).isNotNull();
            return List.of();
        } catch (PlanException error) {
            assertThat(error.problems()).isNotEmpty();
            return error.problems().stream().map(problem -> problem.in("canary.yml")).toList();
        }
    }
}
