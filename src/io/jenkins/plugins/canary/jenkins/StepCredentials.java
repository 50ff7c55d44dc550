package io.jenkins.plugins.canary.jenkins;

import com.cloudbees.jenkins.plugins.sshcredentials.SSHUserPrivateKey;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.IdCredentials;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import hudson.AbortException;
import hudson.model.Run;
import hudson.util.Secret;
import io.jenkins.plugins.canary.jenkins.HostAccess.Key;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jenkinsci.plugins.plaincredentials.FileCredentials;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/** Credentials as a build may use them; each use is recorded with the credential. */
final class StepCredentials {

    private final Run<?, ?> run;

    StepCredentials(Run<?, ?> run) {
        this.run = run;
    }

    Key sshKey(String parameter, String id) throws AbortException {
        SSHUserPrivateKey found = find(parameter, id, SSHUserPrivateKey.class, "SSH Username with private key");
        if (found.getPrivateKeys().isEmpty()) {
            throw new AbortException(parameter + ": the credential `" + id + "` has no private key in it");
        }
        String passphrase = Optional.ofNullable(found.getPassphrase()).map(Secret::getPlainText).orElse("");
        return new Key(id, Optional.ofNullable(found.getUsername()).orElse(""), found.getPrivateKeys().get(0),
                passphrase);
    }

    byte[] file(String parameter, String id) throws AbortException {
        FileCredentials found = find(parameter, id, FileCredentials.class, "Secret file");
        try (InputStream content = found.getContent()) {
            return content.readAllBytes();
        } catch (IOException e) {
            throw new AbortException(
                    parameter + ": the file of the credential `" + id + "` can't be read: " + e.getMessage());
        }
    }

    String text(String parameter, String id) throws AbortException {
        return find(parameter, id, StringCredentials.class, "Secret text").getSecret().getPlainText();
    }

    private <C extends StandardCredentials> C find(String parameter, String id, Class<C> type, String kind)
            throws AbortException {
        C found = CredentialsProvider.findCredentialById(id, type, run);
        if (found != null) {
            return CredentialsProvider.track(run, found);
        }
        boolean ofAnotherKind = CredentialsProvider.findCredentialById(id, IdCredentials.class, run) != null;
        throw new AbortException(parameter + ": " + (ofAnotherKind
                ? "the credential `" + id + "` is not of the kind \"" + kind + "\", which is needed here"
                : "there is no credential with the id `" + id + "` that this job may use; one of the kind \"" + kind
                        + "\" is needed. They are under Manage Jenkins > Credentials, or in the job's folder"));
    }
}
