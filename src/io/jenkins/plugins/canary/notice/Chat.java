package io.jenkins.plugins.canary.notice;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Somewhere that a notice can be posted with one HTTP request. */
interface Chat {

    /** For a person. */
    String name();

    /** The request that posts a notice, within the chat's limits. */
    HttpRequest.Builder request(Notice notice);

    /** What an answer that is none of success says of the reason, or empty. */
    String reason(HttpResponse<String> answer);

    /** How long it asks to wait before the next try. */
    Optional<Duration> wait(HttpResponse<String> answer);
}
