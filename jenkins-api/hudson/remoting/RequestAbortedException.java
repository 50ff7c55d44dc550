package hudson.remoting;

public class RequestAbortedException extends RemotingSystemException {
    public RequestAbortedException(Throwable a0) {}
}
