package org.kohsuke.stapler.export;

@java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)
public @interface Exported {
    boolean inline() default false;

    boolean merge() default false;

    String name() default "";

    boolean skipNull() default false;

    String verboseMap() default "";

    int visibility() default 0;
}
