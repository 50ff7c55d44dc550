package io.jenkins.plugins.canary.host;

import io.jenkins.plugins.canary.plan.Plan.HostEntry;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.Set;

/** The IP addresses that a name stands for, to tell whether two names are one machine. */
public final class Addresses {

    private Addresses() {}

    /**
     * All addresses of a DNS name, each in one form; of this machine, however it is named, all that it has.
     *
     * @param name a DNS name, an IP address in any form, or {@code local}
     * @return none where the name can't be resolved
     */
    public static Set<String> of(String name) {
        Set<String> own = ofThisMachine();
        if (name.equals(HostEntry.LOCAL)) {
            return own;
        }
        Set<String> addresses = new LinkedHashSet<>();
        try {
            for (InetAddress address : InetAddress.getAllByName(name)) {
                addresses.add(address.getHostAddress());
                if (address.isLoopbackAddress() || own.contains(address.getHostAddress())) {
                    addresses.addAll(own);
                }
            }
        } catch (UnknownHostException e) {
            // Nothing can connect to it either.
            return Set.of();
        }
        return addresses;
    }

    private static Set<String> ofThisMachine() {
        Set<String> own = new LinkedHashSet<>();
        own.add(InetAddress.getLoopbackAddress().getHostAddress());
        try {
            NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
                    .forEach(address -> own.add(address.getHostAddress()));
        } catch (SocketException e) {
            // A machine without interfaces has loopback alone.
            return own;
        }
        return own;
    }
}
