package jenkins.model;

public interface RunAction2 extends hudson.model.Action {
    void onAttached(hudson.model.Run<?, ?> a0);

    void onLoad(hudson.model.Run<?, ?> a0);
}
