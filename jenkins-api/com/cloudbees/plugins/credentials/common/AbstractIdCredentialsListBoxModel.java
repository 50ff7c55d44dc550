package com.cloudbees.plugins.credentials.common;

import java.util.List;

@SuppressWarnings("rawtypes") // as the real one
public abstract class AbstractIdCredentialsListBoxModel<T extends AbstractIdCredentialsListBoxModel<T, C>, C extends IdCredentials> extends hudson.util.ListBoxModel {
    protected abstract String describe(C a0);

    public AbstractIdCredentialsListBoxModel() {}

    public AbstractIdCredentialsListBoxModel<T, C> include(hudson.model.Item a0, Class<? extends C> a1) {
        return null;
    }

    public AbstractIdCredentialsListBoxModel<T, C> include(hudson.model.Item a0, Class<? extends C> a1, List<com.cloudbees.plugins.credentials.domains.DomainRequirement> a2) {
        return null;
    }

    public AbstractIdCredentialsListBoxModel<T, C> include(hudson.model.ItemGroup a0, Class<? extends C> a1) {
        return null;
    }

    public AbstractIdCredentialsListBoxModel<T, C> include(hudson.model.ItemGroup a0, Class<? extends C> a1, List<com.cloudbees.plugins.credentials.domains.DomainRequirement> a2) {
        return null;
    }

    public AbstractIdCredentialsListBoxModel<T, C> includeAs(org.springframework.security.core.Authentication a0, hudson.model.Item a1, Class<? extends C> a2, List<com.cloudbees.plugins.credentials.domains.DomainRequirement> a3) {
        return null;
    }

    public AbstractIdCredentialsListBoxModel<T, C> includeCurrentValue(String a0) {
        return null;
    }

    public AbstractIdCredentialsListBoxModel<T, C> includeEmptyValue() {
        return null;
    }
}
