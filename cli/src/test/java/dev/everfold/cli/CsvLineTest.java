package dev.everfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CsvLineTest {

    @Test
    void cells_are_separated_by_commas_and_lines_end_with_cr_lf() {
        assertThat(CsvLine.of(List.of("", "a", "", "b c", ""))).isEqualTo(",a,,b c,\r\n");
    }

    @Test
    void what_holds_a_comma_or_a_quote_is_quoted() {
        assertThat(CsvLine.of(List.of("a,b", "say \"no\"", "'"))).isEqualTo("\"a,b\",\"say \"\"no\"\"\",'\r\n");
    }

    @Test
    void what_begins_like_a_formula_is_marked_as_text() {
        assertThat(CsvLine.of(List.of("=1", "+1", "-1", "@a", "  =1", "＝1", "1=1", "a-b")))
                .isEqualTo("'=1,'+1,'-1,'@a,'  =1,'＝1,1=1,a-b\r\n");
        assertThat(CsvLine.of(List.of("=a,\"b\""))).isEqualTo("\"'=a,\"\"b\"\"\"\r\n");
    }

    @Test
    void a_record_is_one_line_whatever_it_holds() {
        assertThat(CsvLine.of(List.of("a\r\nb\tc\u001b", "\t=1"))).isEqualTo("a\\r\\nb\\tc\\u001b,\\t=1\r\n");
    }
}
