package io.jenkins.plugins.canary.cli;

import io.jenkins.plugins.canary.event.Secrets;
import io.jenkins.plugins.canary.host.Address;
import io.jenkins.plugins.canary.host.Login;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * How a person at a command line logs in: the plan's key, else the SSH agent, else the usual keys, as ssh(1) does. The
 * passphrase of a key comes from {@code CANARY_KEY_PASSPHRASE}.
 */
final class Logins implements Function<Address, Login> {

    private static final List<String> USUAL_KEYS = List.of("id_ed25519", "id_ecdsa", "id_rsa");

    private final byte[] passphrase;

    Logins(Secrets secrets) {
        String given = System.getenv().getOrDefault("CANARY_KEY_PASSPHRASE", "");
        secrets.add(given);
        this.passphrase = given.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Login apply(Address address) {
        if (address.key() != null) {
            return new Login.KeyFile(address.key(), passphrase);
        }
        if (!System.getenv().getOrDefault("SSH_AUTH_SOCK", "").isEmpty()) {
            return Login.Agent.of(System.getenv());
        }
        Path folder = Path.of(System.getProperty("user.home"), ".ssh");
        return USUAL_KEYS.stream().map(folder::resolve).filter(Files::isReadable).findFirst()
                .<Login>map(key -> new Login.KeyFile(key, passphrase))
                .orElseGet(() -> Login.Agent.of(System.getenv()));
    }
}
