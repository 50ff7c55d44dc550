package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.nginx.Weights;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * How a rollout ended.
 *
 * @param state where it is now
 * @param end what that means for whoever started it
 * @param commit the release it was about, if that was known
 * @param services what each service serves, as far as it could be read
 * @param cut connections that were still open when a slot was replaced
 * @param message one paragraph for a person
 * @param account more of a rollout that was to change something; empty where somebody only looked
 */
public record Outcome(
        State state,
        End end,
        Optional<String> commit,
        Map<String, Served> services,
        int cut,
        Duration took,
        String message,
        Optional<Account> account) {

    /** The meaning of an outcome; its number is the command line's exit code. */
    public enum End {
        DONE(0),
        ROLLED_BACK(1),
        REFUSED(3),
        HELD_BY_ANOTHER(4),
        PERSON_MUST_LOOK(5),
        /** It stopped on the way without turning back: whoever goes on finds it unfinished. */
        LEFT(5);

        private final int exitCode;

        End(int exitCode) {
            this.exitCode = exitCode;
        }

        public int exitCode() {
            return exitCode;
        }
    }

    /**
     * What a service's requests get.
     *
     * @param weights as NGINX's files have them
     * @param liveShare what samples showed at the last share, in percent; empty where none were taken
     * @param samples how many
     */
    public record Served(Weights weights, Optional<Double> liveShare, int samples) {

        Map<String, Object> facts() {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("share", weights.share());
            facts.put("weights", Map.of("canary", weights.canary(), "stable", weights.stable()));
            facts.put("liveShare", liveShare.orElse(null));
            facts.put("samples", samples);
            return facts;
        }
    }

    /**
     * A rollout for those who were not there. A text that is not known is empty.
     *
     * @param author of the commit
     * @param subject of the commit
     * @param sharesBefore of the canary, in percent by service; empty where NGINX was not read
     * @param cause why it was refused, turned back, or holds before its last step
     * @param rolledBack the release that has no requests any more
     * @param watched whether the canary's health is looked after from here on
     */
    public record Account(
            String author,
            String subject,
            Map<String, Double> sharesBefore,
            String cause,
            String rolledBack,
            boolean watched) {

        Account whileWatched() {
            return new Account(author, subject, sharesBefore, cause, rolledBack, true);
        }

        Account masked(UnaryOperator<String> mask) {
            return new Account(mask.apply(author), mask.apply(subject), sharesBefore, mask.apply(cause),
                    mask.apply(rolledBack), watched);
        }

        Map<String, Object> facts() {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("author", author);
            facts.put("subject", subject);
            facts.put("sharesBefore", sharesBefore);
            facts.put("cause", cause);
            facts.put("rolledBack", rolledBack);
            facts.put("watched", watched);
            return facts;
        }
    }

    Outcome masked(UnaryOperator<String> mask) {
        return new Outcome(state, end, commit, services, cut, took, mask.apply(message),
                account.map(account -> account.masked(mask)));
    }

    /** For programs. */
    public Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("exitCode", end.exitCode());
        facts.put("commit", commit.orElse(null));
        Map<String, Object> each = new LinkedHashMap<>();
        services.forEach((service, served) -> each.put(service, served.facts()));
        facts.put("services", each);
        facts.put("cutConnections", cut);
        facts.put("seconds", took.toMillis() / 1000.0);
        account.ifPresent(account -> facts.putAll(account.facts()));
        return facts;
    }
}
