import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A Java source in three forms of equal length: as it is; with comments and literals blanked (`code`); and with
/// all but comments blanked (`comments`). An offset means the same place in each.
final class JavaSource {
    /// A method's name and the lines of its body, braces included.
    record Method(String name, int firstLine, int lastLine) {}

    private final String text;
    private final String code;
    private final String comments;

    JavaSource(String text) {
        this.text = text;
        StringBuilder code = new StringBuilder(text.length());
        StringBuilder comments = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            boolean comment = text.startsWith("//", at) || text.startsWith("/*", at);
            boolean literal = text.charAt(at) == '"' || text.charAt(at) == '\'';
            int end = comment ? endOfComment(at) : literal ? endOfLiteral(at) : at + 1;
            String piece = text.substring(at, end);
            String blank = comment || literal ? piece.replaceAll("[^\n]", " ") : piece;
            code.append(blank);
            comments.append(comment ? piece : piece.replaceAll("[^\n]", " "));
            at = end;
        }
        this.code = code.toString();
        this.comments = comments.toString();
    }

    String text() {
        return text;
    }

    String code() {
        return code;
    }

    String comments() {
        return comments;
    }

    private int endOfComment(int start) {
        boolean line = text.charAt(start + 1) == '/';
        int end = line ? text.indexOf('\n', start) : text.indexOf("*/", start + 2);
        return end < 0 ? text.length() : line ? end : end + 2;
    }

    private int endOfLiteral(int start) {
        String quote = text.startsWith("\"\"\"", start) ? "\"\"\"" : text.substring(start, start + 1);
        int at = start + quote.length();
        while (at < text.length() && !text.startsWith(quote, at)) {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        return Math.min(at + quote.length(), text.length());
    }

    int lineAt(int offset) {
        int line = 1;
        for (int i = 0; i < offset; i++) {
            line += text.charAt(i) == '\n' ? 1 : 0;
        }
        return line;
    }

    /// What a pair of braces encloses. The name is the type's or the method's.
    private record Block(Kind kind, String name, int start) {}

    private enum Kind {
        TYPE,
        METHOD,
        OTHER
    }

    /// Methods, constructors and initialisers that stand directly in a type.
    List<Method> methods() {
        List<Method> methods = new ArrayList<>();
        Deque<Block> open = new ArrayDeque<>();
        int headerStart = 0;
        for (int i = 0; i < code.length(); i++) {
            char c = code.charAt(i);
            if (c == '{') {
                open.push(blockAt(i, code.substring(headerStart, i).strip(), Optional.ofNullable(open.peek())));
            } else if (c == '}' && !open.isEmpty()) {
                Block block = open.pop();
                if (block.kind() == Kind.METHOD) {
                    methods.add(new Method(block.name(), lineAt(block.start()), lineAt(i)));
                }
            }
            if (c == '{' || c == '}' || c == ';') {
                headerStart = i + 1;
            }
        }
        return methods;
    }

    private static final Pattern STATEMENT =
            Pattern.compile("(?s)(if|else|for|while|do|switch|try|catch|finally|synchronized)\\b.*");
    private static final Pattern TYPE =
            Pattern.compile("(?s)(?:(?:[a-z]+|non-sealed)\\s+)*?(?:class|interface|enum|record)\\s+(\\w+).*");
    private static final Pattern ANONYMOUS = Pattern.compile("(?s).*\\bnew\\s+[\\w.<>,?\\s\\[\\]]+\\(.*\\)");
    private static final Pattern METHOD =
            Pattern.compile("(?s)(.*?)(\\w+)\\s*\\([^()]*(?:\\([^()]*\\)[^()]*)*\\)(\\s*throws\\s[\\w.,\\s]+)?");

    private static Block blockAt(int start, String header, Optional<Block> parent) {
        // An annotation's arguments are not what the block is about, and may look like a call.
        String bare = header.replaceAll("@[\\w.]+(\\s*\\([^()]*(\\([^()]*\\)[^()]*)*\\))?", " ")
                .strip();
        Matcher type = TYPE.matcher(bare);
        if (type.matches()) {
            return new Block(Kind.TYPE, type.group(1), start);
        }
        if (!STATEMENT.matcher(bare).matches() && ANONYMOUS.matcher(bare).matches()) {
            return new Block(Kind.TYPE, "", start);
        }
        if (parent.isEmpty() || parent.get().kind() != Kind.TYPE || bare.contains("=") || bare.endsWith("->")) {
            return new Block(Kind.OTHER, "", start);
        }
        return member(start, bare, parent.get().name());
    }

    private static Block member(int start, String header, String typeName) {
        if (header.isEmpty() || header.equals("static")) {
            return new Block(Kind.METHOD, (header + " initialiser").strip(), start);
        }
        if (header.matches("(?s)(.*\\s)?" + Pattern.quote(typeName))) {
            return new Block(Kind.METHOD, typeName, start);
        }
        Matcher method = METHOD.matcher(header);
        if (method.matches()) {
            String name = method.group(2);
            boolean enumConstant = method.group(1).matches("[,\\s]*") && !name.equals(typeName);
            return new Block(enumConstant ? Kind.TYPE : Kind.METHOD, name, start);
        }
        // What is left is an enum constant with a body.
        return new Block(Kind.TYPE, "", start);
    }
}
