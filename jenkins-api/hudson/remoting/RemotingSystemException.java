package hudson.remoting;

/** Named by members.txt as a super type only. */
public class RemotingSystemException extends RuntimeException {}
