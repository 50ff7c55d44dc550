package hudson.model;

import java.io.Serializable;

public final class Result implements Serializable {
    public static Result ABORTED;

    public static Result FAILURE;

    public static Result SUCCESS;
}
