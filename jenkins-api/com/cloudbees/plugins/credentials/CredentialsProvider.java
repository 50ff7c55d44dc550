package com.cloudbees.plugins.credentials;

import java.util.List;

@SuppressWarnings("rawtypes") // as the real one
public abstract class CredentialsProvider extends hudson.model.Descriptor<CredentialsProvider> implements hudson.ExtensionPoint, hudson.model.Describable<CredentialsProvider> {
    public static hudson.security.Permission USE_ITEM;

    public static <C extends com.cloudbees.plugins.credentials.common.IdCredentials> C findCredentialById(String a0, Class<C> a1, hudson.model.Run<?, ?> a2) {
        return null;
    }

    public static <C extends com.cloudbees.plugins.credentials.common.IdCredentials> C findCredentialById(String a0, Class<C> a1, hudson.model.Run<?, ?> a2, List<com.cloudbees.plugins.credentials.domains.DomainRequirement> a3) {
        return null;
    }

    public static <C extends Credentials> List<C> lookupCredentialsInItem(Class<C> a0, hudson.model.Item a1, org.springframework.security.core.Authentication a2, List<com.cloudbees.plugins.credentials.domains.DomainRequirement> a3) {
        return null;
    }

    public static <C extends Credentials> C track(hudson.model.Item a0, C a1) {
        return null;
    }

    public static <C extends Credentials> C track(hudson.model.Node a0, C a1) {
        return null;
    }

    public static <C extends Credentials> C track(hudson.model.Run a0, C a1) {
        return null;
    }

    public static <C extends com.cloudbees.plugins.credentials.common.IdCredentials> C findCredentialById(String a0, Class<C> a1, hudson.model.Run<?, ?> a2, com.cloudbees.plugins.credentials.domains.DomainRequirement... a3) {
        return null;
    }
}
