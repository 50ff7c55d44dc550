package hudson.remoting;

public class ChannelClosedException extends org.jenkinsci.remoting.ChannelStateException {
    public ChannelClosedException() {}
}
