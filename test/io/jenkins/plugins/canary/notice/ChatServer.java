package io.jenkins.plugins.canary.notice;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Mattermost's incoming webhook and Telegram's sendMessage on loopback, as strict as their documentation. */
public final class ChatServer implements AutoCloseable {

    public static final String KEY = "hookkey4q5w6e7r8t9z";
    public static final String TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
    public static final String CHAT = "-1001234567890";

    /** Of the text of a post, since Mattermost 5.0. */
    private static final int LONGEST_POST = 16383;

    /** Of its properties, the attachments among them, before they were allowed to be longer. */
    private static final int LONGEST_PROPERTIES = 7600;

    private static final int LONGEST_MESSAGE = 4096;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<JsonObject> posted = new CopyOnWriteArrayList<>();

    /** What it does to one request instead of taking it. */
    @FunctionalInterface
    private interface Fault {
        void on(HttpExchange exchange) throws IOException;
    }

    public ChatServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public String mattermostUrl() {
        return address() + "/hooks/" + KEY;
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    NoticeSettings mattermost() {
        return new NoticeSettings(mattermostUrl(), "", "", "", "", "en", Map.of());
    }

    NoticeSettings telegram() {
        return new NoticeSettings("", "", TOKEN, CHAT, address(), "en", Map.of());
    }

    /** The next request gets this answer. */
    void answerOnce(int status, String body, Map<String, String> headers) {
        faults.add(exchange -> {
            headers.forEach((name, value) -> exchange.getResponseHeaders().add(name, value));
            answer(exchange, status, body);
        });
    }

    /** The connection of the next request is closed without an answer. */
    void breakOnce() {
        faults.add(HttpExchange::close);
    }

    /** The next request gets no answer as long as the server lives. */
    public void hangOnce() {
        faults.add(exchange -> {
            try {
                closing.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });
    }

    /** The next answer has its headers and a part of its body only. */
    void hangInBodyOnce() {
        faults.add(exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write("half".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            try {
                closing.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });
    }

    /** The bodies of every request, taken or not. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    /** What people can read. */
    public List<JsonObject> posted() {
        return List.copyOf(posted);
    }

    /** The one attachment of the newest post. */
    public JsonObject attachment() {
        return attachment(posted.size() - 1);
    }

    /** The one attachment of a post, the first has 0. */
    public JsonObject attachment(int post) {
        return posted.get(post).getAsJsonArray("attachments").get(0).getAsJsonObject();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(body);
        Fault fault = faults.poll();
        if (fault != null) {
            fault.on(exchange);
            return;
        }
        String path = exchange.getRequestURI().getPath();
        boolean json = exchange.getRequestMethod().equals("POST")
                && String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type")).startsWith("application/json");
        if (json && path.equals("/hooks/" + KEY)) {
            takePost(exchange, body);
        } else if (json && path.startsWith("/bot")) {
            takeMessage(exchange, path, body);
        } else {
            answer(exchange, 404, "{\"message\":\"Sorry, we could not find the page.\",\"status_code\":404}");
        }
    }

    private void takePost(HttpExchange exchange, String body) throws IOException {
        try {
            JsonObject post = JsonParser.parseString(body).getAsJsonObject();
            String problem = problemOfPost(post);
            if (problem.isEmpty()) {
                posted.add(post);
                answer(exchange, 200, "ok");
            } else {
                answer(exchange, 400, "{\"id\":\"web.incoming_webhook\",\"message\":\"" + problem + "\"}");
            }
        } catch (JsonParseException | IllegalStateException e) {
            answer(exchange, 400, "{\"message\":\"Unable to parse incoming data.\",\"status_code\":400}");
        }
    }

    private static String problemOfPost(JsonObject post) {
        if (!post.has("text") && !post.has("attachments")) {
            return "No text or attachments specified.";
        }
        if (post.has("text") && length(post.get("text").getAsString()) > LONGEST_POST) {
            return "Too long.";
        }
        if (post.has("attachments")) {
            if (length(post.get("attachments").toString()) > LONGEST_PROPERTIES) {
                return "Maximum attachments length is 7600 characters.";
            }
            for (JsonElement element : post.getAsJsonArray("attachments")) {
                JsonObject attachment = element.getAsJsonObject();
                String colour = attachment.has("color") ? attachment.get("color").getAsString() : "#000000";
                if (!attachment.has("fallback") || !colour.matches("#[0-9a-f]{6}")) {
                    return "An attachment needs a fallback, and a color in hex.";
                }
                for (JsonElement field : attachment.getAsJsonArray("fields")) {
                    if (!field.getAsJsonObject().keySet().equals(Set.of("title", "value", "short"))) {
                        return "A field has title, value and short.";
                    }
                }
            }
        }
        return "";
    }

    private void takeMessage(HttpExchange exchange, String path, String body) throws IOException {
        if (!path.equals("/bot" + TOKEN + "/sendMessage")) {
            answer(exchange, 401, "{\"ok\":false,\"error_code\":401,\"description\":\"Unauthorized\"}");
            return;
        }
        JsonObject message = JsonParser.parseString(body).getAsJsonObject();
        String problem = problemOfMessage(message);
        if (problem.isEmpty()) {
            posted.add(message);
            answer(exchange, 200, "{\"ok\":true,\"result\":{\"message_id\":1}}");
        } else {
            answer(exchange, 400, "{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: " + problem + "\"}");
        }
    }

    private static String problemOfMessage(JsonObject message) {
        if (!message.get("chat_id").getAsString().equals(CHAT)) {
            return "chat not found";
        }
        String text = message.get("text").getAsString();
        if (message.get("parse_mode").getAsString().equals("HTML")) {
            String unknown = text.replaceAll("</?(b|pre)>|<a href=\"[^\"<>]*\">|</a>", "")
                    .replaceAll("&(lt|gt|amp|quot);", "");
            if (unknown.matches("(?s).*[<>&].*")) {
                return "can't parse entities";
            }
            text = readable(text);
        }
        return text.isEmpty() ? "message text is empty" : text.length() > LONGEST_MESSAGE ? "message is too long" : "";
    }

    /** What a person sees of a text in HTML. */
    static String readable(String html) {
        return html.replaceAll("<[^>]*>", "").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"")
                .replace("&amp;", "&");
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
