package io.jenkins.plugins.canary.nginx;

/** A text that NGINX could not read either. The message begins with path, line and column. */
public final class NginxSyntaxException extends RuntimeException {

    private final String path;
    private final int line;
    private final int column;

    /**
     * @param line counted from 1
     * @param column in bytes, counted from 1
     */
    public NginxSyntaxException(String path, int line, int column, String message) {
        super(path + ":" + line + ":" + column + ": " + message);
        this.path = path;
        this.line = line;
        this.column = column;
    }

    public String path() {
        return path;
    }

    public int line() {
        return line;
    }

    public int column() {
        return column;
    }
}
