package io.jenkins.plugins.canary.library

/** The names of what can be said to the plugin's steps and to canaryPipeline. */
final class Parameters implements Serializable {

    private static final long serialVersionUID = 1L

    /** What every step has. */
    private static final List COMMON = ['plan', 'sshCredentialsId', 'hostCredentialsIds', 'onAbort', 'failOnRollback']

    /** Those of each step, as the plugin has them. */
    static final Map OF_STEP = [
            canaryDeploy: COMMON + ['type', 'share', 'shares', 'commit', 'envFileCredentialsId', 'envCredentialsIds',
                    'soak'],
            setNginxWeights: COMMON + ['share', 'shares'],
            promoteCanary: COMMON,
            rollbackStable: COMMON + ['gradual']]

    /** canaryPipeline's, with what they are where nobody says anything. */
    static final Map OF_PIPELINE = [
            plan: 'canary.yml',
            sshCredentialsId: null,
            hostCredentialsIds: [:],
            envFileCredentialsId: null,
            envCredentialsIds: [:],
            soak: null,
            onAbort: null,
            agent: '',
            services: [],
            type: 'canary-auto',
            branch: 'develop',
            buildParameters: true,
            gitlabTrigger: true,
            webhookTokenCredentialsId: 'gitlab-webhook-token',
            gitlabProject: null,
            checkoutWith: null,
            checkCredentials: true,
            sshAgentCredentialsIds: [],
            beforeDeploy: null,
            afterShift: null,
            onFailure: null,
            approvers: [],
            approvalTimeout: '1h',
            onApprovalTimeout: 'hold',
            notify: true,
            mattermostCredentialsId: null,
            mattermostChannel: null]

    /** The canaryPipeline parameters that go on to the step as they are, where nothing is deployed. */
    static final List PASSED_ON_ALWAYS = ['plan', 'sshCredentialsId', 'hostCredentialsIds', 'onAbort']

    /** The same where something is. */
    static final List PASSED_ON = PASSED_ON_ALWAYS + ['envFileCredentialsId', 'envCredentialsIds', 'soak']

    /** What a team can give once for all its applications, in environment variables. */
    static final List TEAM = PASSED_ON + ['agent', 'branch', 'webhookTokenCredentialsId', 'approvers',
            'approvalTimeout', 'onApprovalTimeout', 'mattermostCredentialsId', 'mattermostChannel']

    /** notifyMattermost's. */
    static final List OF_NOTICE = ['channel', 'mattermostCredentialsId']

    static final List MAPS = ['hostCredentialsIds', 'envCredentialsIds']

    static final List TYPES = ['canary-auto', 'canary-manual', 'stable', 'promote-canary', 'rollback']

    /** The types that bring a release to the hosts; the others only move requests. */
    static final List DEPLOYING = ['canary-auto', 'canary-manual', 'stable']

    /** sshCredentialsId as CANARY_SSH_CREDENTIALS_ID. */
    static String environmentName(String parameter) {
        return 'CANARY_' + parameter.replaceAll('([A-Z])', '_$1').toUpperCase()
    }
}
