package io.jenkins.plugins.canary.jenkins;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import hudson.model.Item;
import hudson.security.ACL;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import jenkins.model.Jenkins;

/** What the forms of the steps have in common. Who may not configure the pipeline learns nothing from them. */
final class StepForms {

    private StepForms() {}

    /** @param item the pipeline; null where a form belongs to none, such as Jenkins' own Snippet Generator */
    static boolean mayUse(Item item) {
        return item == null
                ? Jenkins.get().hasPermission(Jenkins.ADMINISTER)
                : item.hasPermission(Item.EXTENDED_READ) || item.hasPermission(CredentialsProvider.USE_ITEM);
    }

    static ListBoxModel credentials(Item item, Class<? extends StandardCredentials> type, String current) {
        StandardListBoxModel choices = new StandardListBoxModel();
        if (mayUse(item)) {
            choices.includeEmptyValue();
            choices.includeAs(ACL.SYSTEM2, item, type, List.of());
        }
        choices.includeCurrentValue(current);
        return choices;
    }

    /** Checks lines of {@code name=id}: each id must be a credential that the pipeline may use. */
    static FormValidation checkIds(Item item, Class<? extends StandardCredentials> type, String lines) {
        return checkLines(item, lines, ids -> {
            List<String> known = CredentialsProvider.lookupCredentialsInItem(type, item, ACL.SYSTEM2, List.of())
                    .stream().map(StandardCredentials::getId).toList();
            return ids.values().stream().filter(id -> !known.contains(id)).findFirst()
                    .map(id -> Messages.text("StepForms.credentialMissing", id));
        });
    }

    /** @param problem what is wrong with the values that the lines give, if anything is */
    static FormValidation checkLines(
            Item item, String lines, Function<Map<String, String>, Optional<String>> problem) {
        if (!mayUse(item)) {
            return FormValidation.ok();
        }
        try {
            return problem.apply(NamedValues.of(lines)).map(FormValidation::error).orElseGet(FormValidation::ok);
        } catch (IllegalArgumentException e) {
            return FormValidation.error(Messages.text("StepForms.linesWrong"));
        }
    }
}
