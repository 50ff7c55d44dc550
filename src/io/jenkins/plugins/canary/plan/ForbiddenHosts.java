package io.jenkins.plugins.canary.plan;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Hosts that no rollout may touch, whatever a plan says.
 *
 * @param names DNS names and IP addresses
 * @param keptIn where people find the list, for the message
 */
public record ForbiddenHosts(List<String> names, String keptIn) {

    public static final ForbiddenHosts NONE = new ForbiddenHosts(List.of(), "");

    public ForbiddenHosts {
        names = names.stream().map(String::strip).filter(name -> !name.isEmpty()).distinct().toList();
    }

    /**
     * Why a plan may not be used, if one of its hosts is on the list: by its name, or because both are one machine.
     *
     * @param addresses all addresses of a name or an address, each in one form only; none where it can't be resolved
     */
    public Optional<String> refusal(Plan plan, Function<String, Set<String>> addresses) {
        for (Map.Entry<String, Plan.HostEntry> host : plan.hosts().entrySet()) {
            String address = host.getValue().address();
            for (String name : names) {
                if (plain(name).equals(plain(address))
                        || !Collections.disjoint(addresses.apply(plain(name)), addresses.apply(plain(address)))) {
                    return Optional.of("host " + host.getKey() + " of the plan (" + address + ") is forbidden: "
                            + (plain(name).equals(plain(address)) ? "it" : name + ", which is the same machine,")
                            + " is on the list in " + keptIn + ", so no rollout may touch it. Nothing was connected to."
                            + " Name another host in the plan, or have whoever keeps that list take it out.");
                }
            }
        }
        return Optional.empty();
    }

    /** As DNS compares names (RFC 4343), without the dot of the root. */
    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
    }
}
