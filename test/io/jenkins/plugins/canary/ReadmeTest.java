package io.jenkins.plugins.canary;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** README.md and README.ko.md say the same, as far as a program can tell. */
class ReadmeTest {

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```[a-z]*\\n.*?^```$");
    private static final Pattern LINK = Pattern.compile("\\]\\(((?:docs|examples)[^)]*)\\)");

    /** Where a command's explanation begins, which is in the reader's language. */
    private static final int EXPLANATION = 80;

    @Test
    void hasTheSameCommandsAndOutputsInBothLanguages() throws IOException {
        assertThat(blocks("README.ko.md")).isEqualTo(blocks("README.md"));
    }

    @Test
    void hasAsManySectionsInBothLanguages() throws IOException {
        assertThat(levels("README.ko.md")).isEqualTo(levels("README.md"));
    }

    @Test
    void leadsToTheSamePagesInBothLanguages() throws IOException {
        List<String> english = links("README.md");

        assertThat(links("README.ko.md")).containsExactlyInAnyOrderElementsOf(english);
        assertThat(english).allSatisfy(link -> assertThat(Path.of(link.replaceFirst("#.*", ""))).exists());
    }

    private static List<String> blocks(String file) throws IOException {
        return BLOCK.matcher(Files.readString(Path.of(file))).results()
                .map(found -> String.join("\n", found.group().lines().map(ReadmeTest::command).toList())).toList();
    }

    private static String command(String line) {
        boolean explained = line.startsWith("bin/canary") && line.length() > EXPLANATION
                && line.charAt(EXPLANATION - 1) == ' ';
        return explained ? line.substring(0, EXPLANATION).strip() : line;
    }

    private static List<Integer> levels(String file) throws IOException {
        String prose = BLOCK.matcher(Files.readString(Path.of(file))).replaceAll("");
        return prose.lines().filter(line -> line.startsWith("#")).map(line -> line.indexOf(' ')).toList();
    }

    private static List<String> links(String file) throws IOException {
        return LINK.matcher(Files.readString(Path.of(file))).results().map(found -> found.group(1)).toList();
    }
}
