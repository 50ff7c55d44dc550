package io.jenkins.plugins.canary.library

import com.cloudbees.groovy.cps.NonCPS

/** What can be known to be wrong before any host, credential or file is looked at. */
final class PipelineCheck implements Serializable {

    private static final long serialVersionUID = 1L
    private static final List CLOSURES = ['checkoutWith', 'beforeDeploy', 'afterShift', 'onFailure']
    private static final List SWITCHES = ['buildParameters', 'gitlabTrigger', 'checkCredentials', 'notify']

    /** Of the arguments as the Jenkinsfile gives them; `settings` has the defaults filled in. */
    @NonCPS
    static List problems(Map arguments, Map settings) {
        List problems = Words.unknown('canaryPipeline', arguments, new ArrayList(Parameters.OF_PIPELINE.keySet()))
        for (int i = 0; i < CLOSURES.size(); i++) {
            Object value = settings.get(CLOSURES[i])
            if (value != null && !(value instanceof Closure)) {
                problems.add(CLOSURES[i] + ' must be a closure, such as ' + CLOSURES[i] + ': { sh \'make\' }')
            }
        }
        for (int i = 0; i < SWITCHES.size(); i++) {
            if (!(settings.get(SWITCHES[i]) instanceof Boolean)) {
                problems.add(SWITCHES[i] + ' must be true or false')
            }
        }
        if (!Parameters.TYPES.contains(settings.type as String)) {
            problems.add('type: `' + settings.type + '` is none of ' + Parameters.TYPES.join(', '))
        }
        if (!['hold', 'rollback'].contains(settings.onApprovalTimeout)) {
            problems.add('onApprovalTimeout: `' + settings.onApprovalTimeout + '` is neither hold nor rollback')
        }
        if (Words.seconds(settings.approvalTimeout as String) == 0) {
            problems.add('approvalTimeout: `' + settings.approvalTimeout + '` is no duration; write for example 30m or 2h')
        }
        return problems
    }

    /** Of what a person chose in the form. */
    @NonCPS
    static List formProblems(String type, Map shares, String revision) {
        List problems = []
        if (!Parameters.TYPES.contains(type)) {
            problems.add('DEPLOY_TYPE: `' + type + '` is none of ' + Parameters.TYPES.join(', '))
        }
        List names = new ArrayList(shares.keySet())
        for (int i = 0; i < names.size(); i++) {
            String share = shares.get(names[i])
            if (!share.matches('100(\\.0)?|[0-9]{1,2}(\\.[0-9])?')) {
                problems.add('SHARE_' + names[i] + ': `' + share +
                        '` is no share; give 0 to 100 in tenths, such as 30 or 12.5')
            }
        }
        if (type == 'canary-manual' && shares.isEmpty()) {
            problems.add('canary-manual needs a share: fill in one of the SHARE_ fields, such as 30')
        }
        if (revision && !revision.matches('[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}')) {
            problems.add('REVISION: `' + revision + '` is no branch, tag or commit')
        }
        return problems
    }
}
