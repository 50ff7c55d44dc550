package io.jenkins.plugins.canary.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * What one thread writes, others read, one after the other. The JDK's pipe breaks when the thread that read last
 * has ended, and a shell is read by one thread for each exchange.
 */
final class Pipe extends OutputStream {

    /** A reader that falls behind holds up the connection rather than filling the heap. */
    private static final int LIMIT = 1 << 20;

    private final Deque<byte[]> chunks = new ArrayDeque<>();
    private int size;
    private boolean closed;

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        while (size >= LIMIT && !closed) {
            await();
        }
        if (closed) {
            throw new IOException("nobody reads any more");
        }
        chunks.add(Arrays.copyOfRange(bytes, offset, offset + length));
        size += length;
        notifyAll();
    }

    /** Ends the stream for the reader, after what was written. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    private synchronized int read(byte[] into, int offset, int length) throws IOException {
        while (chunks.isEmpty() && !closed) {
            await();
        }
        byte[] chunk = chunks.poll();
        if (chunk == null) {
            return -1;
        }
        int count = Math.min(length, chunk.length);
        System.arraycopy(chunk, 0, into, offset, count);
        if (count < chunk.length) {
            chunks.addFirst(Arrays.copyOfRange(chunk, count, chunk.length));
        }
        size -= count;
        notifyAll();
        return count;
    }

    private void await() throws InterruptedIOException {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    InputStream reader() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return length == 0 ? 0 : Pipe.this.read(into, offset, length);
            }
        };
    }
}
