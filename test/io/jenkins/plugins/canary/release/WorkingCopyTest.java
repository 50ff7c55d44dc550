package io.jenkins.plugins.canary.release;

import static io.jenkins.plugins.canary.release.TestRepository.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.canary.commands.Command;
import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.plan.SlotName;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorkingCopyTest {

    @TempDir
    Path home;

    private TestRepository repository;

    @BeforeEach
    void makeRepository() throws Exception {
        repository = new TestRepository(home);
    }

    @Test
    void clonesTheRepositoryWhereItIsMissing() throws Exception {
        repository.host().require("remove the clone", Command.of("rm", "-rf", repository.stable().toString()));
        WorkingCopy copy = repository.workingCopy(SlotName.STABLE);

        Release release = copy.fetch(Optional.empty());
        copy.checkout(release.commit());

        assertThat(repository.stable().resolve("file")).hasContent("one");
        assertThat(release).returns("Kim", Release::author).returns("Change something", Release::subject);
        assertThat(repository.log()).contains("cloned " + repository.remote());
    }

    @Test
    void savesTrackedChangesAndNamesTheCommandThatGetsThemBack() throws Exception {
        byte[] binary = {0, 1, 2, (byte) 0xff, 0, 10};
        Files.write(repository.developer().resolve("picture"), new byte[] {0, 9, 8, 7});
        repository.push();
        repository.git(repository.stable(), "pull", "--quiet");
        write(repository.developer().resolve("file"), "two\n");
        String target = repository.push();
        write(repository.stable().resolve("local"), "kept\n");
        Files.write(repository.stable().resolve("picture"), binary);
        write(repository.stable().resolve("local-staged"), "staged\n");
        repository.git(repository.stable(), "add", "local-staged");
        WorkingCopy copy = repository.workingCopy(SlotName.STABLE);

        copy.checkout(copy.fetch(Optional.empty()).commit());

        assertThat(repository.git(repository.stable(), "rev-parse", "HEAD")).isEqualTo(target);
        assertThat(repository.stable().resolve("picture")).hasBinaryContent(new byte[] {0, 9, 8, 7});
        assertThat(repository.stable().resolve("local")).hasContent("kept");
        String warning = repository.warnings().get(0);
        String getBack = warning.substring(warning.indexOf("git -C "));
        repository.host().require("get the changes back", Command.of(getBack.split(" ")));
        assertThat(repository.stable().resolve("picture")).hasBinaryContent(binary);
        assertThat(repository.stable().resolve("local-staged")).hasContent("staged");
        assertThat(repository.stable().resolve("file")).hasContent("two");
    }

    @Test
    void theBackupOfTrackedChangesCanBeAppliedByHand() throws Exception {
        repository.git(repository.stable(), "config", "diff.noprefix", "true");
        write(repository.stable().resolve("file"), "one, by hand\n");
        write(repository.developer().resolve("other"), "two\n");
        repository.push();
        WorkingCopy copy = repository.workingCopy(SlotName.STABLE);

        copy.checkout(copy.fetch(Optional.empty()).commit());

        Path patch = onlyBackup().resolve("changes.patch");
        repository.git(repository.stable(), "apply", patch.toString());
        assertThat(repository.stable().resolve("file")).hasContent("one, by hand");
        assertThat(Files.getPosixFilePermissions(patch)).hasSize(2);
    }

    @Test
    void putsEverythingBackAfterAFailedRollout() throws Exception {
        write(repository.developer().resolve("new/file"), "of git\n");
        write(repository.developer().resolve("file"), "two\n");
        repository.push();
        write(repository.stable().resolve("file"), "one, by hand\n");
        write(repository.stable().resolve("new/file"), "of the team\n");
        write(repository.stable().resolve("staged"), "staged\n");
        repository.git(repository.stable(), "add", "staged");
        String before = repository.snapshot(repository.stable());
        WorkingCopy copy = repository.workingCopy(SlotName.STABLE);
        copy.checkout(copy.fetch(Optional.empty()).commit());
        assertThat(repository.stable().resolve("new/file")).hasContent("of git");

        copy.restore();

        assertThat(repository.snapshot(repository.stable())).isEqualTo(before);
        assertThat(repository.stable().resolve("new/file")).hasContent("of the team");
        assertThat(repository.stable().resolve("file")).hasContent("one, by hand");
    }

    @Test
    void copiesUntrackedFilesThatAreInTheWayOfTheNewCommit() throws Exception {
        write(repository.developer().resolve(".gitignore"), "ignored\n");
        repository.push();
        repository.git(repository.stable(), "pull", "--quiet");
        write(repository.developer().resolve("plain"), "of git\n");
        write(repository.developer().resolve("sub/directory/deep"), "of git\n");
        write(repository.developer().resolve("ignored"), "of git\n");
        write(repository.developer().resolve("was-a-file/now"), "of git\n");
        write(repository.developer().resolve("was-a-directory"), "of git\n");
        write(repository.developer().resolve("with a space"), "of git\n");
        repository.push();
        write(repository.stable().resolve("plain"), "mine 1\n");
        write(repository.stable().resolve("sub/directory/deep"), "mine 2\n");
        write(repository.stable().resolve("sub/directory/other"), "not in the way\n");
        write(repository.stable().resolve("ignored"), "mine 3\n");
        write(repository.stable().resolve("was-a-file"), "mine 4\n");
        write(repository.stable().resolve("was-a-directory/file"), "mine 5\n");
        write(repository.stable().resolve("with a space"), "mine 6\n");
        WorkingCopy copy = repository.workingCopy(SlotName.STABLE);

        copy.checkout(copy.fetch(Optional.empty()).commit());

        Path kept = onlyBackup().resolve("collisions");
        assertThat(kept.resolve("plain")).hasContent("mine 1");
        assertThat(kept.resolve("sub/directory/deep")).hasContent("mine 2");
        assertThat(kept.resolve("ignored")).hasContent("mine 3");
        assertThat(kept.resolve("was-a-file")).hasContent("mine 4");
        assertThat(kept.resolve("was-a-directory/file")).hasContent("mine 5");
        assertThat(kept.resolve("with a space")).hasContent("mine 6");
        assertThat(repository.stable().resolve("was-a-file/now")).hasContent("of git");
        assertThat(repository.stable().resolve("was-a-directory")).hasContent("of git");
        assertThat(repository.stable().resolve("ignored")).hasContent("of git");
        assertThat(repository.stable().resolve("sub/directory/other")).hasContent("not in the way");
        assertThat(repository.warnings()).hasSize(6).anyMatch(text -> text.contains(kept + "/was-a-file"));
    }

    @Test
    void putsCollidingFilesAndDirectoriesBack() throws Exception {
        write(repository.developer().resolve("was-a-file/now"), "of git\n");
        write(repository.developer().resolve("was-a-directory"), "of git\n");
        repository.push();
        write(repository.stable().resolve("was-a-file"), "mine 1\n");
        write(repository.stable().resolve("was-a-directory/file"), "mine 2\n");
        String before = repository.snapshot(repository.stable());
        WorkingCopy copy = repository.workingCopy(SlotName.STABLE);
        copy.checkout(copy.fetch(Optional.empty()).commit());

        copy.restore();

        assertThat(repository.snapshot(repository.stable())).isEqualTo(before);
        assertThat(repository.stable().resolve("was-a-file")).hasContent("mine 1");
        assertThat(repository.stable().resolve("was-a-directory/file")).hasContent("mine 2");
    }

    @Test
    void copiesWhatIsInTheWayOfARenamedFile() throws Exception {
        repository.git(repository.developer(), "mv", "file", "renamed");
        repository.push();
        write(repository.stable().resolve("renamed"), "mine\n");
        WorkingCopy copy = repository.workingCopy(SlotName.STABLE);

        copy.checkout(copy.fetch(Optional.empty()).commit());

        assertThat(repository.stable().resolve("renamed")).hasContent("one");
        assertThat(onlyBackup().resolve("collisions/renamed")).hasContent("mine");
    }

    @Test
    void copiesUntrackedFilesOfATrackedDirectoryThatBecomesAFile() throws Exception {
        write(repository.developer().resolve("conf/tracked"), "one\n");
        repository.push();
        repository.git(repository.stable(), "pull", "--quiet");
        repository.host().require("remove", Command.of("rm", "-r", repository.developer().resolve("conf").toString()));
        write(repository.developer().resolve("conf"), "a file now\n");
        repository.push();
        write(repository.stable().resolve("conf/mine"), "mine\n");
        WorkingCopy copy = repository.workingCopy(SlotName.STABLE);

        copy.checkout(copy.fetch(Optional.empty()).commit());

        assertThat(repository.stable().resolve("conf")).hasContent("a file now");
        assertThat(onlyBackup().resolve("collisions/conf/mine")).hasContent("mine");
    }

    @ParameterizedTest
    @EnumSource(SlotName.class)
    void otherUntrackedFilesKeepTheirInodeWhileAProcessHasThemOpen(SlotName slot) throws Exception {
        WorkingCopy first = repository.workingCopy(slot);
        first.checkout(first.fetch(Optional.empty()).commit());
        Path directory = slot == SlotName.STABLE ? repository.stable() : repository.canary();
        Path data = directory.resolve("database/table");
        write(data, "rows\n");
        write(directory.resolve("file"), "changed by hand\n");
        Object inode = Files.getAttribute(data, "unix:ino");
        Object folder = Files.getAttribute(data.getParent(), "unix:ino");
        write(repository.developer().resolve("file"), "two\n");
        repository.push();
        try (InputStream open = Files.newInputStream(data)) {
            WorkingCopy copy = repository.workingCopy(slot);
            copy.checkout(copy.fetch(Optional.empty()).commit());
            copy.restore();
            assertThat(open.readAllBytes()).asString().isEqualTo("rows\n");
        }

        assertThat(Files.getAttribute(data, "unix:ino")).isEqualTo(inode);
        assertThat(Files.getAttribute(data.getParent(), "unix:ino")).isEqualTo(folder);
        assertThat(directory.resolve("file")).hasContent("changed by hand");
    }

    @Test
    void refusesADirectoryWithALeftoverLock() throws Exception {
        Path lock = Files.createFile(repository.stable().resolve(".git/index.lock"));

        assertThatThrownBy(() -> repository.workingCopy(SlotName.STABLE).fetch(Optional.empty()))
                .isInstanceOf(Refused.class)
                .hasMessageContainingAll(lock.toString(), "remove the file", "Nothing was changed");
    }

    @Test
    void refusesACanaryDirectoryWithALeftoverLock() throws Exception {
        WorkingCopy copy = repository.workingCopy(SlotName.CANARY);
        String commit = copy.fetch(Optional.empty()).commit();
        copy.checkout(commit);
        String git = repository.git(repository.canary(), "rev-parse", "--absolute-git-dir");
        Path lock = Path.of(git, "index.lock");
        Files.createFile(lock);

        assertThatThrownBy(() -> copy.checkout(commit))
                .isInstanceOf(Refused.class).hasMessageContaining(lock.toString());
    }

    @Test
    void namesTheBranchesWhereThePlansIsMissing() throws Exception {
        repository.git(repository.developer(), "push", "--quiet", "origin", "HEAD:main", "HEAD:release/1");

        assertThatThrownBy(() -> repository.workingCopy(SlotName.STABLE, repository.plan(repository.remote(), "master"))
                .fetch(Optional.empty()))
                .isInstanceOf(Refused.class)
                .hasMessageContainingAll("branch master is not in", "[develop, main, release/1]");
    }

    @Test
    void namesTheBranchesWhereThePlansIsMissingFromTheFirstClone() throws Exception {
        repository.host().require("remove the clone", Command.of("rm", "-rf", repository.stable().toString()));

        assertThatThrownBy(() -> repository.workingCopy(SlotName.STABLE, repository.plan(repository.remote(), "master"))
                .fetch(Optional.empty()))
                .isInstanceOf(Refused.class)
                .hasMessageContainingAll("branch master is not in", "[develop]");
        assertThat(repository.stable()).doesNotExist();
    }

    @Test
    void refusesADirectoryThatIsNoRepository() throws Exception {
        repository.host().require("remove git",
                Command.of("rm", "-rf", repository.stable().resolve(".git").toString()));

        assertThatThrownBy(() -> repository.workingCopy(SlotName.STABLE).fetch(Optional.empty()))
                .isInstanceOf(Refused.class)
                .hasMessageContainingAll(repository.stable() + " on here", "not a git working copy", "Move away");
        assertThat(repository.stable().resolve("file")).hasContent("one");
    }

    @Test
    void refusesADirectoryInsideAnotherRepository() throws Exception {
        repository.host().require("nest", Command.script("""
                cd "$1" && git init --quiet && rm -rf shop && mkdir shop && echo mine >shop/mine
                """, home.toString()));

        assertThatThrownBy(() -> repository.workingCopy(SlotName.STABLE).fetch(Optional.empty()))
                .isInstanceOf(Refused.class).hasMessageContaining("not a git working copy of its own");
        assertThat(repository.stable().resolve("mine")).hasContent("mine");
    }

    @Test
    void saysThatTheHostHasNoAccess() {
        assertThatThrownBy(() -> repository
                .workingCopy(SlotName.STABLE, repository.plan("ssh://git@127.0.0.1:1/shop.git", "develop"))
                .fetch(Optional.empty()))
                .isInstanceOf(Refused.class)
                .hasMessageContainingAll("git on here has no access to ssh://git@127.0.0.1:1/shop.git",
                        "Connection refused", "deploy key");
    }

    @Test
    void deploysACommitByItsHashThatIsNotOnTheBranch() throws Exception {
        repository.git(repository.developer(), "checkout", "--quiet", "-b", "hotfix");
        write(repository.developer().resolve("file"), "fixed\n");
        repository.git(repository.developer(), "commit", "--quiet", "--all", "--message", "Fix it");
        String fix = repository.git(repository.developer(), "rev-parse", "HEAD");
        repository.git(repository.developer(), "push", "--quiet", "origin", "hotfix");
        WorkingCopy copy = repository.workingCopy(SlotName.CANARY);

        Release release = copy.fetch(Optional.of(fix));
        copy.checkout(release.commit());

        assertThat(release).returns(fix, Release::commit).returns("Fix it", Release::subject);
        assertThat(repository.canary().resolve("file")).hasContent("fixed");
    }

    @Test
    void refusesACommitThatWasNeverPushed() {
        assertThatThrownBy(() -> repository.workingCopy(SlotName.STABLE).fetch(Optional.of("0123456789abcdef")))
                .isInstanceOf(Refused.class)
                .hasMessageContainingAll("commit 0123456789abcdef is not in", "Was it pushed?");
    }

    @Test
    void knowsAFetchedCommitWithoutItsRemote() throws Exception {
        String commit = repository.git(repository.stable(), "rev-parse", "HEAD");
        Files.move(Path.of(repository.remote()), home.resolve("elsewhere.git"));

        assertThat(repository.workingCopy(SlotName.STABLE).fetch(Optional.of(commit)).commit()).isEqualTo(commit);
    }

    @Test
    void refusesABackupAboveTheLimitAndChangesNothing() throws Exception {
        repository.with("backup: {max: 1MB}");
        write(repository.developer().resolve("large"), "of git\n");
        String commit = repository.push();
        Files.write(repository.stable().resolve("large"), new byte[2_000_000]);
        write(repository.stable().resolve("file"), "by hand\n");
        String before = repository.snapshot(repository.stable());
        WorkingCopy copy = repository.workingCopy(SlotName.STABLE);
        copy.fetch(Optional.empty());

        assertThatThrownBy(() -> copy.checkout(commit))
                .isInstanceOf(Refused.class).hasMessageContainingAll("backup.max (1 MB)", "Nothing was changed");
        copy.restore();

        assertThat(repository.snapshot(repository.stable())).isEqualTo(before);
        assertThat(repository.stable().resolve("large")).hasSize(2_000_000);
    }

    @Test
    void worksWithAHostileGitConfiguration() throws Exception {
        write(repository.developer().resolve("renamed-later"), "some text that is long enough to be found again\n");
        repository.push();
        repository.git(repository.stable(), "pull", "--quiet");
        repository.git(repository.developer(), "mv", "renamed-later", "renamed");
        write(repository.developer().resolve("file"), "two\n");
        String commit = repository.push();
        for (String[] setting : new String[][] {{"color.ui", "always"}, {"diff.external", "false"},
                {"core.autocrlf", "true"}, {"diff.renames", "copies"}, {"diff.mnemonicPrefix", "true"},
                {"core.quotePath", "true"}, {"checkout.defaultRemote", "nowhere"}, {"advice.detachedHead", "true"},
                {"status.showUntrackedFiles", "no"}, {"core.pager", "false"}, {"log.showSignature", "true"},
                {"commit.gpgSign", "true"}, {"stash.showPatch", "true"}, {"fetch.prune", "true"},
                {"log.decorate", "full"}, {"format.pretty", "fuller"}, {"checkout.guess", "false"}}) {
            repository.git(repository.stable(), "config", setting[0], setting[1]);
        }
        write(repository.stable().resolve("renamed"), "mine\n");
        write(repository.stable().resolve("file"), "by hand\n");
        String before = repository.snapshot(repository.stable());
        WorkingCopy copy = repository.workingCopy(SlotName.STABLE);

        Release release = copy.fetch(Optional.empty());
        copy.checkout(release.commit());

        assertThat(release).returns(commit, Release::commit).returns("Kim", Release::author);
        assertThat(repository.git(repository.stable(), "rev-parse", "HEAD")).isEqualTo(commit);
        assertThat(onlyBackup().resolve("collisions/renamed")).hasContent("mine");
        copy.restore();
        assertThat(repository.snapshot(repository.stable())).isEqualTo(before);
        assertThat(repository.stable().resolve("file")).hasContent("by hand");
    }

    @Test
    void linksSharedPathsIntoTheCanary() throws Exception {
        repository.with("shared: [uploads, var/data]");
        write(repository.stable().resolve("uploads/photo"), "light\n");
        WorkingCopy copy = repository.workingCopy(SlotName.CANARY);

        copy.checkout(copy.fetch(Optional.empty()).commit());

        assertThat(repository.canary().resolve("uploads/photo")).hasContent("light");
        assertThat(repository.canary().resolve("var/data")).isSymbolicLink();
        assertThat(repository.warnings()).isEmpty();
    }

    @Test
    void warnsOfASharedPathThatTheCanaryHasItself() throws Exception {
        repository.with("shared: [uploads]");
        write(repository.developer().resolve("uploads/.gitkeep"), "");
        repository.push();
        WorkingCopy copy = repository.workingCopy(SlotName.CANARY);

        copy.checkout(copy.fetch(Optional.empty()).commit());

        assertThat(repository.warnings()).singleElement().asString()
                .contains(repository.canary() + "/uploads", "does not share it");
    }

    private Path onlyBackup() throws Exception {
        try (var backups = Files.list(repository.state().resolve("backups"))) {
            return backups.reduce((one, other) -> {
                throw new AssertionError("two backups: " + one + ", " + other);
            }).orElseThrow();
        }
    }
}
