package io.jenkins.plugins.canary.library;

import com.cloudbees.groovy.cps.impl.CallSiteBlock;
import com.cloudbees.groovy.cps.sandbox.DefaultInvoker;
import com.cloudbees.groovy.cps.sandbox.Invoker;
import groovy.lang.Closure;
import groovy.lang.GroovyObject;
import groovy.lang.GString;
import groovy.lang.Script;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Refuses what Jenkins' sandbox would not let pass without an administrator's approval: anything but the methods of
 * plain values that are named here, each of which is on the default list of the Script Security plugin 1369. What a
 * class of the library computes without CPS is not seen here; the acceptance suite sees it.
 */
@SuppressWarnings("rawtypes")
final class Sandbox implements Invoker {

    private static final long serialVersionUID = 1L;

    private static final Map<Class<?>, Set<String>> ALLOWED = Map.of(
            String.class, Set.of("trim", "startsWith", "endsWith", "substring", "length", "replaceAll", "toUpperCase",
                    "toLowerCase", "take", "stripIndent", "plus", "isEmpty", "matches", "split", "toString", "contains"),
            GString.class, Set.of("toString", "plus"),
            Map.class, Set.of("get", "put", "containsKey", "keySet", "values", "plus", "subMap", "collect", "isEmpty",
                    "getAt", "putAt"),
            List.class, Set.of("add", "leftShift", "join", "plus", "minus", "contains", "unique", "size", "getAt"),
            Number.class, Set.of("plus", "minus", "multiply", "div", "next", "previous", "compareTo"),
            Throwable.class, Set.of("getMessage", "getCause"));
    private static final Set<String> STATIC = Set.of("java.lang.System.currentTimeMillis", "java.lang.Math.round");
    private static final Set<Class<?>> CONSTRUCTED = Set.of(java.util.ArrayList.class, org.codehaus.groovy.runtime.GStringImpl.class);

    private final Invoker invoker = DefaultInvoker.INSTANCE;

    @Override
    public Object methodCall(Object receiver, String method, Object[] args) throws Throwable {
        boolean compares = Set.of("compareEqual", "compareNotEqual", "compareLessThan", "compareGreaterThan",
                "isCase", "compareTo", "matchRegex").contains(method);
        require(compares || isOurs(receiver) || isAllowed(receiver, method), receiver, method);
        return invoker.methodCall(receiver, method, args);
    }

    private static boolean isAllowed(Object receiver, String method) {
        if (receiver instanceof Class<?> type) {
            return isLibrary(type) || method.equals("isInstance") || STATIC.contains(type.getName() + "." + method)
                    || type.getName().equals("org.codehaus.groovy.runtime.ScriptBytecodeAdapter");
        }
        return ALLOWED.entrySet().stream()
                .anyMatch(entry -> entry.getKey().isInstance(receiver) && entry.getValue().contains(method));
    }

    /** A script, a closure in it, a class of the library, or what Jenkins offers to scripts. */
    private static boolean isOurs(Object receiver) {
        return receiver instanceof Script || receiver instanceof Closure || receiver instanceof GroovyObject && !(receiver instanceof GString)
                && (isLibrary(receiver.getClass()) || receiver instanceof PipelineRun.Global);
    }

    private static boolean isLibrary(Class<?> type) {
        return type.getPackageName().equals("io.jenkins.plugins.canary.library")
                && GroovyObject.class.isAssignableFrom(type);
    }

    private static void require(boolean allowed, Object receiver, String what) {
        if (!allowed) {
            String type = receiver instanceof Class<?> named ? "static " + named.getName()
                    : receiver == null ? "null" : receiver.getClass().getName();
            throw new SecurityException("Scripts not permitted to use " + type + " " + what);
        }
    }

    @Override
    public Object constructorCall(Class type, Object[] args) throws Throwable {
        require(CONSTRUCTED.contains(type) || isLibrary(type), type, "new");
        return invoker.constructorCall(type, args);
    }

    @Override
    public Object superCall(Class sender, Object receiver, String method, Object[] args) throws Throwable {
        throw new SecurityException("Scripts not permitted to use super." + method);
    }

    @Override
    public Object getProperty(Object receiver, String name) throws Throwable {
        String getter = "get" + name.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + name.substring(1);
        boolean isMap = receiver instanceof Map;
        require(isMap || isOurs(receiver) || isAllowed(receiver, getter), receiver, getter);
        return invoker.getProperty(receiver, name);
    }

    @Override
    public void setProperty(Object receiver, String name, Object value) throws Throwable {
        require(receiver instanceof Map || isOurs(receiver), receiver, "set " + name);
        invoker.setProperty(receiver, name, value);
    }

    @Override
    public Object getAttribute(Object receiver, String name) throws Throwable {
        require(isOurs(receiver), receiver, "@" + name);
        return invoker.getAttribute(receiver, name);
    }

    @Override
    public void setAttribute(Object receiver, String name, Object value) throws Throwable {
        require(isOurs(receiver), receiver, "@" + name);
        invoker.setAttribute(receiver, name, value);
    }

    @Override
    public Object getArray(Object receiver, Object index) throws Throwable {
        require(Stream.of(Map.class, List.class).anyMatch(type -> type.isInstance(receiver)), receiver, "getAt");
        return invoker.getArray(receiver, index);
    }

    @Override
    public void setArray(Object receiver, Object index, Object value) throws Throwable {
        require(Stream.of(Map.class, List.class).anyMatch(type -> type.isInstance(receiver)), receiver, "putAt");
        invoker.setArray(receiver, index, value);
    }

    @Override
    public Object methodPointer(Object receiver, String name) {
        throw new SecurityException("Scripts not permitted to point to " + name);
    }

    @Override
    public Invoker contextualize(CallSiteBlock tags) {
        return this;
    }
}
