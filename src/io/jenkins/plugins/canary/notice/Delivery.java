package io.jenkins.plugins.canary.notice;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * One notice on its way to one chat: tried again with growing pauses where the chat is busy (429), broken (5xx) or not
 * connected. An answer that does not come is not asked for again, since the notice may have been posted.
 */
final class Delivery implements Callable<Optional<String>> {

    private static final int TRIES = 6;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(300);
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);

    private static final int TOO_MANY_REQUESTS = 429;

    private final HttpClient client;
    private final Chat chat;
    private final Notice notice;
    private final Patience patience;

    Delivery(HttpClient client, Chat chat, Notice notice, Patience patience) {
        this.client = client;
        this.chat = chat;
        this.notice = notice;
        this.patience = patience;
    }

    /**
     * How one try went.
     *
     * @param problem why the notice was not taken, or empty
     * @param pause how long to wait before another try at least; empty where there is no point in one
     */
    private record Try(String problem, Optional<Duration> pause) {

        static final Try DELIVERED = new Try("", Optional.empty());

        static Try inVain(String problem) {
            return new Try(problem, Optional.empty());
        }

        static Try worthAnother(String problem) {
            return new Try(problem, Optional.of(Duration.ZERO));
        }
    }

    /** @return why it was not delivered, without the chat's address; empty where it was */
    @Override
    public Optional<String> call() throws InterruptedException {
        Duration growing = FIRST_PAUSE;
        for (int tries = 1; ; tries++) {
            Try last = once();
            if (last.problem().isEmpty()) {
                return Optional.empty();
            }
            Optional<Duration> asked = last.pause();
            if (asked.isEmpty() || tries == TRIES || asked.get().compareTo(LONGEST_PAUSE) > 0) {
                return Optional.of(last.problem());
            }
            Duration pause = asked.get().compareTo(growing) > 0 ? asked.get() : growing;
            if (!patience.pause(pause)) {
                return Optional.of(last.problem() + "; there was no time for another try");
            }
            growing = growing.multipliedBy(2);
        }
    }

    private Try once() throws InterruptedException {
        Duration limit = patience.left(LONGEST_ANSWER);
        HttpRequest request = chat.request(notice).timeout(limit).build();
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request, BodyHandlers.ofString());
        try {
            return judged(answer.get(limit.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Try.inVain("it gave no answer in time");
        } catch (ExecutionException e) {
            return failed(e.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    private Try judged(HttpResponse<String> answer) {
        int status = answer.statusCode();
        if (status / 100 == 2) {
            return Try.DELIVERED;
        }
        String reason = chat.reason(answer);
        String problem = "it answered " + status + (reason.isEmpty() ? "" : " (" + reason + ")");
        if (status == TOO_MANY_REQUESTS || status / 100 == 5) {
            Optional<Duration> asked = chat.wait(answer);
            return new Try(problem + asked.map(wait -> ", to be asked again in " + wait.toSeconds() + " s").orElse(""),
                    Optional.of(asked.orElse(Duration.ZERO)));
        }
        return Try.inVain(problem);
    }

    /** An exception's own message may have the address in it. */
    private static Try failed(Throwable e) {
        if (e instanceof HttpConnectTimeoutException) {
            return Try.worthAnother("it can't be reached");
        }
        if (e instanceof HttpTimeoutException) {
            return Try.inVain("it gave no answer in time");
        }
        if (e instanceof ConnectException) {
            boolean unknown = e.getCause() instanceof UnresolvedAddressException
                    || e.getCause() != null && e.getCause().getCause() instanceof UnresolvedAddressException;
            return Try.worthAnother(unknown ? "its host name is not known" : "it can't be reached");
        }
        if (e instanceof SSLException) {
            return Try.inVain("its TLS certificate or version was not accepted");
        }
        return e instanceof IOException ? Try.worthAnother("the connection broke")
                : Try.inVain("a defect of Canary Deploy, please report it: " + e.getClass().getName());
    }
}
