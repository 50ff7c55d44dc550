package io.jenkins.plugins.canary.notice;

import io.jenkins.plugins.canary.event.Event;
import io.jenkins.plugins.canary.event.Event.Type;
import io.jenkins.plugins.canary.event.Secrets;
import io.jenkins.plugins.canary.event.Sink;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Tells chats how a rollout ended. Deliveries have threads of their own; {@link #close} waits {@link #LONGEST_WAIT} for
 * them, and what a chat does changes nothing of the rollout. For one rollout.
 */
public final class Notices implements Sink, AutoCloseable {

    /** How much later a rollout ends because of its notices, at most. */
    public static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    /** Deliveries stop a little earlier and say why, before they are cut off. */
    private static final Duration LAST_TRY = LONGEST_WAIT.minusMillis(500);

    private static final Duration CONNECT = Duration.ofSeconds(4);

    private final NoticeWriter writer;
    private final List<Chat> chats = new ArrayList<>();
    private final Secrets secrets;
    private final Consumer<String> warnings;
    private final Patience patience = new Patience();
    private final List<Pending> pending = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "canary notice");
        thread.setDaemon(true);
        return thread;
    });
    private HttpClient client;
    private Notice latest;
    private boolean watched;

    private record Pending(Chat chat, Future<Optional<String>> delivery) {}

    /**
     * @param secrets get the address and the token, so that nothing shows them
     * @param warnings told, at {@link #close}, what was not delivered; and at once, what is wrong with the settings
     */
    public Notices(NoticeSettings settings, Directions directions, Secrets secrets, Consumer<String> warnings) {
        this.secrets = secrets;
        this.warnings = warnings;
        this.writer = new NoticeWriter(settings, directions);
        settings.secrets().forEach(secrets::add);
        settings.problems().forEach(problem -> warn("notices: " + problem));
        settings.mattermost().ifPresent(uri -> chats.add(new Mattermost(uri, settings.mattermostChannel())));
        settings.telegram("sendMessage").ifPresent(uri -> chats.add(new Telegram(uri, settings.telegramChat())));
    }

    /** Takes the outcome of a rollout that was to change something; and the hold, where it is watched after that. */
    @Override
    public synchronized void accept(Event event) {
        RolloutFacts rollout = new RolloutFacts(event);
        if ((event.type() == Type.OUTCOME || rollout.isWatched()) && rollout.areOfAChange()) {
            try {
                latest = writer.write(rollout, watched);
                watched = rollout.isWatched();
                send(latest);
            } catch (RuntimeException e) {
                warn("the notice could not be written, a defect of Canary Deploy, please report it: " + e);
            }
        }
    }

    /** The last notice of a rollout, whether it goes to a chat or not. */
    public synchronized Optional<Notice> latest() {
        return Optional.ofNullable(latest);
    }

    /** Begins to send a notice to every chat of the settings. */
    public synchronized void send(Notice notice) {
        if (!chats.isEmpty() && client == null) {
            // HTTP/2 would begin with an upgrade, which not every proxy before a chat lets pass.
            client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();
        }
        for (Chat chat : chats) {
            pending.add(new Pending(chat, threads.submit(new Delivery(client, chat, notice, patience))));
        }
    }

    /** Waits for what is under way, and says what was not delivered. */
    @Override
    public synchronized void close() {
        patience.end(LAST_TRY);
        long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
        for (Pending each : pending) {
            problem(each, deadline - System.nanoTime()).ifPresent(problem -> warn("the notice to "
                    + each.chat().name() + " was not delivered: " + problem + ". The rollout is not affected."));
        }
        pending.clear();
        threads.shutdownNow();
    }

    private static Optional<String> problem(Pending pending, long nanos) {
        try {
            return pending.delivery().get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return Optional.of("it gave no answer in time");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("stopped on request");
        } catch (ExecutionException | CancellationException e) {
            return Optional.of("a defect of Canary Deploy, please report it: " + e);
        } finally {
            pending.delivery().cancel(true);
        }
    }

    private void warn(String text) {
        warnings.accept(secrets.mask(text));
    }
}
