import io.jenkins.plugins.canary.library.GitLabEvent
import io.jenkins.plugins.canary.library.MissingStep
import io.jenkins.plugins.canary.library.Parameters
import io.jenkins.plugins.canary.library.PipelineCheck
import io.jenkins.plugins.canary.library.PlanText
import io.jenkins.plugins.canary.library.Words

def call(Map arguments = [:]) {
    Map settings = Parameters.OF_PIPELINE + canaryDefaults() + arguments
    Map release = [:]
    Map result = [:]
    try {
        node(settings.agent) {
            stage('Validate') {
                release = validate(arguments, settings)
            }
            if (release) {
                withSshAgent(settings) {
                    stage('Prepare') {
                        prepare(settings, release)
                    }
                    stage('Deploy and shift') {
                        result = roll(settings, release)
                    }
                    stage('Verify') {
                        verify(settings, release, result)
                    }
                }
            }
        }
        if (result.state == 'HOLDING' && approversOf(settings)) {
            stage('Promote') {
                result = decide(settings, release, result)
            }
        }
    } catch (InterruptedException abort) {
        throw abort
    } catch (Exception | NoSuchMethodError failure) {
        afterFailure(settings, release, failure.message)
        throw failure
    }
    return result
}

// Validate: everything that can be known before a host is touched.

/** The release that is asked for, or an empty map where nothing is to be done. */
def validate(Map arguments, Map settings) {
    refuse(PipelineCheck.problems(arguments, settings))
    Map said = [:]
    for (String name in GitLabEvent.VARIABLES) {
        said[name] = env."${name}"
    }
    GitLabEvent event = new GitLabEvent(said)
    if (event.isPresent()) {
        refuseFork(event.fork(settings.gitlabProject))
        String reason = event.ignoredBecause(settings.branch)
        if (reason) {
            return nothingToDo(reason)
        }
    }
    boolean registered = !settings.buildParameters || params.containsKey('DEPLOY_TYPE')
    Map asked = event.isPresent() || !settings.buildParameters ? [type: settings.type, shares: [:], revision: ''] :
            registered ? form() : [:]
    if (registered) {
        refuse(PipelineCheck.formProblems(asked.type, asked.shares, asked.revision))
    }

    Map source = checkOut(settings, asked.revision)
    if (event.isPresent()) {
        refuseFork(event.fork(settings.gitlabProject ?: source.url))
    }
    List services = servicesOf(settings)
    register(settings, services)
    if (!registered) {
        return nothingToDo('This first build has registered the parameters and the trigger of the job, and deployed' +
                ' nothing. From now on pushes start a rollout, and Build with Parameters lets you choose one.')
    }
    refuse(unknownServices(asked.shares, services))
    refuse(missingCredentials(settings))
    return [type: asked.type, shares: asked.shares, commit: source.commit, services: services, plan: settings.plan]
}

/** What a person chose. */
def form() {
    Map shares = [:]
    for (String name in new ArrayList(params.keySet())) {
        String share = (params[name] as String)?.trim()
        if (name.startsWith('SHARE_') && share) {
            shares[name.substring('SHARE_'.length())] = share
        }
    }
    return [type: params.DEPLOY_TYPE, shares: shares, revision: (params.REVISION ?: '').trim()]
}

/** The commit that is in the workspace then, and the repository that it came from. */
def checkOut(Map settings, String revision) {
    def said = settings.checkoutWith ? settings.checkoutWith.call() : checkout(scm)
    Map source = said instanceof Map ? said : [:]
    String commit = source.GIT_COMMIT ?: sh(label: 'commit', returnStdout: true, script: 'git rev-parse HEAD').trim()
    if (revision) {
        withEnv(["CANARY_REVISION=${revision}"]) {
            commit = sh(label: "check out ${revision}", returnStdout: true, script: CHECK_OUT_REVISION()).trim()
        }
        if (!commit) {
            error("REVISION: the repository has no branch, tag or commit `${revision}` that this job fetches")
        }
    }
    return [commit: commit, url: source.GIT_URL]
}

