package io.jenkins.plugins.canary.commands;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Command lines for git in a working copy on a host. None of them can ask a question. */
public final class Git {

    private static final Duration NETWORK = Duration.ofMinutes(10);
    private static final Duration DISK = Duration.ofMinutes(2);

    private static final String STATE = """
            cd "$1" 2>/dev/null || { echo missing; exit 0; }
            if ! git rev-parse --git-dir >/dev/null 2>&1; then
                if [ -z "$(ls -A)" ]; then echo empty; else echo foreign; fi
                exit 0
            fi
            [ "$(git rev-parse --show-toplevel)" = "$(pwd -P)" ] || { echo foreign; exit 0; }
            lock=$(git rev-parse --git-path index.lock)
            if [ -e "$lock" ]; then echo "locked $(cd "$(dirname "$lock")" && pwd)/index.lock"; exit 0; fi
            echo "repository $(git rev-parse --verify -q HEAD || echo none) $(git symbolic-ref -q --short HEAD || echo -)"
            """;

    /** Nothing may change before the whole backup is known to be small enough: first measure, then write. */
    private static final String BACKUP = """
            set -e
            umask 077
            target=$1 backup=$2 max=$3
            list=$(mktemp)
            trap 'rm -f "$list"' EXIT
            trap 'exit 1' HUP INT TERM PIPE
            changes() {
                git diff --no-ext-diff --no-textconv --no-color --no-renames --no-relative \\
                    --src-prefix=a/ --dst-prefix=b/ "$@"
            }
            changes --name-only --diff-filter=A -z HEAD "$target" | xargs -0 -r sh -c '
                for path; do
                    at=$path
                    until [ -e "$at" ] || [ -L "$at" ]; do
                        case $at in */*) at=${at%/*} ;; *) continue 2 ;; esac
                    done
                    if [ -d "$at" ] && [ ! -L "$at" ]; then
                        [ "$at" != "$path" ] || git --literal-pathspecs ls-files -z --others -- "$at" | tr "\\0" "\\n"
                        continue
                    fi
                    git --literal-pathspecs ls-files --error-unmatch -- "$at" >/dev/null 2>&1 || printf "%s\\n" "$at"
                done' sh | sort -u >"$list"
            size=$(changes --binary HEAD | wc -c)
            while IFS= read -r path; do
                size=$((size + $(du -sk -- "$path" | cut -f1) * 1024))
            done <"$list"
            if [ "$size" -gt "$max" ]; then echo "toolarge $size"; exit 0; fi
            if changes --quiet HEAD && [ ! -s "$list" ]; then echo clean; exit 0; fi
            mkdir -p "$backup/collisions"
            changes --binary HEAD >"$backup/changes.patch"
            while IFS= read -r path; do
                cp -a --parents -- "$path" "$backup/collisions/"
            done <"$list"
            sync
            if ! changes --quiet HEAD; then
                git -c user.name=canary-deploy -c user.email=canary-deploy@localhost \\
                    stash push --quiet --message "canary-deploy: $(basename "$backup")"
                echo "stash $(git rev-parse refs/stash)"
            fi
            while IFS= read -r path; do
                rm -rf -- "$path"
                printf 'collision %s\\n' "$path"
            done <"$list"
            """;

    private static final String RESTORE = """
            set -e
            head=$1 backup=$2
            git checkout --quiet $3 "$head" --
            entry=$(git stash list --format='%gd %gs' | grep -F "canary-deploy: $(basename "$backup")" | head -n 1 | cut -d' ' -f1)
            [ -z "$entry" ] || git stash pop --quiet --index "$entry"
            [ ! -d "$backup/collisions" ] || cp -a "$backup/collisions/." .
            """;

    private static final String HAS = """
            export LC_ALL=C GIT_TERMINAL_PROMPT=0 GIT_SSH_COMMAND='ssh -o BatchMode=yes -o ConnectTimeout=15'
            git -C "$1" rev-parse --git-dir >/dev/null 2>&1 || exit 0
            there() { git -C "$1" cat-file -e "$4^{commit}" 2>/dev/null; }
            there "$@" && exit 0
            git -C "$1" fetch --quiet --dry-run --no-tags -- "$2" "$3" 2>/dev/null
            there "$@" && exit 0
            git -C "$1" fetch --quiet --dry-run --no-tags -- "$2" "$4" 2>/dev/null
            there "$@"
            """;

