package io.jenkins.plugins.canary.event;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The texts that must not leave the engine, and the mask put over them. A secret is masked as it stands, in
 * base64 (also where it starts at another offset of an encoded text, as in {@code user:secret}) and URL-encoded.
 * Safe for use by several threads.
 */
public final class Secrets {

    public static final String MASK = "****";

    /** Shorter values would mask ordinary words. */
    public static final int SHORTEST = 4;

    private static final Pattern LINE = Pattern.compile("(?m)^[ \\t]*[^#=\\s][^=\\r\\n]*=([^\\r\\n]*)");
    private static final Pattern QUOTED = Pattern.compile(
            "(?m)^[ \\t]*[^#=\\s][^=\\r\\n]*=[ \\t]*(\"(?:[^\"\\\\]|\\\\.)*\"|'[^']*')");

    /** RFC 3986, 2.1: its two digits mean the same in small and in capital letters. */
    private static final Pattern ESCAPE = Pattern.compile("%[0-9A-F]{2}");

    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final List<String> forms = new CopyOnWriteArrayList<>();

    /** Adds a secret; one of several lines is also masked line by line, since logs break lines. */
    public void add(String secret) {
        addOne(secret);
        if (secret.indexOf('\n') >= 0) {
            secret.lines().map(String::strip).forEach(this::addOne);
        }
    }

    /** Adds every value of a {@code .env} file, one that its quotes carry over several lines too. */
    public void addValuesOf(String envFile) {
        for (Pattern pair : List.of(LINE, QUOTED)) {
            Matcher pairs = pair.matcher(envFile);
            while (pairs.find()) {
                String value = pairs.group(1).strip();
                add(value);
                add(unquoted(value));
            }
        }
    }

    /** The text with every secret in it replaced. */
    public String mask(String text) {
        String masked = text;
        for (String form : forms) {
            masked = masked.replace(form, MASK);
        }
        return masked;
    }

    private void addOne(String secret) {
        if (secret.length() < SHORTEST || !known.add(secret)) {
            return;
        }
        forms.add(secret);
        String url = URLEncoder.encode(secret, StandardCharsets.UTF_8);
        for (String form : List.of(url, url.replace("+", "%20"))) {
            forms.add(form);
            forms.add(ESCAPE.matcher(form).replaceAll(escape -> escape.group().toLowerCase(Locale.ROOT)));
        }
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        for (int offset = 0; offset < 3; offset++) {
            String base64 = base64At(bytes, offset);
            forms.add(base64);
            forms.add(base64.replace('+', '-').replace('/', '_'));
        }
        // The longest first, or a part of a secret that is a secret too would leave the rest readable.
        forms.sort(Comparator.comparingInt(String::length).reversed());
    }

    /** The characters of a base64 text that depend on nothing but these bytes, which start at an offset modulo 3. */
    private static String base64At(byte[] bytes, int offset) {
        byte[] shifted = new byte[bytes.length + offset];
        System.arraycopy(bytes, 0, shifted, offset, bytes.length);
        String encoded = Base64.getEncoder().withoutPadding().encodeToString(shifted);
        int from = (offset * 8 + 5) / 6;
        int to = shifted.length * 8 / 6;
        return encoded.substring(from, to);
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2
                && (value.charAt(0) == '"' || value.charAt(0) == '\'')
                && value.charAt(value.length() - 1) == value.charAt(0);
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
