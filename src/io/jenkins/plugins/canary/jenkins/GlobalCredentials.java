package io.jenkins.plugins.canary.jenkins;

import com.cloudbees.jenkins.plugins.sshcredentials.SSHUserPrivateKey;
import com.cloudbees.plugins.credentials.CredentialsMatchers;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import hudson.model.Item;
import hudson.security.ACL;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import hudson.util.Secret;
import io.jenkins.plugins.canary.host.Login;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import jenkins.model.Jenkins;

/** The controller's own credentials, which an administrator chooses from; each call asks for that permission. */
final class GlobalCredentials {

    /** Jenkins itself, no folder. */
    private static final Item NO_ITEM = null;

    private GlobalCredentials() {}

    static ListBoxModel choices(Class<? extends StandardCredentials> type, String current) {
        StandardListBoxModel choices = new StandardListBoxModel();
        if (!Jenkins.get().hasPermission(Jenkins.ADMINISTER)) {
            choices.includeCurrentValue(current);
            return choices;
        }
        choices.includeEmptyValue();
        choices.includeAs(ACL.SYSTEM2, NO_ITEM, type, List.of());
        choices.includeCurrentValue(current);
        return choices;
    }

    static FormValidation check(Class<? extends StandardCredentials> type, String id, String otherwise) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        String wanted = NamedHost.stripped(id);
        return wanted.isEmpty() || find(type, wanted).isPresent()
                ? FormValidation.ok() : FormValidation.error(Messages.text(otherwise, wanted));
    }

    static <C extends StandardCredentials> Optional<C> find(Class<C> type, String id) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        return Optional.ofNullable(CredentialsMatchers.firstOrNull(
                CredentialsProvider.lookupCredentialsInItem(type, NO_ITEM, ACL.SYSTEM2, List.of()),
                CredentialsMatchers.withId(id)));
    }

    static Login login(SSHUserPrivateKey credential) {
        String key = String.join("\n", credential.getPrivateKeys());
        return new Login.KeyContent(credential.getId(), key.getBytes(StandardCharsets.UTF_8),
                Secret.toString(credential.getPassphrase()).getBytes(StandardCharsets.UTF_8));
    }
}
