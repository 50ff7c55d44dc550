package io.jenkins.plugins.canary.nginx;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * All files that NGINX loads from one main file, and how they include each other. Immutable.
 *
 * <p>Paths are absolute and as they were included: for {@code sites-enabled/app} that links to
 * {@code sites-available/app} the first is the path. {@code nginx -T} names them so.
 */
public final class ConfigTree {

    private final String main;
    private final Map<String, byte[]> given;
    private final TreeMap<String, String> pathByOctets = new TreeMap<>();
    private final Map<String, ConfigFile> files = new LinkedHashMap<>();
    private final Map<String, List<Inclusion>> inclusions = new HashMap<>();
    private final List<Located> directives = new ArrayList<>();

    /** One {@code include} and the files it stands for, in the order NGINX reads them. */
    private record Inclusion(Directive directive, String pattern, List<String> paths) {
    }

    private ConfigTree(String main, Map<String, byte[]> given) {
        this.main = main;
        this.given = given;
        given.keySet().forEach(path -> pathByOctets.put(plain(octets(path)), path));
        load(main, new HashSet<>());
        walk(main, files.get(main).directives(), List.of());
    }

    /**
     * @param main the path of the main file
     * @param files path to bytes; may hold files that are not loaded, they are not looked at. A file that is
     *     included and not given counts as missing: see {@link #includes}
     * @throws NginxSyntaxException a loaded file could not be read by NGINX either
     * @throws UnsuitableConfig the main file is not given, or a file includes itself
     */
    public static ConfigTree of(String main, Map<String, byte[]> files) {
        if (!files.containsKey(main)) {
            throw new UnsuitableConfig(main, 1, "the main file was not read",
                    "Check the path: `nginx -V` prints it as --conf-path, `ps` shows another one after -c");
        }
        return new ConfigTree(main, new LinkedHashMap<>(files));
    }

    public String main() {
        return main;
    }

    /** The files that NGINX loads, in the order it first meets them. */
    public Map<String, ConfigFile> files() {
        return Collections.unmodifiableMap(files);
    }

    /** The absolute pattern of every {@code include}, for reading what is missing here. */
    public List<String> includes() {
        return files.keySet().stream().flatMap(path -> inclusions.get(path).stream())
                .map(inclusion -> path(inclusion.pattern())).distinct().toList();
    }

    /** Every directive in the order NGINX reads it, at any depth, {@code include} itself among them. */
    public List<Located> directives() {
        return Collections.unmodifiableList(directives);
    }

    /** The directives of that name directly in that context, such as {@code directives("listen", "http", "server")}. */
    public List<Located> directives(String name, String... context) {
        List<String> wanted = List.of(context);
        return directives.stream()
                .filter(found -> found.directive().is(name) && found.context().equals(wanted)).toList();
    }

    /** The HTTP upstream of that name. */
    public Optional<Located> upstream(String name) {
        return directives("upstream", "http").stream()
                .filter(found -> found.directive().arg(0).equals(name)).findFirst();
    }

    /** The HTTP servers, in the order NGINX reads them. */
    public List<HttpServer> servers() {
        List<HttpServer> servers = new ArrayList<>();
        List<Located> inside = new ArrayList<>();
        Located block = null;
        for (Located found : directives) {
            if (found.context().equals(HttpServer.AROUND)) {
                if (block != null) {
                    servers.add(new HttpServer(block, inside));
                }
                block = found.directive().is("server") ? found : null;
                inside.clear();
            } else if (found.context().equals(HttpServer.INSIDE)) {
                inside.add(found);
            }
        }
        if (block != null) {
            servers.add(new HttpServer(block, inside));
        }
        return servers;
    }

    /** Every {@code listen} of the HTTP servers, in the order NGINX reads them. */
    public List<Listen> listens() {
        return servers().stream().flatMap(server -> server.listens().stream()).toList();
    }

    /** The tree with other contents of some files; a path that is new may now be included. */
    public ConfigTree with(Map<String, byte[]> changed) {
        Map<String, byte[]> all = new LinkedHashMap<>(given);
        all.putAll(changed);
        return of(main, all);
    }

    /**
     * What to write beside the real files so that {@code nginx -t -c} on the staged main file tests the changed
     * config: the changed files, and every file on the way from the main file to one of them, each as
     * {@link #stagedPath}. An {@code include} that leads to a staged file is replaced, on its line, by one
     * {@code include} for each file it stands for; so line numbers in NGINX's messages stay true. The staged
     * main file stands in the same directory, which is what relative includes are relative to.
     *
     * @param by whose copies they are: others may test theirs at the same time
     * @throws UnsuitableConfig one of the changed files is not loaded by NGINX
     */
    public Map<String, byte[]> staged(Map<String, byte[]> changed, String by) {
        ConfigTree after = with(changed);
        for (String path : changed.keySet()) {
            if (!after.files.containsKey(path)) {
                throw new UnsuitableConfig(path, 1, "NGINX does not load this file: no include reaches it from " + main,
                        "Name a file that is loaded (`nginx -T` lists them), or include it");
            }
        }
        Set<String> staged = after.leadingTo(changed.keySet());
        Map<String, byte[]> written = new LinkedHashMap<>();
        for (String path : after.files.keySet()) {
            if (staged.contains(path)) {
                written.put(stagedPath(path, by), after.stagedCopy(path, staged, by).bytes());
            }
        }
        return written;
    }

