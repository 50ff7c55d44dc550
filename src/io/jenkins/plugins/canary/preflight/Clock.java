package io.jenkins.plugins.canary.preflight;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * How far a host's clock is from this machine's.
 *
 * @param offset by how much it is ahead; what the time of asking may account for is not counted
 */
record Clock(String host, Duration offset) {

    /** Journal, lease and backups tell times of several clocks. */
    private static final Duration REMARKABLE = Duration.ofSeconds(5);

    /** Backups are kept in the order of their names, which begin with this machine's time. */
    private static final Duration MOST = Duration.ofMinutes(10);

    /**
     * @param asked before the host was asked, and when it had answered, by this machine's clock
     * @param said the host's time in whole seconds since 1970, cut off
     */
    static Clock of(String host, Instant asked, long said, Instant answered) {
        Duration most = Duration.between(asked, Instant.ofEpochSecond(said + 1));
        Duration least = Duration.between(answered, Instant.ofEpochSecond(said));
        return new Clock(host, !least.isNegative() ? least : most.isNegative() ? most : Duration.ZERO);
    }

    /** Reports clocks that are wrong, and hosts that differ from each other. */
    static void judge(List<Clock> clocks, Findings findings) {
        List<Clock> right = new ArrayList<>();
        for (Clock clock : clocks) {
            Duration off = clock.offset().abs();
            String text = "the clock of " + clock.host() + " is " + off.toSeconds() + " s "
                    + (clock.offset().isNegative() ? "behind" : "ahead of") + " this machine's; times in journal and"
                    + " backups come from both. Set them right, for example with chrony (`timedatectl` shows the state)";
            if (off.compareTo(MOST) > 0) {
                findings.block(text);
            } else if (off.compareTo(REMARKABLE) > 0) {
                findings.advise(text);
            } else {
                right.add(clock);
            }
        }
        for (int i = 1; i < right.size(); i++) {
            Duration apart = right.get(i).offset().minus(right.get(0).offset()).abs();
            if (apart.compareTo(REMARKABLE) > 0) {
                findings.advise("the clocks of " + right.get(0).host() + " and " + right.get(i).host() + " are "
                        + apart.toSeconds() + " s apart; set them right, for example with chrony");
            }
        }
    }
}
