package dev.everfold.eventsourcing.codec;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonKey;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Finds what a record holds that would be written, and not read again as it was: that would be found out when it
/// is stored for good. Not for several threads.
///
/// The key of a map is written as its text, whatever that is, and a class with a constructor that takes text is made
/// of it: `Isin[code=DE02]` would become the code of another `Isin`.
final class ComesBack {

    private static final Set<Class<?>> OPTIONALS =
            Set.of(Optional.class, OptionalInt.class, OptionalLong.class, OptionalDouble.class);

    private static final String JACKSON = "tools.jackson.databind.annotation";

    private final Predicate<Class<?>> isReadable;
    private final Predicate<Type> isReadableAsKey;
    private final boolean hasOwnKeys;
    private final Set<Class<?>> seen = new HashSet<>();

    private ComesBack(Predicate<Class<?>> isReadable, Predicate<Type> isReadableAsKey, boolean hasOwnKeys) {
        this.isReadable = isReadable;
        this.isReadableAsKey = isReadableAsKey;
        this.hasOwnKeys = hasOwnKeys;
    }

    /// @param isReadable whether there is any way to make an object of a class that is no record
    /// @param isReadableAsKey whether there is any way to make one of the key of a map
    /// @param hasOwnKeys whether the application may have said how its keys are written
    /// @throws IllegalArgumentException when something in the record would not come back
    static void require(
            Class<?> record, Predicate<Class<?>> isReadable, Predicate<Type> isReadableAsKey, boolean hasOwnKeys) {
        new ComesBack(isReadable, isReadableAsKey, hasOwnKeys).requireFields(record);
    }

    private void requireFields(Class<?> record) {
        if (seen.add(record)) {
            for (RecordComponent component : record.getRecordComponents()) {
                if (!saysHowItIsStored(component)) {
                    require(component.getGenericType(), record);
                }
            }
        }
    }

    private void require(Type type, Class<?> holder) {
        switch (type) {
            case Class<?> plain when plain.isArray() -> require(plain.getComponentType(), holder);
            case Class<?> plain -> requireClass(plain, holder);
            case ParameterizedType generic -> {
                Type[] arguments = generic.getActualTypeArguments();
                if (isMap(generic.getRawType()) && arguments.length == 2) {
                    requireKey(arguments[0], holder);
                }
                if (generic.getRawType() == Optional.class) {
                    requireTold(arguments[0], holder);
                }
                if (generic.getRawType() instanceof Class<?> raw && isOfApplication(raw)) {
                    requireClass(raw, holder);
                }
                Arrays.stream(arguments).forEach(argument -> require(argument, holder));
            }
            case GenericArrayType array -> require(array.getGenericComponentType(), holder);
            case WildcardType wildcard ->
                Arrays.stream(wildcard.getUpperBounds()).forEach(bound -> require(bound, holder));
            default -> {
                // A type variable; what stands for it is looked at where its record is used.
            }
        }
    }

    private void requireClass(Class<?> type, Class<?> holder) {
        if (type.isRecord()) {
            requireFields(type);
        } else if (SealedCases.isSealed(type)) {
            SealedCases.of(type).forEach(this::requireFields);
        } else if (!type.isPrimitive() && !type.isEnum() && seen.add(type) && !isReadable.test(type)) {
            throw new IllegalArgumentException("A field in " + holder.getTypeName() + " is of " + type.getTypeName()
                    + ", which can be written and not read: there is no way to make one of its data. Make it a"
                    + " record, or a sealed interface of records.");
        }
    }

    private void requireKey(Type key, Class<?> holder) {
        boolean isOfUntoldText = !hasOwnKeys
                && key instanceof Class<?> type
                && isOfApplication(type)
                && !type.isEnum()
                && !hasText(type);
        if (isOfUntoldText || (!(key instanceof TypeVariable<?>) && !isReadableAsKey.test(key))) {
            throw new IllegalArgumentException("The keys of a map in " + holder.getTypeName() + " are of "
                    + key.getTypeName() + ", whose text does not tell what they are, so that they would not come back."
                    + " Give that class a toString() that its constructor takes, annotate what tells it with @JsonKey,"
                    + " or let keys be text.");
        }
    }

    /// An optional that is empty is `null`, whatever it holds; so is one that holds an empty one.
    private static void requireTold(Type content, Class<?> holder) {
        Type raw = content instanceof ParameterizedType generic ? generic.getRawType() : content;
        if (raw instanceof Class<?> type && OPTIONALS.contains(type)) {
            throw new IllegalArgumentException("A field in " + holder.getTypeName() + " is an optional of an optional."
                    + " Both are null where they are empty, so that they would not come back. Make it a sealed"
                    + " interface of records.");
        }
    }

    /// Whether the text of a class is of its author, and not what every record or object says of itself:
    /// of a record, that is final.
    private static boolean hasText(Class<?> type) {
        if (Stream.of(type.getDeclaredMethods(), type.getDeclaredFields())
                .flatMap(Arrays::stream)
                .anyMatch(ComesBack::tellsKey)) {
            return true;
        }
        try {
            Method text = type.getMethod("toString");
            Class<?> author = text.getDeclaringClass();
            return author != Object.class && !(author.isRecord() && Modifier.isFinal(text.getModifiers()));
        } catch (NoSuchMethodException isInterface) {
            return false;
        }
    }

    private static boolean tellsKey(AnnotatedElement member) {
        return member.isAnnotationPresent(JsonKey.class) || member.isAnnotationPresent(JsonValue.class);
    }

    /// Whether the application has said in Jackson's words how a component is stored.
    private static boolean saysHowItIsStored(RecordComponent component) {
        return Arrays.stream(component.getAccessor().getAnnotations())
                .map(Annotation::annotationType)
                .anyMatch(type -> type == JsonIgnore.class
                        || type == JsonTypeInfo.class
                        || type.isAnnotationPresent(JacksonAnnotationsInside.class)
                        || type.getPackageName().equals(JACKSON));
    }

    private static boolean isMap(Type type) {
        return type instanceof Class<?> raw && Map.class.isAssignableFrom(raw);
    }

    private static boolean isOfApplication(Class<?> type) {
        return !type.isPrimitive() && !type.getName().startsWith("java.");
    }
}
