/**
 * NGINX's configuration as text that can be read, edited and staged without losing a byte. Nothing in here
 * reads or writes a file: the caller brings the bytes and takes bytes back.
 *
 * <p>Bytes are decoded as ISO-8859-1, which maps every byte to one character and back, so offsets are byte
 * offsets and no encoding is damaged.
 */
package io.jenkins.plugins.canary.nginx;
