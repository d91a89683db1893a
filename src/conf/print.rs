//! A tree as text: one directive a line, blocks indented by tabs, quotes and Lua code as they were.

use std::borrow::Cow;

use super::records::{Kind, Record};
use super::tree::{ConfFile, Node, Tree};

/// Prints a tree. The text parses to an equal tree.
#[must_use]
pub fn print(tree: &Tree<'_>) -> String {
    print_with(tree, |_| {})
}

/// Prints a tree with a comment behind each directive: behind the `;`, or behind the `{` of a block.
///
/// The notes are in the order of the directives; an empty one is left out. A note must be one line.
#[must_use]
pub fn annotate(tree: &Tree<'_>, notes: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let mut notes = notes.into_iter();
    print_with(tree, |out| {
        if let Some(note) = notes.next().filter(|note| !note.as_ref().is_empty()) {
            out.extend(["  # ", note.as_ref()]);
        }
    })
}

/// Prints a tree, and lets somebody write behind each directive.
fn print_with(tree: &Tree<'_>, mut behind: impl FnMut(&mut String)) -> String {
    let mut out = String::with_capacity(tree.text.len());
    for file in tree.files() {
        print_file(&mut out, tree, file, &mut behind);
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

fn print_file(out: &mut String, tree: &Tree<'_>, file: ConfFile<'_>, behind: &mut impl FnMut(&mut String)) {
    if let Some(path) = file.path() {
        start_line(out, 0);
        out.extend(["# configuration file ", path, ":"]);
    }
    // The ends of the open blocks, as indexes of nodes.
    let mut ends: Vec<u32> = Vec::new();
    let range = file.range();
    for at in range.clone() {
        close_blocks(out, &mut ends, at);
        let Some(record) = tree.nodes.get(at as usize) else { return };
        match record.kind {
            Kind::Trailing => out.push(' '),
            Kind::Simple | Kind::Block | Kind::Lua | Kind::Comment => start_line(out, ends.len()),
        }
        print_node(out, tree, record);
        if matches!(tree.node(at), Node::Directive(_)) {
            behind(out);
        }
        if record.kind == Kind::Block {
            ends.push(record.next);
        }
    }
    close_blocks(out, &mut ends, range.end);
}

fn close_blocks(out: &mut String, ends: &mut Vec<u32>, at: u32) {
    while ends.pop_if(|end| *end <= at).is_some() {
        start_line(out, ends.len());
        out.push('}');
    }
}

fn start_line(out: &mut String, depth: usize) {
    if !out.is_empty() {
        out.push('\n');
    }
    out.extend(std::iter::repeat_n('\t', depth));
}

fn print_node(out: &mut String, tree: &Tree<'_>, record: &Record) {
    let mut words = tree.raw_args(record);
    let code = if record.kind == Kind::Lua { words.next_back() } else { None };
    let before = out.len();
    for word in words {
        if out.len() > before {
            out.push(' ');
        }
        out.push_str(word);
    }
    match record.kind {
        Kind::Comment | Kind::Trailing => out.push_str(tree.text_of(record.start, record.end)),
        Kind::Simple => out.push(';'),
        Kind::Block if out.len() == before => out.push('{'),
        Kind::Block => out.push_str(" {"),
        Kind::Lua => out.extend([" {", code.unwrap_or_default(), "}"]),
    }
}

/// A value as an argument that nginx reads as exactly this value: bare where it can be, quoted where it must be.
///
/// Variables stay variables: nginx has no escape for `$`.
#[must_use]
pub fn quote(value: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b';' | b'{' | b'}' | b'"' | b'\'' | b'\\' | b'#');
    if !value.is_empty() && value.bytes().all(is_plain) {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len() + 2);
    out.push('"');
    for character in value.chars() {
        if matches!(character, '"' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('"');
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::super::parse;
    use super::*;
    use crate::source::FileId;

    #[test]
    fn one_directive_a_line() {
        for (text, expected) in [
            ("", ""),
            ("a  b ;c{d 'e';}", "a b;\nc {\n\td 'e';\n}\n"),
            ("a { # b\n\n} # c", "a { # b\n} # c\n"),
            ("a {{b;}}", "a {\n\t{\n\t\tb;\n\t}\n}\n"),
            ("x_by_lua_block\n{ a\n }", "x_by_lua_block { a\n }\n"),
            ("# configuration file /a:\n\nb;\n# configuration file /c:\n", "# configuration file /a:\nb;\n# configuration file /c:\n"),
        ] {
            assert_eq!(print(&parse(FileId(0), text).value), expected, "{text}");
        }
    }

    #[test]
    fn notes_stand_behind_what_they_are_about() {
        let tree = parse(FileId(0), "a;b { c; # d\n# e\nf; } x_by_lua_block { g }").value;
        let noted = annotate(&tree, ["1", "2", "3", "", "5"]);
        assert_eq!(noted, "a;  # 1\nb {  # 2\n\tc;  # 3 # d\n\t# e\n\tf;\n}\nx_by_lua_block { g }  # 5\n");
        let directives = |text: &str| print(&parse(FileId(0), text).value).matches(';').count();
        assert_eq!(directives(&noted), directives(&print(&tree)));
    }

    #[test]
    fn quoted_values_come_back() {
        for (value, expected) in [
            ("plain", "plain"),
            ("$a/b=c", "$a/b=c"),
            ("", "\"\""),
            ("a b", "\"a b\""),
            ("a;}", "\"a;}\""),
            ("^/a\\.b$", "\"^/a\\\\.b$\""),
            ("\\", "\"\\\\\""),
            ("say \"x\"", "\"say \\\"x\\\"\""),
            ("line\nbreak", "\"line\nbreak\""),
        ] {
            let quoted = quote(value);
            assert_eq!(quoted, expected);
            let text = format!("a {quoted};");
            let tree = parse(FileId(0), &text).value;
            let values: Vec<_> = tree.directives().flat_map(|directive| directive.args()).map(|arg| arg.value().into_owned()).collect();
            assert_eq!(values, [value]);
        }
    }
}
