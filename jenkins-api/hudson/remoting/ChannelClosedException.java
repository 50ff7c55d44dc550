package hudson.remoting;

public class ChannelClosedException {
}
