package io.jenkins.plugins.canary.jenkins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

/** What is in {@code canary-deploy.hpi}, which Maven has made from the classes under test. */
class PluginArchiveTest {

    private static final Path PLUGIN = Path.of("target/canary-deploy.hpi");
    private static final String OWN_JAR = "WEB-INF/lib/canary-deploy.jar";

    private static Map<String, byte[]> entries(InputStream zip) throws IOException {
        Map<String, byte[]> entries = new HashMap<>();
        try (ZipInputStream in = new ZipInputStream(zip)) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (!entry.isDirectory()) {
                    entries.put(entry.getName(), in.readAllBytes());
                }
            }
        }
        return entries;
    }

    private static Map<String, byte[]> plugin() throws IOException {
        return entries(Files.newInputStream(PLUGIN));
    }

    private static Map<String, byte[]> ownJar() throws IOException {
        return entries(new ByteArrayInputStream(plugin().get(OWN_JAR)));
    }

    @Test
    void hasTheSameManifestOutsideAndInTheJar() throws IOException {
        Attributes outside = manifest(plugin());
        Attributes inside = manifest(ownJar());

        assertThat(inside).isEqualTo(outside);
        assertThat(outside.getValue("Short-Name")).isEqualTo("canary-deploy");
        assertThat(outside.getValue("Extension-Name")).isEqualTo("canary-deploy");
        assertThat(outside.getValue("Group-Id")).isEqualTo("io.jenkins.plugins");
        assertThat(outside.getValue("Long-Name")).isEqualTo("Canary Deploy");
        assertThat(outside.getValue("Plugin-Version")).matches("[0-9]+(\\.[0-9]+)+");
        assertThat(outside.getValue("Jenkins-Version")).isEqualTo("2.479.3");
        assertThat(outside.getValue("Minimum-Java-Version")).isEqualTo("17");
        assertThat(outside.getValue("Support-Dynamic-Loading")).isEqualTo("true");
        assertThat(outside.getValue("Plugin-License-Name")).isEqualTo("MIT License");
        assertThat(outside.getValue("Url")).startsWith("https://");
        assertThat(outside.getValue("Plugin-Dependencies").replaceAll(":[^,]+", "").split(","))
                .containsExactlyInAnyOrder("workflow-step-api", "credentials", "ssh-credentials", "plain-credentials",
                        "structs");
    }

    private static Attributes manifest(Map<String, byte[]> entries) throws IOException {
        return new Manifest(new ByteArrayInputStream(entries.get("META-INF/MANIFEST.MF"))).getMainAttributes();
    }

    @Test
    void namesItsExtensionsToJenkins() throws IOException {
        Map<String, byte[]> jar = ownJar();

        assertThat(jar).containsKey("META-INF/annotations/hudson.Extension").containsKey("index.jelly");
        assertThat(new String(jar.get("META-INF/annotations/hudson.Extension"),
                java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("CanaryDeployStep$DescriptorImpl").contains("SetNginxWeightsStep$DescriptorImpl")
                .contains("PromoteCanaryStep$DescriptorImpl").contains("RollbackStableStep$DescriptorImpl")
                .contains("CanaryConfiguration");
    }

    @Test
    void hasNoSignatureOfJenkinsAndNothingThatJenkinsHas() throws IOException {
        assertThat(ownJar().keySet()).allMatch(name -> name.startsWith("io/jenkins/plugins/canary/")
                || name.startsWith("META-INF/") || name.equals("index.jelly"));
        assertThat(ownJar().keySet()).noneMatch(name -> name.startsWith("io/jenkins/plugins/canary/cli/"));
        assertThat(plugin().keySet()).filteredOn(name -> name.startsWith("WEB-INF/lib/"))
                .noneMatch(name -> name.matches(".*/(guava|jakarta|sezpoz|localizer|groovy|picocli|junit|xstream).*"));
    }

    /** Remoting reads the base classes only. */
    @Test
    void givesAgentsTheClassesOfTheirJava() throws IOException {
        try (Stream<Path> libraries = Files.list(Path.of("target/plugin/libraries"))) {
            Path jsch = libraries.filter(file -> file.getFileName().toString().startsWith("jsch-")).findFirst()
                    .orElseThrow();
            Map<String, byte[]> flat = entries(
                    new ByteArrayInputStream(plugin().get("WEB-INF/lib/" + jsch.getFileName())));
            assertThat(flat.keySet()).noneMatch(name -> name.startsWith("META-INF/versions/"));
            try (JarFile original = new JarFile(jsch.toFile(), true, JarFile.OPEN_READ, Runtime.Version.parse("17"))) {
                for (String name : List.of("com/jcraft/jsch/jce/XDH.class", "com/jcraft/jsch/jce/KeyPairGenEdDSA.class",
                        "com/jcraft/jsch/UnixDomainSocketFactory.class")) {
                    ZipEntry entry = original.getJarEntry(name);
                    if (entry != null) {
                        assertThat(flat.get(name)).as(name)
                                .isEqualTo(original.getInputStream(entry).readAllBytes());
                    }
                }
            }
        }
        for (var library : plugin().entrySet()) {
            if (library.getKey().endsWith(".jar") && !library.getKey().equals(OWN_JAR)) {
                assertThat(entries(new ByteArrayInputStream(library.getValue())).keySet()).as(library.getKey())
                        .filteredOn(name -> name.startsWith("META-INF/versions/"))
                        .allMatch(name -> name.endsWith("/module-info.class")
                                || name.matches("META-INF/versions/[0-9]+/OSGI-INF/.*"));
            }
        }
    }
}
