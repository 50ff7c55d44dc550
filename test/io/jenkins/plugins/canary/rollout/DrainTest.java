package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.fixture.Answer;
import io.jenkins.plugins.canary.host.Await;
import io.jenkins.plugins.canary.plan.SlotName;
import io.jenkins.plugins.canary.rollout.Outcome.End;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Long requests that are under way when their slot is replaced. */
class DrainTest {

    private static final int REQUESTS = 20;

    @RegisterExtension
    static final Shop shop = new Shop();

    private final ExecutorService clients = Executors.newCachedThreadPool();
    private final List<CompletableFuture<String>> requests = new ArrayList<>();

    @BeforeEach
    void holdACanary() throws IOException {
        shop.pushWorking();
        assertThat(shop.deployer().canaryAuto().state()).isEqualTo(State.HOLDING);
    }

    @AfterEach
    void endClients() {
        requests.forEach(request -> request.exceptionally(failed -> "").join());
        clients.shutdown();
    }

    @Test
    void aPromotionCutsNoRequest() {
        Deployer deployer = shop.deployer(Deployer.QUICK.replace("drain: 5s", "drain: 60s"));
        deployer.at(event -> event.type() == Type.STATE && event.state() == State.PROMOTING, () -> ask(8));

        Outcome outcome = deployer.run(Rollout::promote);

        assertThat(outcome).as(outcome.message()).returns(End.DONE, Outcome::end).returns(0, Outcome::cut);
        assertThat(answers()).hasSize(REQUESTS).allMatch(answer -> answer.startsWith("200 "));
    }

    @Test
    void aReleaseOverAHeldCanaryCutsNoRequest() throws IOException {
        shop.pushWorking();
        Deployer deployer = shop.deployer(Deployer.QUICK.replace("drain: 5s", "drain: 60s"));
        deployer.at(event -> event.type() == Type.STATE && event.state() == State.PREPARING, () -> ask(8));

        Outcome outcome = deployer.canaryAuto();

        assertThat(outcome).as(outcome.message()).returns(State.HOLDING, Outcome::state).returns(0, Outcome::cut);
        assertThat(answers()).hasSize(REQUESTS).allMatch(answer -> answer.startsWith("200 "));
    }

    @Test
    void countsTheRequestsThatItHadToCut() throws IOException {
        shop.pushWorking();
        Deployer deployer = shop.deployer(Deployer.QUICK.replace("drain: 5s", "drain: 100ms"));
        deployer.at(event -> event.type() == Type.STATE && event.state() == State.PREPARING, () -> ask(25));

        Outcome outcome = deployer.canaryAuto();

        assertThat(outcome.state()).as(outcome.message()).isEqualTo(State.HOLDING);
        assertThat(outcome.cut()).isEqualTo(REQUESTS / 2);
        assertThat(deployer.log()).contains(REQUESTS / 2 + " connections to backend (canary", "will be cut");
        assertThat(answers().stream().filter(answer -> !answer.startsWith("200 ")).count())
                .isLessThanOrEqualTo(outcome.cut());
    }

    /** Sends requests that take some seconds, and returns when both slots have some of them. */
    private void ask(int seconds) {
        for (int i = 0; i < REQUESTS; i++) {
            requests.add(CompletableFuture.supplyAsync(() -> {
                try {
                    Answer answer = shop.host().http("/api/cgi-bin/slow?" + seconds);
                    return answer.status() + " " + answer.body();
                } catch (IOException e) {
                    return e.toString();
                }
            }, clients));
        }
        Await.until("all requests are under way", () -> sleeping(seconds) >= REQUESTS);
    }

    private static long sleeping(int seconds) throws IOException {
        long sleeping = 0;
        for (SlotName slot : SlotName.values()) {
            sleeping += shop.host().docker("top", shop.host().container(slot, "backend"), "-eo", "pid,args").lines()
                    .filter(line -> line.endsWith("sleep " + seconds)).count();
        }
        return sleeping;
    }

    private List<String> answers() {
        return requests.stream().map(CompletableFuture::join).toList();
    }
}
