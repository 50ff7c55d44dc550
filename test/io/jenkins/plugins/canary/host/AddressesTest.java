package io.jenkins.plugins.canary.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AddressesTest {

    @Test
    void givesAnAddressOneForm() {
        assertThat(Addresses.of("2001:db8::5")).isEqualTo(Addresses.of("2001:0DB8:0:0:0:0:0:5")).hasSize(1);
        assertThat(Addresses.of("::ffff:192.0.2.7")).containsExactly("192.0.2.7");
    }

    @Test
    void knowsThisMachineByEachOfItsNames() {
        assertThat(Addresses.of("local")).contains("127.0.0.1").isEqualTo(Addresses.of("localhost"))
                .isEqualTo(Addresses.of("127.0.0.1"));
    }

    @Test
    void knowsNoAddressOfANameThatDoesNotExist() {
        assertThat(Addresses.of("host.invalid")).isEmpty();
    }
}
