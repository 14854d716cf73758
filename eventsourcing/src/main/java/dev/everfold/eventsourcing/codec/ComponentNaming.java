package dev.everfold.eventsourcing.codec;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.AccessorNamingStrategy;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedMethod;
import tools.jackson.databind.introspect.DefaultAccessorNamingStrategy;

/// Of a record its components are stored and nothing else: `isLarge()` and `getTotal()` beside them are
/// computed, and would be unknown fields when they are read.
final class ComponentNaming extends DefaultAccessorNamingStrategy.Provider {

    private static final long serialVersionUID = 1L;

    @Override
    public AccessorNamingStrategy forRecord(MapperConfig<?> config, AnnotatedClass recordClass) {
        return new Components(config, recordClass);
    }

    private static final class Components extends DefaultAccessorNamingStrategy.RecordNaming {

        Components(MapperConfig<?> config, AnnotatedClass recordClass) {
            super(config, recordClass);
        }

        @Override
        public @Nullable String findNameForRegularGetter(AnnotatedMethod method, String name) {
            return _fieldNames.contains(name) ? name : null;
        }

        @Override
        public @Nullable String findNameForIsGetter(AnnotatedMethod method, String name) {
            return null;
        }
    }
}
