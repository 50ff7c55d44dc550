package io.jenkins.plugins.canary.plan;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * One key of a plan: what the reader checks, what the JSON Schema and the reference page say. The key's name is
 * the record component's unless {@link #name} says otherwise; a component of type {@code Optional} may be left out,
 * as may one with a default.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Key {

    /** What it is for, in one or two sentences. */
    String help();

    /** The key, where Java forbids the component to have its name. */
    String name() default "";

    /** A value as one would write it in YAML. */
    String example() default "";

    /** The value when the key is left out, in YAML. Empty: no default. */
    String byDefault() default "";

    /** The least and the greatest number allowed, or of a list's numbers; seconds of a duration, bytes of a size. */
    double min() default Double.NEGATIVE_INFINITY;

    double max() default Double.POSITIVE_INFINITY;

    /** A regular expression that a text must match as a whole. */
    String pattern() default "";

    /** The pattern in words, to follow "use"; there must be some where there is a pattern. */
    String allowed() default "";
}
