package io.jenkins.plugins.canary.cli;

import io.jenkins.plugins.canary.nginx.Weights;
import io.jenkins.plugins.canary.plan.Plan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code --share backend=30}, for each service, or {@code --share 30} for all. */
final class Shares {

    @Option(names = "--share", paramLabel = "[SERVICE=]PERCENT",
            description = "The canary's share, 0 to 100 in tenths: of one service (backend=30, may be repeated) or of"
                    + " all (30).")
    List<String> written = List.of();

    boolean isEmpty() {
        return written.isEmpty();
    }

    /** By service. */
    Map<String, Double> of(Plan plan, CommandSpec command) {
        Map<String, Double> shares = new LinkedHashMap<>();
        for (String share : written) {
            int equals = share.indexOf('=');
            double percent = percent(share.substring(equals + 1), command);
            if (equals < 0) {
                plan.services().keySet().forEach(service -> shares.put(service, percent));
            } else if (plan.services().containsKey(share.substring(0, equals))) {
                shares.put(share.substring(0, equals), percent);
            } else {
                throw new ParameterException(command.commandLine(), "--share " + share + ": the plan has no service "
                        + share.substring(0, equals) + "; it has " + plan.services().keySet());
            }
        }
        return shares;
    }

    private static double percent(String text, CommandSpec command) {
        try {
            return Weights.ofShare(Double.parseDouble(text)).share();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(),
                    "--share: " + text + " is no share; give 0 to 100 in tenths, such as 30 or backend=12.5");
        }
    }
}