/** Prints the commit; nothing where there is none. A branch is the remote's, a local one would be what it was once. */
def CHECK_OUT_REVISION() {
    return '''
        set -eu
        commit=$(git rev-parse --verify --quiet "refs/remotes/origin/$CANARY_REVISION^{commit}" ||
            git rev-parse --verify --quiet "$CANARY_REVISION^{commit}" || true)
        if [ -n "$commit" ]; then
            git checkout --quiet --detach "$commit"
            printf '%s' "$commit"
        fi
    '''.stripIndent().trim()
}

def servicesOf(Map settings) {
    if (!fileExists(settings.plan)) {
        error("There is no ${settings.plan} in the repository. Add the plan, or name it: canaryPipeline plan: 'PATH'")
    }
    List services = settings.services ?: PlanText.services(readFile(settings.plan))
    if (!services) {
        error("No services were found in ${settings.plan}. Name them: canaryPipeline services: ['backend', 'frontend']")
    }
    return services
}

def unknownServices(Map shares, List services) {
    List problems = []
    for (String service in new ArrayList(shares.keySet())) {
        if (!services.contains(service)) {
            problems << "SHARE_${service}: the plan has no service ${service}; it has ${services.join(', ')}".toString()
        }
    }
    return problems
}

def register(Map settings, List services) {
    List job = [disableConcurrentBuilds()]
    if (settings.buildParameters) {
        job << parameters(formOf(settings, services))
    }
    if (!settings.gitlabTrigger || !hasGitLabPlugin()) {
        properties(job)
        return
    }
    boolean bound = false
    try {
        withCredentials([string(credentialsId: settings.webhookTokenCredentialsId, variable: 'CANARY_WEBHOOK_TOKEN')]) {
            bound = true
            properties(job + [pipelineTriggers([gitlab(triggerOnPush: true, triggerOnMergeRequest: false,
                    triggerOnNoteRequest: false, triggerOpenMergeRequestOnPush: 'never',
                    branchFilterType: 'NameBasedFilter', includeBranchesSpec: settings.branch,
                    secretToken: env.CANARY_WEBHOOK_TOKEN)])])
        }
    } catch (InterruptedException abort) {
        throw abort
    } catch (Exception failure) {
        if (bound) {
            throw failure
        }
        error("webhookTokenCredentialsId: GitLab's webhook needs a secret token. Add it to Jenkins as secret text with" +
                " the ID ${settings.webhookTokenCredentialsId}, or switch the trigger off: gitlabTrigger: false." +
                " (${failure.message})")
    }
}

def formOf(Map settings, List services) {
    List form = [
            choice(name: 'DEPLOY_TYPE', choices: [settings.type] + (Parameters.TYPES - settings.type),
                    description: 'canary-auto: the steps of the plan. canary-manual: the shares below. stable: for' +
                            ' everyone at once. promote-canary: the held canary becomes stable. rollback: back.'),
            string(name: 'REVISION', defaultValue: '', trim: true,
                    description: 'Branch, tag or commit to deploy. Empty: what the job checks out.')]
    for (String service in services) {
        form << string(name: "SHARE_${service}".toString(), defaultValue: '', trim: true,
                description: "canary-manual only: percent of the requests of ${service} for the canary, 0 to 100.".toString())
    }
    return form
}

def hasGitLabPlugin() {
    try {
        gitlab(triggerOnPush: true)
        return true
    } catch (NoSuchMethodError error) {
        if (!MissingStep.is(error, 'gitlab')) {
            throw error
        }
        echo 'The GitLab plugin is not installed: pushes start nothing, everything else works.'
        return false
    }
}

/** Each is bound once, for a moment: Jenkins then says by itself whether it is there and of the right kind. */
def missingCredentials(Map settings) {
    if (!settings.checkCredentials) {
        return []
    }
    List problems = []
    try {
        List bindings = credentialBindings(settings)
        for (int i = 0; i < bindings.size(); i++) {
            try {
                withCredentials([bindings[i].binding]) {}
            } catch (InterruptedException abort) {
                throw abort
            } catch (Exception failure) {
                problems << "${bindings[i].parameter}: ${failure.message}".toString()
            }
        }
    } catch (NoSuchMethodError error) {
        if (!MissingStep.is(error, 'withCredentials') && !MissingStep.is(error, 'sshUserPrivateKey')) {
            throw error
        }
        echo 'The Credentials Binding plugin is not installed: credentials are looked at only when they are used.'
    }
    return problems
}

