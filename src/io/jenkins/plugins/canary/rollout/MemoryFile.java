package io.jenkins.plugins.canary.rollout;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import io.jenkins.plugins.canary.commands.Files;
import io.jenkins.plugins.canary.event.State;
import io.jenkins.plugins.canary.host.Host;
import io.jenkins.plugins.canary.host.HostException;
import io.jenkins.plugins.canary.plan.Plan;
import io.jenkins.plugins.canary.release.Release;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The edge's {@code current.json}: an app's {@link Memory}, replaced as a whole. */
final class MemoryFile {

    private static final Gson GSON = new GsonBuilder()
            .registerTypeAdapter(Instant.class, new InstantAdapter())
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .create();

    private final Host edge;
    private final String path;

    MemoryFile(Plan plan, Host edge) {
        this.edge = edge;
        this.path = plan.stateDirectory() + "/current.json";
    }

    /** As it is written: a release that is not there is null. */
    private record Stored(
            State state, Release stable, Release canary, List<Release> kept, boolean promoted, String by, Instant at) {}

    Memory read() throws HostException {
        String json = edge.require("read " + path, Files.readIfThere(path)).text();
        if (json.isEmpty()) {
            return Memory.NONE;
        }
        try {
            Stored stored = GSON.fromJson(json, Stored.class);
            return new Memory(stored.state(), Optional.ofNullable(stored.stable()),
                    Optional.ofNullable(stored.canary()), stored.kept(), stored.promoted(), stored.by(), stored.at());
        } catch (JsonParseException e) {
            throw new HostException(edge.name(), path + " on " + edge.name() + " is not readable (" + e.getMessage()
                    + "). Move it away to start without a memory of earlier releases.", e);
        }
    }

    void write(Memory memory) throws HostException {
        Stored stored = new Stored(memory.state(), memory.stable().orElse(null), memory.canary().orElse(null),
                memory.kept(), memory.promoted(), memory.by(), memory.at());
        edge.require("write " + path, Files.write(path, "600").input(GSON.toJson(stored) + "\n"));
    }

    private static final class InstantAdapter extends TypeAdapter<Instant> {

        @Override
        public void write(JsonWriter out, Instant value) throws IOException {
            out.value(value.toString());
        }

        @Override
        public Instant read(JsonReader in) throws IOException {
            return Instant.parse(in.nextString());
        }
    }
}
