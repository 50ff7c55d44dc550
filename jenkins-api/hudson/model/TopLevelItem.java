package hudson.model;

public interface TopLevelItem extends Item, hudson.ExtensionPoint, Describable<TopLevelItem> {
}
