package io.jenkins.plugins.canary.notice;

import io.jenkins.plugins.canary.event.Event;
import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.NextSteps;
import io.jenkins.plugins.canary.event.State;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Outcomes as the engine tells them; CliTest shows that it does. */
final class Outcomes {

    static final Directions DIRECTIONS = new Directions("https://ci.example.test/job/shop/7/console",
            "https://ci.example.test/job/shop/7/canary/",
            new NextSteps("canary promote --plan canary.yml", "canary rollback --plan canary.yml"));

    static final String CAUSE = """
            backend (canary) on edge is not healthy: GET /actuator/health on port 8082 gave status 503 "DOWN" instead of 200 with "UP" in 3 tries.
            The last lines of shop-canary_backend_1:
            java.sql.SQLException: Access denied for user 'shop'@'10.0.0.5' <using password>""";

    private Outcomes() {}

    static Event holding() {
        return of(State.HOLDING, 0, "canary-auto", Map.of());
    }

    static Event rolledBack() {
        return of(State.ROLLED_BACK, 1, "canary-auto", Map.of("cause", CAUSE,
                "rolledBack", "1a2b3c4d5 \"Fix the cart\" by Shop team", "services", services(0)));
    }

    static Event of(State state, int exitCode, String action, Map<String, Object> more) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("rollout", "20260101T000000-7");
        facts.put("app", "shop");
        facts.put("action", action);
        facts.put("by", "deploy@ci");
        facts.put("build", "https://ci.example.test/job/shop/7/");
        facts.put("exitCode", exitCode);
        facts.put("commit", "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d");
        facts.put("author", "Shop team");
        facts.put("subject", "Fix the cart");
        facts.put("services", services(70));
        facts.put("sharesBefore", Map.of("backend", 0.1));
        facts.put("seconds", 102.4);
        facts.put("cause", "");
        facts.put("rolledBack", "");
        facts.put("watched", false);
        facts.putAll(more);
        return new Event(Instant.parse("2026-01-01T00:00:00Z"), "20260101T000000-7", state, Type.OUTCOME, "the outcome", facts);
    }

    static Map<String, Object> services(double share) {
        return Map.of("backend", Map.of("share", share, "samples", 100));
    }
}
