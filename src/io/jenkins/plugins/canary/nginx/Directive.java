package io.jenkins.plugins.canary.nginx;

import java.util.List;

/**
 * One directive.
 *
 * @param span from its name to its {@code ;} or closing brace, both included
 * @param line the line its name stands on, counted from 1
 */
public record Directive(Word name, List<Word> args, Span span, int line, Body body) {

    /** What ends a directive: a semicolon, a block of directives, or a block that is not NGINX's language. */
    public sealed interface Body {
    }

    public record Semicolon() implements Body {
    }

    /** @param inside between the braces */
    public record Block(Span inside, List<Directive> children) implements Body {

        public Block {
            children = List.copyOf(children);
        }
    }

    /**
     * The Lua of a {@code …_by_lua_block}.
     *
     * @param inside between the braces
     */
    public record Raw(Span inside) implements Body {
    }

    public Directive {
        args = List.copyOf(args);
    }

    /** Whether NGINX takes this for the directive of that name; it compares after removing quotes and escapes. */
    public boolean is(String directive) {
        return name.value().equals(directive);
    }

    /** The argument's value, or an empty text where there is none. */
    public String arg(int index) {
        return index < args.size() ? args.get(index).value() : "";
    }

    /** The directives of its block; none where it has no block. */
    public List<Directive> children() {
        return body instanceof Block block ? block.children() : List.of();
    }
}
