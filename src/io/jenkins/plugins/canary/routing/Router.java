package io.jenkins.plugins.canary.routing;

import io.jenkins.plugins.canary.event.Refused;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.nginx.Weights;
import java.util.Map;

/** How a share gets into NGINX. Whether requests then split so is not its matter: see {@link Verifier}. */
public interface Router {

    /**
     * Reads how NGINX is configured now.
     *
     * @throws Refused the configuration is not valid, or none that a share can be set in
     */
    Routing read() throws Refused, HostException;

    /**
     * Makes NGINX split requests so, all services in one step, and proves that it does. Services that are not named
     * keep their weights. Applying the same weights again is allowed and proves them again.
     *
     * @return what the files say afterwards
     * @throws NotApplied it did not work, and the files are as they were; or NGINX could not be brought back to them,
     *     which the message says then
     * @throws Refused see {@link #read}
     */
    Routing apply(Map<String, Weights> weights) throws NotApplied, Refused, HostException;
}
