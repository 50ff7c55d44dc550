package hudson.remoting;

public class RequestAbortedException {
}