def credentialBindings(Map settings) {
    List bindings = []
    List keys = (settings.sshCredentialsId ? [settings.sshCredentialsId] : []) + new ArrayList(settings.hostCredentialsIds.values())
    for (String id in keys.unique()) {
        bindings << [parameter: id == settings.sshCredentialsId ? 'sshCredentialsId' : 'hostCredentialsIds',
                binding: sshUserPrivateKey(credentialsId: id, keyFileVariable: 'CANARY_CHECK')]
    }
    if (settings.envFileCredentialsId) {
        bindings << [parameter: 'envFileCredentialsId',
                binding: file(credentialsId: settings.envFileCredentialsId, variable: 'CANARY_CHECK')]
    }
    for (String id in new ArrayList(settings.envCredentialsIds.values()).unique()) {
        bindings << [parameter: 'envCredentialsIds', binding: string(credentialsId: id, variable: 'CANARY_CHECK')]
    }
    return bindings
}

// Prepare, Deploy and shift, Verify

def prepare(Map settings, Map release) {
    currentBuild.description = "${release.type} ${release.commit.take(9)}"
    if (!Parameters.DEPLOYING.contains(release.type)) {
        echo "Nothing to prepare: ${release.type} only moves requests."
    } else if (settings.beforeDeploy) {
        settings.beforeDeploy.call(release)
    } else {
        echo 'Nothing to prepare: there is no beforeDeploy.'
    }
}

/** One run of the engine: the release in its slot and the requests that it gets, so that it can be resumed as one. */
def roll(Map settings, Map release) {
    boolean deploys = Parameters.DEPLOYING.contains(release.type)
    Map arguments = passedOn(settings, deploys) + [type: release.type, failOnRollback: false]
    if (deploys) {
        arguments.commit = release.commit
    }
    if (release.type == 'canary-manual') {
        arguments.shares = release.shares
    }
    Map result = canaryDeploy(arguments)
    told(settings, result)
    release.result = result
    describe(release, result)
    failUnlessDone(result)
    return result
}

def verify(Map settings, Map release, Map result) {
    echo tableOf(result)
    if (!settings.afterShift) {
        return
    }
    try {
        settings.afterShift.call(result)
    } catch (InterruptedException abort) {
        throw abort
    } catch (Exception | NoSuchMethodError failure) {
        if (result.state != 'HOLDING') {
            error("afterShift failed: ${failure.message} The release serves; DEPLOY_TYPE rollback takes it back.")
        }
        echo "afterShift failed: ${failure.message} The canary goes back."
        Map back = move(settings, 'rollback')
        release.result = back
        error("afterShift failed and the canary was sent back: ${failure.message} ${back.message}")
    }
}

def tableOf(Map result) {
    List lines = ['What NGINX serves:']
    for (String name in new ArrayList((result.services ?: [:]).keySet())) {
        Map service = result.services[name]
        String seen = service.liveShare == null ? 'not sampled' :
                "observed ${Math.round(service.liveShare * 10) / 10} % of ${service.samples} requests"
        lines << "  ${name}: ${service.share} % to the canary, ${seen}".toString()
    }
    return lines.join('\n')
}

// Promote: a person decides, and no executor waits for that.

def decide(Map settings, Map release, Map held) {
    String decision = ask(settings, release)
    if (decision == 'hold') {
        echo "The canary holds, and nobody watches it from here on. ${held.message}"
        return held
    }
    Map result = [:]
    node(settings.agent) {
        checkOut(settings, release.commit)
        withSshAgent(settings) {
            result = move(settings, decision == 'promote' ? 'promote-canary' : 'rollback')
        }
    }
    release.result = result
    describe(release, result)
    failUnlessDone(result)
    if (decision == 'rollback') {
        currentBuild.result = 'ABORTED'
    }
    return result
}

