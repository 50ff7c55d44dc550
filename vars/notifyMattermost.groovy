import io.jenkins.plugins.canary.library.MissingStep
import io.jenkins.plugins.canary.library.Parameters
import io.jenkins.plugins.canary.library.PluginVersion
import io.jenkins.plugins.canary.library.Words

def call(Map result) {
    return call([:], result)
}

/** A notice that can't be sent is a line in the log: the rollout is what it is. */
def call(Map options, Map result) {
    List problems = Words.unknown('notifyMattermost', options, Parameters.OF_NOTICE)
    if (problems) {
        error(problems.join('\n'))
    }
    if (!result?.notice) {
        echo 'There is no notice to send: the result has none.'
        return
    }
    Map team = canaryDefaults()
    String channel = options.channel ?: team.mattermostChannel
    String credentialsId = options.mattermostCredentialsId ?: team.mattermostCredentialsId
    try {
        byMattermostPlugin(result.notice, channel, credentialsId)
    } catch (NoSuchMethodError error) {
        if (!MissingStep.is(error, 'mattermostSend')) {
            throw error
        }
        sayOnce('mattermostSend', 'The Mattermost plugin is not installed: Canary Deploy sends the notice itself.')
        byEngine(result.notice, channel, credentialsId)
    } catch (InterruptedException abort) {
        throw abort
    } catch (Exception failure) {
        echo "The Mattermost plugin did not send the notice (${failure.message}): Canary Deploy sends it itself."
        byEngine(result.notice, channel, credentialsId)
    }
}

def byMattermostPlugin(Map notice, String channel, String credentialsId) {
    String title = notice.link ? "[${notice.title}](${notice.link})" : notice.title
    Map message = [message: "${title}\n\n${notice.text}".toString(), color: notice.colour]
    if (channel) {
        message.channel = channel
    }
    if (!credentialsId) {
        steps.mattermostSend(message)
        return
    }
    withCredentials([string(credentialsId: credentialsId, variable: 'CANARY_MATTERMOST')]) {
        message.endpoint = env.CANARY_MATTERMOST
        steps.mattermostSend(message)
    }
}

def byEngine(Map notice, String channel, String credentialsId) {
    Map arguments = [notice: notice]
    if (channel) {
        arguments.channel = channel
    }
    if (credentialsId) {
        arguments.mattermostCredentialsId = credentialsId
    }
    try {
        steps.canaryNotify(arguments)
    } catch (NoSuchMethodError error) {
        if (!MissingStep.is(error, 'canaryNotify')) {
            throw error
        }
        sayOnce('canaryNotify', 'The notice was not sent. ' + PluginVersion.missing('canaryNotify'))
    } catch (InterruptedException abort) {
        throw abort
    } catch (Exception failure) {
        echo "The notice was not sent: ${failure.message}"
    }
}

def sayOnce(String step, String message) {
    String mark = "CANARY_SAID_${step}"
    if (!env."${mark}") {
        env."${mark}" = 'yes'
        echo message
    }
}
