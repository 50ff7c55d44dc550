/**
 * Telling people in a chat how a rollout ended. {@link io.jenkins.plugins.canary.notice.NoticeWriter} makes a
 * {@link io.jenkins.plugins.canary.notice.Notice} of what the rollout told, a chat makes a request of that, and
 * {@link io.jenkins.plugins.canary.notice.Notices} sees to it that nobody waits for a chat.
 */
package io.jenkins.plugins.canary.notice;
