package io.jenkins.plugins.canary.library

import com.cloudbees.groovy.cps.NonCPS

/**
 * What GitLab said when it started the build, by the variables that the gitlab-plugin sets. Of a push, `gitlabBranch` is
 * the branch; of a tag it is `refs/tags/…`. Source and target differ where a merge request comes from a fork.
 */
final class GitLabEvent implements Serializable {

    private static final long serialVersionUID = 1L

    /** The variables that are looked at. */
    static final List VARIABLES = ['gitlabActionType', 'gitlabBranch', 'gitlabSourceRepoURL', 'gitlabSourceRepoSshUrl',
            'gitlabSourceRepoHttpUrl', 'gitlabSourceRepoHomepage', 'gitlabTargetRepoSshUrl', 'gitlabTargetRepoHttpUrl',
            'gitlabMergeRequestIid', 'gitlabMergeRequestState']

    private final Map variables

    /** @param variables those of `VARIABLES` that the build has */
    GitLabEvent(Map variables) {
        this.variables = variables
    }

    /** False for a build that a person, a timer or another build started. */
    @NonCPS
    boolean isPresent() {
        return variables.get('gitlabActionType')
    }

    /** Why nothing is to be done for it, or null. */
    @NonCPS
    String ignoredBecause(String branch) {
        String action = variables.get('gitlabActionType')
        if (action == 'PUSH' && variables.get('gitlabBranch') == branch) {
            return null
        }
        String what = 'an event ' + action
        if (action == 'PUSH') {
            what = 'a push to ' + variables.get('gitlabBranch')
        } else if (action == 'TAG_PUSH') {
            what = 'the tag ' + (variables.get('gitlabBranch') ?: '').replaceFirst('^refs/tags/', '')
        } else if (action == 'MERGE') {
            what = 'merge request !' + variables.get('gitlabMergeRequestIid') + ' (' +
                    (variables.get('gitlabMergeRequestState') ?: 'unknown') + ')'
        }
        return 'Ignored: GitLab told of ' + what + '; only pushes to ' + branch + ' start a rollout, and an accepted' +
                ' merge request is such a push. Nothing was touched.'
    }

    /** The fork that it comes from, or null. A merge request names its own target; a push is measured at `repository`. */
    @NonCPS
    String fork(String repository) {
        List own = variables.get('gitlabTargetRepoSshUrl')
                ? paths(['gitlabTargetRepoSshUrl', 'gitlabTargetRepoHttpUrl'])
                : repository ? [path(repository)] : []
        List source = paths(['gitlabSourceRepoSshUrl', 'gitlabSourceRepoHttpUrl', 'gitlabSourceRepoURL',
                'gitlabSourceRepoHomepage'])
        if (own.isEmpty() || source.isEmpty()) {
            return null
        }
        for (int i = 0; i < source.size(); i++) {
            if (own.contains(source[i])) {
                return null
            }
        }
        return source[0]
    }

    @NonCPS
    private List paths(List names) {
        List paths = []
        for (int i = 0; i < names.size(); i++) {
            if (variables.get(names[i])) {
                paths.add(path(variables.get(names[i])))
            }
        }
        return paths
    }

    /** `group/project` of an SSH, scp-like or HTTP address: the same project has several hosts' names and ports. */
    @NonCPS
    static String path(String url) {
        return url.trim().replaceFirst('^[a-z+]+://[^/]*/', '').replaceFirst('^[^/:]+:', '').replaceFirst('^/+', '')
                .replaceFirst('/+$', '').replaceFirst('\\.git$', '').toLowerCase()
    }
}
