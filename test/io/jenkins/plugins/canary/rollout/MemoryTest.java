package io.jenkins.plugins.canary.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.release.Release;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MemoryTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @Test
    void keepsTheReleasesBeforeTheNewestFirst() {
        Memory memory = stable("a", "b", "c");

        assertThat(commits(memory.kept())).containsExactly("b", "a");
        assertThat(memory.stable().map(Release::commit)).contains("c");
    }

    @Test
    void countsTheStableReleaseAmongThoseItKeeps() {
        assertThat(commits(stable("a", "b", "c", "d").kept())).containsExactly("c", "b");
        assertThat(Memory.NONE.replacedStable(release("a"), 1).replacedStable(release("b"), 1).kept()).isEmpty();
    }

    @Test
    void keepsNoReleaseTwice() {
        Memory again = stable("a", "b", "b", "a");

        assertThat(again.stable().map(Release::commit)).contains("a");
        assertThat(commits(again.kept())).containsExactly("b");
    }

    @Test
    void doesNotComeBackToWhatARollbackLeft() {
        Memory back = stable("a", "b", "c").wentBackTo(release("b"));

        assertThat(back.stable().map(Release::commit)).contains("b");
        assertThat(commits(back.kept())).containsExactly("a");
    }

    @Test
    void needsTheImagesOfEveryReleaseItKnows() {
        Memory memory = stable("a", "b", "c").withCanary(Optional.of(release("d")));

        assertThat(commits(memory.needed())).containsExactlyInAnyOrder("a", "b", "c", "d");
    }

    @Test
    void keepsItsReleasesWhateverHowARolloutEnded() {
        Memory ended = stable("a", "b").withCanary(Optional.of(release("c"))).withPromoted(true)
                .ended(State.HOLDING, "kim@desk", NOON);

        assertThat(ended.state()).isEqualTo(State.HOLDING);
        assertThat(ended.by()).isEqualTo("kim@desk");
        assertThat(ended.at()).isEqualTo(NOON);
        assertThat(ended.promoted()).isTrue();
        assertThat(commits(ended.needed())).containsExactlyInAnyOrder("a", "b", "c");
    }

    private static Memory stable(String... commits) {
        Memory memory = Memory.NONE;
        for (String commit : commits) {
            memory = memory.replacedStable(release(commit), 3);
        }
        return memory;
    }

    private static Release release(String commit) {
        return new Release(commit, "an author", "a subject", Map.of("web", "sha256:" + commit), NOON);
    }

    private static List<String> commits(List<Release> releases) {
        return releases.stream().map(Release::commit).toList();
    }
}
