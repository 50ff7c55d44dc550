package io.jenkins.plugins.canary.release;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The forms are those that docker-compose 1.29 and Docker Compose 2.24 print for the same file. */
class ComposeModelTest {

    private static final String V1 = """
            networks:
              back:
                external: true
                name: corp
              front: {}
            services:
              cache:
                image: redis
                volumes:
                - ext:/x:rw
                network_mode: host
              db:
                depends_on:
                  cache:
                    condition: service_started
                image: postgres:15
              web:
                build:
                  context: /srv/shop
                  dockerfile: web/Dockerfile
                depends_on:
                - cache
                - db
                links:
                - search:s
                networks:
                  back: null
                  front: null
                volumes:
                - data:/var/lib/data:rw
                - /srv/shop/conf:/etc/conf:ro
                - source: logs
                  target: /logs
                  type: volume
                - /anonymous
            version: '3.9'
            volumes:
              data: {}
              ext:
                external: true
                name: ext
              logs:
                name: shared-logs
            """;

    private static final String V2 = """
            name: shop-canary
            services:
              cache:
                image: redis
                network_mode: host
                volumes:
                  - type: volume
                    source: ext
                    target: /x
                    volume: {}
              db:
                depends_on:
                  cache:
                    condition: service_started
                    required: true
                image: postgres:15
                networks:
                  default: null
              web:
                build:
                  context: /srv/shop
                  dockerfile: web/Dockerfile
                depends_on:
                  cache:
                    condition: service_started
                    required: true
                  db:
                    condition: service_healthy
                    required: true
                links:
                  - search:s
                networks:
                  back: null
                  front: null
                volumes:
                  - type: volume
                    source: data
                    target: /var/lib/data
                    volume: {}
                  - type: bind
                    source: /srv/shop/conf
                    target: /etc/conf
                    read_only: true
                  - type: volume
                    source: logs
                    target: /logs
                    volume: {}
                  - type: volume
                    target: /anonymous
                    volume: {}
            networks:
              back:
                name: corp
                external: true
              default:
                name: shop-canary_default
              front:
                name: shop-canary_front
            volumes:
              data:
                name: shop-canary_data
              ext:
                name: ext
                external: true
              logs:
                name: shared-logs
            """;

    @Test
    void readsTheSameFromBothVersions() {
        for (String printed : new String[] {V1, V2}) {
            ComposeModel model = ComposeModel.parse("shop-canary", printed);

            assertThat(model.services()).containsExactlyInAnyOrder("cache", "db", "web");
            assertThat(model.builds("web")).isTrue();
            assertThat(model.builds("db")).isFalse();
            assertThat(model.dependencies("web")).containsExactlyInAnyOrder("cache", "db", "search");
            assertThat(model.dependencies("db")).containsExactly("cache");
            assertThat(model.dependencies("cache")).isEmpty();
            assertThat(model.ownVolumes("web")).containsExactlyInAnyOrder("shop-canary_data", "shared-logs");
            assertThat(model.ownVolumes("cache")).as("an external volume is made by nobody").isEmpty();
            assertThat(model.networks("web")).containsExactlyInAnyOrder("corp", "shop-canary_front");
            assertThat(model.networks("db")).containsExactly("shop-canary_default");
            assertThat(model.usesHostNetwork("cache")).isTrue();
            assertThat(model.usesHostNetwork("web")).isFalse();
            assertThat(model.joined("web")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "network_mode: service:db", "ipc: service:db", "pid: service:db",
        "volumes_from: ['service:db:ro']", "volumes_from: [db]", "volumes_from: ['container:abc', 'db:ro']"
    })
    void knowsTheServiceThatAContainerIsTiedTo(String key) {
        ComposeModel model = ComposeModel.parse("shop", "services: {web: {image: x, " + key + "}, db: {image: y}}");

        assertThat(model.joined("web")).contains("db");
        assertThat(model.joined("db")).isEmpty();
    }

    @Test
    void isTiedToNoServiceByAContainerOfSomewhereElse() {
        ComposeModel model = ComposeModel.parse("shop",
                "services: {web: {image: x, network_mode: 'container:abc', volumes_from: ['container:abc:rw']}}");

        assertThat(model.joined("web")).isEmpty();
    }

    @Test
    void takesTheOldNameOfAnExternalNetwork() {
        ComposeModel model = ComposeModel.parse("shop",
                "services: {web: {networks: [n]}}\nnetworks: {n: {external: {name: corp}}}");

        assertThat(model.networks("web")).containsExactly("corp");
    }

    @Test
    void knowsNothingOfAServiceThatIsNotThere() {
        ComposeModel model = ComposeModel.parse("shop", "services: {}");

        assertThat(model.services()).isEmpty();
        assertThat(model.builds("web")).isFalse();
        assertThat(model.ownVolumes("web")).isEmpty();
        assertThat(model.dependencies("web")).isEmpty();
    }
}