/** promote, rollback or hold. An abort of the build is no answer: the canary holds then. */
def ask(Map settings, Map release) {
    int limit = Words.seconds(settings.approvalTimeout)
    long end = System.currentTimeMillis() + limit * 1000L
    try {
        def answer = null
        timeout(time: limit, unit: 'SECONDS') {
            answer = input(id: 'Promote', message: "Promote ${release.commit.take(9)}?", ok: 'Do it',
                    submitter: approversOf(settings), submitterParameter: 'approver',
                    parameters: [choice(name: 'decision', choices: ['promote', 'rollback', 'hold'],
                            description: 'promote: it becomes the stable release. rollback: all requests go back.' +
                                    ' hold: it stays at its share.')])
        }
        echo "${answer.approver} decided: ${answer.decision}"
        return answer.decision
    } catch (InterruptedException end_) {
        if (System.currentTimeMillis() < end) {
            echo 'The build was aborted: the canary holds at its share, and nobody watches it from here on.'
            throw end_
        }
        echo "Nobody decided within ${settings.approvalTimeout}: ${settings.onApprovalTimeout}."
        return settings.onApprovalTimeout
    }
}

def approversOf(Map settings) {
    return settings.approvers instanceof List ? settings.approvers.join(',') : settings.approvers
}

// Shared by the stages

def move(Map settings, String type) {
    Map result = canaryDeploy(passedOn(settings, false) + [type: type, failOnRollback: false])
    told(settings, result)
    return result
}

def passedOn(Map settings, boolean deploys) {
    Map passed = [:]
    for (String name in (deploys ? Parameters.PASSED_ON : Parameters.PASSED_ON_ALWAYS)) {
        if (settings[name]) {
            passed[name] = settings[name]
        }
    }
    return passed
}

/** The engine sends notices by itself where Jenkins' configuration says where to. */
def told(Map settings, Map result) {
    if (settings.notify && !result.noticeSent) {
        notifyMattermost(notifyOptions(settings), result)
    }
}

def notifyOptions(Map settings) {
    Map options = [:]
    if (settings.mattermostChannel) {
        options.channel = settings.mattermostChannel
    }
    if (settings.mattermostCredentialsId) {
        options.mattermostCredentialsId = settings.mattermostCredentialsId
    }
    return options
}

def afterFailure(Map settings, Map release, String message) {
    if (settings.onFailure instanceof Closure) {
        try {
            settings.onFailure.call([message: message, result: release?.result])
        } catch (InterruptedException abort) {
            throw abort
        } catch (Exception another) {
            echo "onFailure failed too: ${another.message}"
        }
    }
    if (settings.notify && !release.result && (release || env.gitlabActionType == 'PUSH')) {
        String title = "${release.type ?: settings.type}: ${env.JOB_NAME} ${env.BUILD_DISPLAY_NAME} failed"
        notifyMattermost(notifyOptions(settings), [notice:
                [title: title, text: message, colour: '#d24939', link: env.BUILD_URL]])
    }
}

def withSshAgent(Map settings, Closure body) {
    if (!settings.sshAgentCredentialsIds) {
        body()
        return
    }
    boolean entered = false
    try {
        sshagent(settings.sshAgentCredentialsIds) {
            entered = true
            body()
        }
    } catch (NoSuchMethodError error) {
        if (entered || !MissingStep.is(error, 'sshagent')) {
            throw error
        }
        echo 'The SSH Agent plugin is not installed: sshAgentCredentialsIds is passed over.'
        body()
    }
}

/** By the exit code: the state ROLLED_BACK is what a rollback wants and a deployment does not. */
def failUnlessDone(Map result) {
    if (result.exitCode != 0) {
        error(result.message)
    }
}

def describe(Map release, Map result) {
    currentBuild.description = "${release.type} ${release.commit.take(9)}: ${result.state}"
}

def refuseFork(String fork) {
    if (fork) {
        error("Refused: this build was started from ${fork}, which is not this job's repository. A fork must not deploy." +
                ' Nothing was touched. Where the job fetches a mirror, name the project: gitlabProject: \'group/project\'')
    }
}

def refuse(List problems) {
    if (problems) {
        error(problems.join('\n'))
    }
}

def nothingToDo(String reason) {
    echo reason
    currentBuild.description = reason
    currentBuild.result = 'NOT_BUILT'
    return [:]
}