    private Git() {}

    /**
     * What is at a path. Prints one line: {@code missing}, {@code empty}, {@code foreign} (something else, or a
     * directory inside another repository), {@code locked <file>}, or {@code repository <commit> <branch>} with
     * {@code none} before the first commit and {@code -} where no branch is checked out.
     */
    public static Command state(String directory) {
        return Command.script(STATE, directory).repeatable();
    }

    public static Command clone(String url, String branch, String directory) {
        return git(List.of("clone", "--quiet", "--branch", branch, "--", url, directory))
                .timeout(NETWORK)
                .withAgent();
    }

    /** Fetches a branch of a repository by its URL, whatever the working copy's own remotes are. */
    public static Command fetch(String directory, String url, String branch) {
        return git(List.of("fetch", "--quiet", "--no-tags", "--", url,
                        "+refs/heads/" + branch + ":refs/remotes/origin/" + branch))
                .in(directory)
                .timeout(NETWORK)
                .withAgent();
    }

    /** Fetches one commit, which the server must allow (GitLab and GitHub do). */
    public static Command fetchCommit(String directory, String url, String commit) {
        return git(List.of("fetch", "--quiet", "--no-tags", "--", url, commit))
                .in(directory)
                .timeout(NETWORK)
                .withAgent();
    }

    /**
     * Fails where a commit is neither in a working copy nor to be had from its repository. Nothing is known where there is
     * no working copy yet. No reference changes.
     */
    public static Command has(String directory, String url, String branch, String commit) {
        return Command.script(HAS, directory, url, branch, commit).timeout(NETWORK).withAgent().repeatable();
    }

    /** Lists the branches of a repository; needs no working copy. */
    public static Command remoteBranches(String url) {
        return git(List.of("ls-remote", "--heads", "--", url)).timeout(Duration.ofSeconds(60)).withAgent().repeatable();
    }

    /**
     * Describes a commit as {@code <hash> NUL <author> NUL <subject>}.
     *
     * @param revision a commit, or a branch as {@code refs/remotes/origin/<branch>}
     */
    public static Command describe(String directory, String revision) {
        return git(List.of("log", "-1", "--format=%H%x00%an%x00%s", "--end-of-options", revision, "--"))
                .in(directory).repeatable();
    }

    public static Command addWorktree(String directory, String worktree, String commit) {
        return Command.script(
                        "git worktree prune && LC_ALL=C git worktree add --quiet --detach \"$1\" \"$2\"", worktree, commit)
                .in(directory)
                .timeout(DISK);
    }

    /**
     * Saves what a checkout of a commit would change: tracked changes as a binary diff and a stash, untracked files
     * that are in the commit's way as copies. Other untracked files are not touched. Prints {@code clean},
     * {@code toolarge <bytes>} (and has changed nothing), or {@code stash <commit>} and {@code collision <path>}
     * lines.
     *
     * @param backup a directory of its own, made when there is something to save
     * @param max bytes
     */
    public static Command backup(String directory, String commit, String backup, long max) {
        return Command.script(BACKUP, commit, backup, Long.toString(max)).in(directory).timeout(DISK);
    }

    /** Checks out a commit, and stops at an ignored file in its way rather than overwriting it. */
    public static Command checkout(String directory, String commit) {
        return git(List.of("checkout", "--quiet", "--no-overwrite-ignore", "--detach", commit, "--"))
                .in(directory)
                .timeout(DISK);
    }

    /**
     * Puts a working copy back as it was before {@link #backup} and {@link #checkout}, also where they were cut short.
     *
     * @param branch the branch that was checked out, or {@code -}
     * @param backup as given to {@link #backup}: its name is in the stash's message
     */
    public static Command restore(String directory, String commit, String branch, String backup) {
        boolean detached = branch.equals("-");
        return Command.script(RESTORE, detached ? commit : branch, backup, detached ? "--detach" : "--no-guess")
                .in(directory)
                .timeout(DISK);
    }

    private static Command git(List<String> arguments) {
        List<String> words = new ArrayList<>(List.of("env", "LC_ALL=C", "GIT_TERMINAL_PROMPT=0",
                "GIT_SSH_COMMAND=ssh -o BatchMode=yes -o ConnectTimeout=15", "git"));
        words.addAll(arguments);
        return Command.of(words);
    }
}