    /** Where the staged copy of a file is written: hidden, so that no wildcard of an include finds it. */
    public static String stagedPath(String path, String by) {
        int name = path.lastIndexOf('/') + 1;
        return path.substring(0, name) + "." + path.substring(name) + "." + by + ".canary-staged";
    }

    private Set<String> leadingTo(Set<String> changed) {
        Set<String> found = new HashSet<>(changed);
        found.add(main);
        boolean grew = true;
        while (grew) {
            grew = false;
            for (String path : files.keySet()) {
                boolean leads = inclusions.get(path).stream()
                        .flatMap(inclusion -> inclusion.paths().stream()).anyMatch(found::contains);
                grew |= leads && found.add(path);
            }
        }
        return found;
    }

    private ConfigFile stagedCopy(String path, Set<String> staged, String by) {
        List<Edit> edits = new ArrayList<>();
        for (Inclusion inclusion : inclusions.get(path)) {
            if (inclusion.paths().stream().anyMatch(staged::contains)) {
                List<String> explicit = inclusion.paths().stream()
                        .map(target -> "include " + quoted(Glob.literal(
                                octets(staged.contains(target) ? stagedPath(target, by) : target))) + ";").toList();
                edits.add(new Edit(inclusion.directive().span(), String.join(" ", explicit)));
            }
        }
        return files.get(path).edited(edits);
    }

    private void load(String path, Set<String> chain) {
        if (files.containsKey(path)) {
            return;
        }
        chain.add(path);
        ConfigFile file = ConfigFile.parse(path, given.get(path));
        files.put(path, file);
        List<Inclusion> found = new ArrayList<>();
        collect(file.directives(), found);
        inclusions.put(path, List.copyOf(found));
        for (Inclusion inclusion : found) {
            for (String target : inclusion.paths()) {
                if (chain.contains(target)) {
                    throw new UnsuitableConfig(path, inclusion.directive().line(),
                            "this include leads back to " + target, "NGINX cannot load that either: remove the circle");
                }
                load(target, chain);
            }
        }
        chain.remove(path);
    }

    private void collect(List<Directive> block, List<Inclusion> found) {
        for (Directive directive : block) {
            if (isInclude(directive)) {
                found.add(resolve(directive));
            }
            collect(directive.children(), found);
        }
    }

    /** Relative paths are relative to the main file's directory wherever the include stands (nginx.org, -c and -p). */
    private Inclusion resolve(Directive directive) {
        String argument = directive.arg(0);
        String directory = octets(main.substring(0, main.lastIndexOf('/') + 1));
        String pattern = argument.startsWith("/") ? argument : directory + argument;
        String searched = plain(pattern);
        if (!Glob.isPattern(searched)) {
            String path = pathByOctets.get(searched);
            return new Inclusion(directive, pattern, path == null ? List.of() : List.of(path));
        }
        Pattern glob = Glob.compile(searched);
        List<String> paths = pathByOctets.entrySet().stream()
                .filter(entry -> glob.matcher(entry.getKey()).matches()).map(Map.Entry::getValue).toList();
        return new Inclusion(directive, pattern, paths);
    }

    private void walk(String path, List<Directive> block, List<String> context) {
        for (Directive directive : block) {
            directives.add(new Located(path, directive, context));
            if (isInclude(directive)) {
                for (String target : resolved(path, directive)) {
                    walk(target, files.get(target).directives(), context);
                }
            }
            if (!directive.children().isEmpty()) {
                List<String> inner = new ArrayList<>(context);
                inner.add(directive.name().value());
                walk(path, directive.children(), List.copyOf(inner));
            }
        }
    }

    private List<String> resolved(String path, Directive directive) {
        return inclusions.get(path).stream().filter(inclusion -> inclusion.directive() == directive)
                .findFirst().map(Inclusion::paths).orElseThrow();
    }

    private static boolean isInclude(Directive directive) {
        return directive.is("include") && directive.args().size() == 1
                && directive.body() instanceof Directive.Semicolon;
    }

    /** A path as NGINX sees it, one character for each byte; so it also sorts as glob(3) sorts. */
    private static String octets(String path) {
        return new String(path.getBytes(UTF_8), ISO_8859_1);
    }

    private static String path(String octets) {
        return new String(octets.getBytes(ISO_8859_1), UTF_8);
    }

    private static String plain(String path) {
        return path.contains("//") || path.contains("/./")
                ? path.replaceAll("/+", "/").replaceAll("/(\\./)+", "/") : path;
    }

    private static String quoted(String path) {
        boolean bare = path.chars().allMatch(c -> Character.isLetterOrDigit(c) || "/._-+:@,*?[]".indexOf(c) >= 0);
        return bare ? path : '"' + path.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
