package io.jenkins.plugins.canary.jenkins;

import com.cloudbees.jenkins.plugins.sshcredentials.SSHUserPrivateKey;
import hudson.AbortException;
import hudson.Extension;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.canary.host.Address;
import io.jenkins.plugins.canary.host.HostException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import jenkins.model.Jenkins;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * A host that an administrator vouches for: what stands here is used instead of what a plan says of the host with this
 * name. Texts are never null; an empty one is not set. Kept in the configuration's file.
 */
public final class NamedHost extends AbstractDescribableImpl<NamedHost> {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*");
    static final Pattern ADDRESS = Pattern.compile("[A-Za-z0-9_:][A-Za-z0-9._:-]*");
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*");

    private final String name;
    private final String address;
    private int port = Address.DEFAULT_PORT;
    private String user = "";
    private String hostKey = "";
    private String nginxCommand = "";
    private String credentialsId = "";

    @DataBoundConstructor
    public NamedHost(String name, String address) {
        this.name = stripped(name);
        this.address = stripped(address);
    }

    public String getName() {
        return name;
    }

    public String getAddress() {
        return address;
    }

    public int getPort() {
        return port;
    }

    @DataBoundSetter
    public void setPort(int port) {
        this.port = port;
    }

    /** Who logs in; empty: the user that the plan names. */
    public String getUser() {
        return user;
    }

    @DataBoundSetter
    public void setUser(String user) {
        this.user = stripped(user);
    }

    /** Lines of {@code known_hosts} without the name. */
    public String getHostKey() {
        return hostKey;
    }

    @DataBoundSetter
    public void setHostKey(String hostKey) {
        this.hostKey = stripped(hostKey);
    }

    /** Empty: the command that the plan names. */
    public String getNginxCommand() {
        return nginxCommand;
    }

    @DataBoundSetter
    public void setNginxCommand(String nginxCommand) {
        this.nginxCommand = stripped(nginxCommand);
    }

    /** The SSH key for steps that name none. */
    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = stripped(credentialsId);
    }

    /**
     * The host's keys as the text of a {@code known_hosts} file; empty where the administrator gave none.
     *
     * @throws AbortException what is written there is no key; the message says which line and why
     */
    public String knownHosts() throws AbortException {
        HostKeyText text = HostKeyText.of(hostKey);
        if (text.problem().isPresent()) {
            throw new AbortException(Messages.text("NamedHost.hostKeyWrong", name, text.problem().get()));
        }
        return text.knownHosts(port == Address.DEFAULT_PORT ? address : "[" + address + "]:" + port);
    }

    static String stripped(String text) {
        return text == null ? "" : text.strip();
    }

    @Extension
    @Symbol("canaryHost")
    public static final class DescriptorImpl extends Descriptor<NamedHost> {

        @Override
        public String getDisplayName() {
            return Messages.text("NamedHost.displayName");
        }

        @POST
        public FormValidation doCheckName(@QueryParameter String value) {
            return matches(value, NAME, "NamedHost.nameWrong");
        }

        @POST
        public FormValidation doCheckAddress(@QueryParameter String value) {
            return matches(value, ADDRESS, "NamedHost.addressWrong");
        }

        @POST
        public FormValidation doCheckPort(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return portOf(value).isPresent()
                    ? FormValidation.ok() : FormValidation.error(Messages.text("NamedHost.portWrong", value));
        }

        @POST
        public FormValidation doCheckUser(@QueryParameter String value) {
            return stripped(value).isEmpty() ? FormValidation.ok() : matches(value, USER, "NamedHost.userWrong");
        }

        @POST
        public FormValidation doCheckHostKey(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            HostKeyText text = HostKeyText.of(stripped(value));
            if (text.problem().isPresent()) {
                return FormValidation.error(text.problem().get());
            }
            return text.keys().isEmpty()
                    ? FormValidation.warning(Messages.text("NamedHost.hostKeyMissing")) : FormValidation.ok();
        }

        @POST
        public ListBoxModel doFillCredentialsIdItems(@QueryParameter String credentialsId) {
            return GlobalCredentials.choices(SSHUserPrivateKey.class, credentialsId);
        }

        @POST
        public FormValidation doCheckCredentialsId(@QueryParameter String value) {
            return GlobalCredentials.check(SSHUserPrivateKey.class, value, "NamedHost.credentialMissing");
        }

        /** Logs in from the controller, as the form has it now. */
        @POST
        public FormValidation doTestConnection(@QueryParameter String name, @QueryParameter String address,
                @QueryParameter String port, @QueryParameter String user, @QueryParameter String hostKey,
                @QueryParameter String nginxCommand, @QueryParameter String credentialsId) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            if (stripped(name).isEmpty() || !ADDRESS.matcher(stripped(address)).matches()
                    || !USER.matcher(stripped(user)).matches() || portOf(port).isEmpty()) {
                return FormValidation.error(Messages.text("NamedHost.testNeeds"));
            }
            NamedHost host = new NamedHost(name, address);
            host.setPort(portOf(port).get());
            host.setUser(user);
            host.setHostKey(hostKey);
            host.setNginxCommand(nginxCommand);
            Optional<SSHUserPrivateKey> key = GlobalCredentials.find(SSHUserPrivateKey.class, stripped(credentialsId));
            if (key.isEmpty()) {
                return FormValidation.error(Messages.text("NamedHost.testNeedsKey"));
            }
            try {
                List<String> missing = new ConnectionTest(host).run(GlobalCredentials.login(key.get()));
                return missing.isEmpty()
                        ? FormValidation.ok(Messages.text("NamedHost.testGood", host.user, host.address))
                        : FormValidation.warning(Messages.text(
                                "NamedHost.testMissing", host.user, host.address, String.join("; ", missing)));
            } catch (HostException | IOException e) {
                return FormValidation.error(e.getMessage());
            }
        }

        private static FormValidation matches(String value, Pattern pattern, String otherwise) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return pattern.matcher(stripped(value)).matches()
                    ? FormValidation.ok() : FormValidation.error(Messages.text(otherwise));
        }

        private static Optional<Integer> portOf(String text) {
            String digits = stripped(text);
            return Optional.of(digits).filter(port -> port.matches("[0-9]{1,5}")).map(Integer::valueOf)
                    .filter(port -> port >= 1 && port <= 65535);
        }
    }
}
