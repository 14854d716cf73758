package dev.everfold.eventsourcing.codec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.jsontype.NamedType;

/// Tells Jackson about sealed fields and about components that must be there.
final class StoredNameIntrospector extends JacksonAnnotationIntrospector {

    private static final long serialVersionUID = 1L;

    /// Where a sealed field says which case it is.
    static final String CASE = "$case";

    private static final JsonTypeInfo.Value BY_NAME =
            JsonTypeInfo.Value.construct(JsonTypeInfo.Id.NAME, JsonTypeInfo.As.PROPERTY, CASE, null, false, true);

    @Override
    public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
        JsonTypeInfo.Value given = super.findPolymorphicTypeInfo(config, annotated);
        return given == null && annotated instanceof AnnotatedClass type && SealedCases.isSealed(type.getRawType())
                ? BY_NAME
                : given;
    }

    @Override
    public @Nullable List<NamedType> findSubtypes(MapperConfig<?> config, Annotated annotated) {
        if (annotated instanceof AnnotatedClass type && SealedCases.isSealed(type.getRawType())) {
            return SealedCases.of(type.getRawType()).stream()
                    .map(each -> new NamedType(each, SealedCases.name(each)))
                    .toList();
        }
        return super.findSubtypes(config, annotated);
    }

    @Override
    public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
        Boolean given = super.hasRequiredMarker(config, member);
        if (given != null || !isComponent(member)) {
            return given;
        }
        return member.getRawType() != Optional.class;
    }

    private static boolean isComponent(AnnotatedMember member) {
        return member instanceof AnnotatedParameter
                && member.getDeclaringClass().isRecord();
    }
}
