package hudson;

import java.util.AbstractList;

public class ExtensionList<T> extends AbstractList<T> {
    public T get(int a0) {
        return null;
    }

    public int size() {
        return 0;
    }

    public static <U> U lookupSingleton(Class<U> a0) {
        return null;
    }
}
