package org.kohsuke.stapler;

@java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)
public @interface QueryParameter {
    boolean fixEmpty() default false;

    boolean required() default false;

    String value() default "";
}
