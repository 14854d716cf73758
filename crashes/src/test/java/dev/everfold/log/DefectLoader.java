package dev.everfold.log;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.util.Arrays;

/// Loads the project's classes once more, one of them changed: as if the defect were in the source.
final class DefectLoader extends ClassLoader {

    private static final String OURS = "dev.everfold.";

    private final String changedClass;
    private final ClassTransform change;
    private boolean changed;

    /// @param changedClass its name
    DefectLoader(String changedClass, ClassTransform change) {
        super(DefectLoader.class.getClassLoader());
        this.changedClass = changedClass;
        this.change = change;
    }

    /// Whether the class was asked for, and the change has changed it.
    boolean hasChanged() {
        return changed;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream file = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (file == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = file.readAllBytes();
            if (name.equals(changedClass)) {
                ClassFile classes = ClassFile.of(ClassFile.DebugElementsOption.DROP_DEBUG);
                byte[] same = classes.transformClass(classes.parse(bytes), ClassTransform.ACCEPT_ALL);
                bytes = classes.transformClass(classes.parse(bytes), change);
                changed = !Arrays.equals(same, bytes);
            }
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException failure) {
            throw new ClassNotFoundException(name, failure);
        }
    }
}
