package io.jenkins.plugins.canary.nginx;

/** An upstream whose share cannot be set, or would not mean a share of requests. Nothing was changed. */
public final class UnsuitableUpstream extends UnsuitableConfig {

    public UnsuitableUpstream(String path, int line, String found, String remedy) {
        super(path, line, found, remedy);
    }
}
