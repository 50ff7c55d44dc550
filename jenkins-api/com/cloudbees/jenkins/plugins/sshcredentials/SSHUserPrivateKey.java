package com.cloudbees.jenkins.plugins.sshcredentials;

import java.util.List;

public interface SSHUserPrivateKey extends SSHUser {
    hudson.util.Secret getPassphrase();

    List<String> getPrivateKeys();

    default String getPrivateKey() {
        return null;
    }
}
