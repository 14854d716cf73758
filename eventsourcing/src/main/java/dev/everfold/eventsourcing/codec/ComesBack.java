package dev.everfold.eventsourcing.codec;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonKey;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.Serializable;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.type.TypeFactory;

/// Finds what a record holds that would be written, and not read again as it was: that would be found out when it
/// is stored for good. Not for several threads.
///
/// The key of a map is written as its text, whatever that is, and a class with a constructor that takes text is made
/// of it: `Isin[code=DE02]` would become the code of another `Isin`.
final class ComesBack {

    private static final Set<Class<?>> OPTIONALS =
            Set.of(Optional.class, OptionalInt.class, OptionalLong.class, OptionalDouble.class);

    private static final String JACKSON = "tools.jackson.databind.annotation";

    /// Of what is declared so, the data does not tell which class it was.
    private static final Set<Class<?>> UNTOLD = Set.of(Object.class, Number.class, Serializable.class);

    private final Jackson jackson;
    private final Set<JavaType> seen = new HashSet<>();

    private ComesBack(Jackson jackson) {
        this.jackson = jackson;
    }

    /// What is asked of the mapper.
    interface Jackson {

        TypeFactory types();

        /// Whether there is any way to make an object of a class that is no record.
        boolean isReadable(JavaType type);

        /// Whether there is any way to make one of the key of a map.
        boolean isReadableAsKey(JavaType type);

        /// Whether the application may have said how its keys are written.
        boolean hasOwnKeys();

        /// Whether the application has classes written where they are not declared.
        boolean tellsClasses();
    }

    /// @throws IllegalArgumentException when something in the record would not come back
    static void require(Class<?> record, Jackson jackson) {
        new ComesBack(jackson).requireFields(jackson.types().constructType(record));
    }

    private void requireFields(JavaType record) {
        if (seen.add(record)) {
            for (RecordComponent component : record.getRawClass().getRecordComponents()) {
                if (!saysHowItIsStored(component)) {
                    require(
                            jackson.types().resolveMemberType(component.getGenericType(), record.getBindings()),
                            record);
                }
            }
        }
    }

    private void require(JavaType type, JavaType holder) {
        Class<?> raw = type.getRawClass();
        if (raw.isRecord()) {
            requireFields(type);
        } else if (SealedCases.isSealed(raw)) {
            SealedCases.of(raw)
                    .forEach(each -> requireFields(jackson.types().constructSpecializedType(type, each, true)));
        } else {
            if (type.isMapLikeType()) {
                requireKey(type.getKeyType(), holder);
            }
            if (raw == Optional.class) {
                requireTold(type.getContentType().getRawClass(), holder);
            }
            requireClass(type, holder);
            parts(type).forEach(part -> require(part, holder));
        }
    }

    /// What an array, a collection, an optional or any other generic class holds.
    private static List<JavaType> parts(JavaType type) {
        if (type.isMapLikeType()) {
            return List.of(type.getKeyType(), type.getContentType());
        }
        return type.isContainerType() || type.isReferenceType()
                ? List.of(type.getContentType())
                : type.getBindings().getTypeParameters();
    }

    private void requireClass(JavaType type, JavaType holder) {
        Class<?> raw = type.getRawClass();
        if (UNTOLD.contains(raw) && !jackson.tellsClasses()) {
            throw new IllegalArgumentException("A field in " + JsonTypes.name(holder) + " is of " + raw.getTypeName()
                    + ", and stored data do not tell of which class its value was: a small long would come back as an"
                    + " Integer. Say which it is, make it a sealed interface of records, or a JsonNode where any JSON"
                    + " may be.");
        }
        boolean isPlain = raw.isPrimitive() || raw.isEnum() || raw.isArray();
        boolean isGenericOfJava = type.hasGenericTypes() && !isOfApplication(raw);
        if (!isPlain && !isGenericOfJava && seen.add(type) && !jackson.isReadable(type)) {
            throw new IllegalArgumentException("A field in " + JsonTypes.name(holder) + " is of " + raw.getTypeName()
                    + ", which can be written and not read: there is no way to make one of its data. Make it a"
                    + " record, or a sealed interface of records.");
        }
    }

    private void requireKey(JavaType key, JavaType holder) {
        Class<?> raw = key.getRawClass();
        boolean isOfUntoldText = !jackson.hasOwnKeys() && isOfApplication(raw) && !raw.isEnum() && !hasText(raw);
        if (isOfUntoldText || !jackson.isReadableAsKey(key)) {
            throw new IllegalArgumentException("The keys of a map in " + JsonTypes.name(holder) + " are of "
                    + JsonTypes.name(key) + ", whose text does not tell what they are, so that they would not come"
                    + " back. Give that class a toString() that its constructor takes, annotate what tells it with"
                    + " @JsonKey, or let keys be text.");
        }
    }

    /// An optional that is empty is `null`, whatever it holds; so is one that holds an empty one.
    private static void requireTold(Class<?> content, JavaType holder) {
        if (OPTIONALS.contains(content)) {
            throw new IllegalArgumentException(
                    "A field in " + JsonTypes.name(holder) + " is an optional of an optional."
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

    private static boolean isOfApplication(Class<?> type) {
        return !type.isPrimitive() && !type.getName().startsWith("java.");
    }
}
