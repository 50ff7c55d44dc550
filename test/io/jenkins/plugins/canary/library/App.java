package io.jenkins.plugins.canary.library;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Builds of an application with three services, by the Jenkinsfile of the documentation. */
final class App {

    static final String COMMIT = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    static final String PLAN = """
            app: shop
            services:   # each behind its own upstream
              backend:
                ports: {stable: 8081, canary: 8082}
              front-end: {ports: {stable: 3001, canary: 3002}}
              python:
                ports: {stable: 8010, canary: 8020}
            rollout:
              steps: [10, 40]
            """;
    static final String JENKINSFILE =
            "canaryPipeline plan: 'canary.yml', sshCredentialsId: 'deploy-key', envFileCredentialsId: 'shop-env'";

    private App() {}

    /** A build of a job that is registered, of a plan whose rollouts end in HOLDING; nobody said why it was started. */
    static PipelineRun build(Mode mode) {
        return newJob(mode).parameters(form("canary-auto"));
    }

    /** The first build of a job. */
    static PipelineRun newJob(Mode mode) {
        return new PipelineRun(mode)
                .environment(Map.of("JOB_NAME", "shop", "BUILD_DISPLAY_NAME", "#7",
                        "BUILD_URL", "https://jenkins.example.com/job/shop/7/"))
                .answer("checkout", step -> new LinkedHashMap<>(Map.of("GIT_COMMIT", COMMIT,
                        "GIT_URL", "git@gitlab.example.com:shop/shop.git")))
                .answer("readFile", step -> PLAN)
                .answer("sh", step -> COMMIT)
                .answer("canaryDeploy", step -> done(String.valueOf(step.argument("type"))));
    }

    /** What a step returns that did what it was asked for; a rollback ends where a failed rollout does. */
    static Map<String, Object> done(String type) {
        Map<String, Object> done = result(switch (type) {
            case "canary-auto", "canary-manual" -> "HOLDING";
            case "rollback" -> "ROLLED_BACK";
            default -> "SUCCEEDED";
        });
        done.put("exitCode", 0);
        return done;
    }

    /** What the form has when nothing but the type was chosen. */
    static Map<String, Object> form(String type) {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("DEPLOY_TYPE", type);
        form.put("REVISION", "");
        List.of("backend", "front-end", "python").forEach(service -> form.put("SHARE_" + service, ""));
        return form;
    }

    /** A step's result as the plugin gives it: plain values in maps that can be written down. */
    static Map<String, Object> result(String state) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("state", state);
        result.put("message", "the message of " + state);
        result.put("commit", COMMIT);
        result.put("exitCode", switch (state) {
            case "SUCCEEDED", "HOLDING" -> 0;
            case "ROLLED_BACK" -> 1;
            case "REFUSED" -> 3;
            default -> 5;
        });
        Map<String, Object> backend = new LinkedHashMap<>(Map.of("share", 40.0, "liveShare", 40.1833333333, "samples", 600));
        backend.put("weights", new ArrayList<>(List.of(600, 400)));
        Map<String, Object> python = new LinkedHashMap<>();
        python.put("share", 40.0);
        python.put("liveShare", null);
        python.put("samples", 0);
        Map<String, Object> services = new LinkedHashMap<>();
        services.put("backend", backend);
        services.put("python", python);
        result.put("services", services);
        result.put("pluginVersion", "0.1.0");
        result.put("noticeSent", true);
        result.put("notice", new LinkedHashMap<>(Map.of("title", "shop: " + state, "text", "4b825dc64 by kim",
                "colour", "#2eb886", "link", "https://jenkins.example.com/job/shop/7/canary/")));
        return result;
    }

    /** A result whose notice the engine has not sent, as it is not configured to. */
    static Map<String, Object> untold(String state) {
        Map<String, Object> result = result(state);
        result.put("noticeSent", false);
        return result;
    }

    /** The variables of a push, as the gitlab-plugin 1.9 sets them. */
    static Map<String, String> push(String branch, String project) {
        Map<String, String> push = new LinkedHashMap<>();
        push.put("gitlabActionType", "PUSH");
        push.put("gitlabBranch", branch);
        push.put("gitlabSourceBranch", branch);
        push.put("gitlabTargetBranch", branch);
        push.put("gitlabUserName", "Kim");
        push.put("gitlabSourceRepoHomepage", "https://gitlab.example.com/" + project);
        push.put("gitlabSourceRepoName", "shop");
        push.put("gitlabSourceNamespace", project.substring(0, project.indexOf('/')));
        push.put("gitlabSourceRepoURL", "git@gitlab.example.com:" + project + ".git");
        push.put("gitlabSourceRepoSshUrl", "git@gitlab.example.com:" + project + ".git");
        push.put("gitlabSourceRepoHttpUrl", "https://gitlab.example.com/" + project + ".git");
        push.put("gitlabMergeRequestTitle", "");
        push.put("gitlabMergeRequestId", "");
        push.put("gitlabMergeRequestIid", "");
        push.put("gitlabMergeRequestLastCommit", COMMIT);
        push.put("gitlabTargetRepoName", "");
        push.put("gitlabTargetNamespace", "");
        push.put("gitlabTargetRepoSshUrl", "");
        push.put("gitlabTargetRepoHttpUrl", "");
        push.put("gitlabBefore", "0000000000000000000000000000000000000000");
        push.put("gitlabAfter", COMMIT);
        return push;
    }

    /** Those of a merge request into shop/shop. */
    static Map<String, String> mergeRequest(String state, String sourceProject) {
        Map<String, String> request = push("develop", sourceProject);
        request.put("gitlabActionType", "MERGE");
        request.put("gitlabBranch", "feature");
        request.put("gitlabSourceBranch", "feature");
        request.put("gitlabMergeRequestTitle", "Add a feature");
        request.put("gitlabMergeRequestId", "811");
        request.put("gitlabMergeRequestIid", "12");
        request.put("gitlabMergeRequestState", state);
        request.put("gitlabTargetBranch", "develop");
        request.put("gitlabTargetRepoName", "shop");
        request.put("gitlabTargetNamespace", "shop");
        request.put("gitlabTargetRepoSshUrl", "git@gitlab.example.com:shop/shop.git");
        request.put("gitlabTargetRepoHttpUrl", "https://gitlab.example.com/shop/shop.git");
        request.put("gitlabBefore", "");
        request.put("gitlabAfter", "");
        return request;
    }

    static Map<String, String> tag() {
        Map<String, String> tag = push("refs/tags/v1.4", "shop/shop");
        tag.put("gitlabActionType", "TAG_PUSH");
        return tag;
    }
}
