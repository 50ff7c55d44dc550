package org.jenkinsci.remoting;

import java.io.IOException;

/** Named by members.txt as a super type only. */
public class ChannelStateException extends IOException {}
