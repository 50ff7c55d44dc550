package io.jenkins.plugins.canary.rollout;

import io.jenkins.plugins.canary.host.Address;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.LocalHost;
import io.jenkins.plugins.canary.host.Login;
import io.jenkins.plugins.canary.host.SshHost;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.plan.Plan.HostEntry;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** The hosts of a plan, each connected to at its first use and once only. */
public final class Hosts implements AutoCloseable {

    private final Map<String, Host> byName = new LinkedHashMap<>();

    /** @param login how to log in to an address */
    public Hosts(Plan plan, Function<Address, Login> login) {
        plan.hosts().forEach((name, entry) -> byName.put(name, open(name, entry, login)));
    }

    public Map<String, Host> byName() {
        return Map.copyOf(byName);
    }

    @Override
    public void close() {
        byName.values().forEach(Host::close);
    }

    private static Host open(String name, HostEntry entry, Function<Address, Login> login) {
        if (entry.address().equals(HostEntry.LOCAL)) {
            return new LocalHost(name, entry.sudo());
        }
        Address address = new Address(name, entry.address(), entry.port(),
                entry.user().orElse(System.getProperty("user.name")), entry.key().map(Hosts::path).orElse(null),
                path(entry.knownHosts()), entry.acceptNew(), entry.sudo(), entry.forwardAgent(),
                Address.DEFAULT_CONNECT_TIMEOUT);
        return new SshHost(address, login.apply(address));
    }

    private static Path path(String written) {
        return Path.of(written.replaceFirst("^~(?=/)", System.getProperty("user.home")));
    }
}
