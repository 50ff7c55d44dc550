package io.jenkins.plugins.canary.nginx;

/** A config that is valid for NGINX but that a share cannot be set in. Nothing was changed. */
public class UnsuitableConfig extends RuntimeException {

    private final String path;
    private final int line;

    /**
     * @param line counted from 1
     * @param found what stands there
     * @param remedy what the operator can do
     */
    public UnsuitableConfig(String path, int line, String found, String remedy) {
        super(path + ":" + line + ": " + found + ". " + remedy);
        this.path = path;
        this.line = line;
    }

    public String path() {
        return path;
    }

    public int line() {
        return line;
    }
}
