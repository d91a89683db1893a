//! Text within Markdown that nothing in it can leave.

use super::untrusted::one_line;

/// A sentence of ours: what it quotes in backticks stays so, everything else that Markdown obeys is escaped.
pub(super) fn words(sentence: &str) -> String {
    let mut out = String::new();
    for (at, part) in one_line(sentence).split('`').enumerate() {
        if at % 2 == 1 {
            out.push_str(&code(part));
            continue;
        }
        for character in part.chars() {
            if matches!(character, '\\' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '@' | '&' | '!') {
                out.push('\\');
            }
            out.push(character);
        }
    }
    out
}

/// Text as code that nothing in it can end.
pub(super) fn code(text: &str) -> String {
    let text = one_line(text);
    let fence = "`".repeat(longest_run(&text) + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// The most backticks in a row.
pub(super) fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_code() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(words("host `a` *b* <img> @c"), "host `a` \\*b\\* \\<img\\> \\@c");
        assert_eq!(words("an odd ` one"), "an odd ` one`");
    }
}
