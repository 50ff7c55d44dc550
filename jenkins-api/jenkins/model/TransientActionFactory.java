package jenkins.model;

public abstract class TransientActionFactory<T> implements hudson.ExtensionPoint {
}
