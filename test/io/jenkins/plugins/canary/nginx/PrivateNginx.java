package io.jenkins.plugins.canary.nginx;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The real nginx with its own directory, ports and processes. */
final class PrivateNginx implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path directory;
    private Process process;

    PrivateNginx(Path directory) {
        this.directory = directory;
    }

    record Verdict(int exit, String said) {

        boolean accepted() {
            return exit == 0;
        }
    }

    record Answer(int status, String headers, String body) {

        String header(String name) {
            return headers.lines().filter(line -> line.toLowerCase().startsWith(name.toLowerCase() + ": "))
                    .map(line -> line.substring(name.length() + 2)).findFirst().orElse("");
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** A main file that keeps all of nginx's own files in its directory. */
    static String main(String http) {
        return """
                pid nginx.pid;
                worker_processes 1;
                worker_shutdown_timeout 1s;
                events { worker_connections 64; }
                http {
                    access_log off;
                    types_hash_bucket_size 8192;
                    map_hash_bucket_size 8192;
                    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi; scgi_temp_path scgi;
                """ + http + "\n}\n";
    }

    Path write(String name, byte[] bytes) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, bytes);
    }

    Path write(String name, String text) throws IOException {
        return write(name, text.getBytes(ISO_8859_1));
    }

    /** All configuration files, by absolute path. */
    Map<String, byte[]> files(String... names) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String name : names) {
            files.put(path(name), Files.readAllBytes(directory.resolve(name)));
        }
        return files;
    }

    String path(String name) {
        return directory.resolve(name).toString();
    }

    Verdict test(String main) throws Exception {
        Process test = command("-t", "-c", path(main)).redirectErrorStream(true).start();
        String said = new String(test.getInputStream().readAllBytes(), UTF_8);
        assertThat(test.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return new Verdict(test.exitValue(), said);
    }

    /** What {@code nginx -T} prints: every loaded file. */
    String dump(String main) throws Exception {
        Process dump = command("-T", "-q", "-c", path(main)).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String text = new String(dump.getInputStream().readAllBytes(), UTF_8);
        assertThat(dump.waitFor()).isZero();
        return text;
    }

    void start(String main, int port) throws Exception {
        process = command("-c", path(main), "-g", "daemon off;")
                .redirectErrorStream(true).redirectOutput(directory.resolve("nginx.out").toFile()).start();
        Instant end = Instant.now().plus(PATIENCE);
        while (!listens(port)) {
            if (!process.isAlive() || Instant.now().isAfter(end)) {
                throw new AssertionError("nginx does not listen on " + port + ": "
                        + Files.readString(directory.resolve("nginx.out")));
            }
            Thread.onSpinWait();
        }
    }

    void reload() throws Exception {
        Process kill = new ProcessBuilder("kill", "-HUP", String.valueOf(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    /** From the address that is asked: the machine itself. */
    Answer get(String to, int port, String host, String path) throws IOException {
        return get(to, to, port, host, path);
    }

    /** A status of 0 stands for a connection that was closed without an answer. */
    Answer get(String from, String to, int port, String host, String path) throws IOException {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(from, 0));
            socket.connect(new InetSocketAddress(to, port), 5000);
            return exchange(socket, host, path);
        }
    }

    static Answer exchange(Socket socket, String host, String path) throws IOException {
        socket.setSoTimeout(5000);
        socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: " + host
                + "\r\nConnection: close\r\n\r\n").getBytes(ISO_8859_1));
        InputStream in = socket.getInputStream();
        String all = new String(in.readAllBytes(), ISO_8859_1);
        if (all.isEmpty()) {
            return new Answer(0, "", "");
        }
        int blank = all.indexOf("\r\n\r\n");
        return new Answer(Integer.parseInt(all.substring(9, 12)), all.substring(0, blank), all.substring(blank + 4));
    }

    private ProcessBuilder command(String... words) {
        List<String> all = new ArrayList<>(
                List.of("/usr/sbin/nginx", "-p", directory.toString(), "-e", "stderr"));
        all.addAll(List.of(words));
        return new ProcessBuilder(all);
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroy();
            process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
        }
    }
}
