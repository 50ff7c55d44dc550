package hudson.util;

import java.util.ArrayList;

public class ListBoxModel extends ArrayList<ListBoxModel.Option> implements org.kohsuke.stapler.HttpResponse {
    public ListBoxModel() {}

    public ListBoxModel add(String a0) {
        return null;
    }

    public void add(String a0, String a1) {}

    public final static class Option {
        public String name;

        public String value;

        public Option(String a0) {}

        public Option(String a0, String a1) {}

        public Option(String a0, String a1, boolean a2) {}
    }
}
