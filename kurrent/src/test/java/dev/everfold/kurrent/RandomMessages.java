package dev.everfold.kurrent;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Random;

/// Messages with any content, most of it wrong: every field may be missing, at its limits, or nonsense.
final class RandomMessages {

    private static final int DEPTH_MAX = 8;
    private static final List<Integer> INTS =
            List.of(0, 1, -1, 2, 32, 99, Integer.MAX_VALUE, Integer.MIN_VALUE, 1_000_000_000);
    private static final List<Long> LONGS =
            List.of(0L, 1L, -1L, -2L, -4L, -5L, -6L, -7L, 5L, Long.MAX_VALUE, Long.MAX_VALUE - 1, Long.MIN_VALUE);
    private static final List<String> TEXTS = List.of(
            "",
            "a",
            "order-1",
            "$all",
            "$$order-1",
            "$$",
            "$ce-order",
            "$users",
            "a\0b",
            "x".repeat(5_000),
            "type",
            "content-type",
            "application/json",
            "(",
            "^[^$].*",
            "5e1cb0b7-9c45-4b09-9a4f-6d6f0a3f2f52");

    private final Random random;

    RandomMessages(Random random) {
        this.random = random;
    }

    /// A message of the same type.
    Message like(Message prototype) {
        return message(prototype.newBuilderForType(), 0);
    }

    private Message message(Message.Builder builder, int depth) {
        for (FieldDescriptor field : builder.getDescriptorForType().getFields()) {
            if (random.nextInt(10) < 7 && depth < DEPTH_MAX) {
                set(builder, field, depth);
            }
        }
        return builder.build();
    }

    private void set(Message.Builder builder, FieldDescriptor field, int depth) {
        if (field.isRepeated()) {
            for (int left = random.nextInt(4); left > 0; left--) {
                builder.addRepeatedField(field, value(builder, field, depth));
            }
        } else {
            builder.setField(field, value(builder, field, depth));
        }
    }

    private Object value(Message.Builder builder, FieldDescriptor field, int depth) {
        return switch (field.getJavaType()) {
            case INT -> any(INTS);
            case LONG -> any(LONGS);
            case FLOAT -> Float.NaN;
            case DOUBLE -> Double.NaN;
            case BOOLEAN -> random.nextBoolean();
            case STRING -> any(TEXTS);
            case BYTE_STRING -> bytes();
            case ENUM -> field.getEnumType().findValueByNumberCreatingIfUnknown(random.nextInt(-1, 12));
            case MESSAGE -> message(builder.newBuilderForField(field), depth + 1);
        };
    }

    private ByteString bytes() {
        byte[] noise = new byte[random.nextInt(20)];
        random.nextBytes(noise);
        return random.nextBoolean() ? ByteString.copyFromUtf8(any(TEXTS)) : ByteString.copyFrom(noise);
    }

    private <T> T any(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }
}
