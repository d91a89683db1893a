//! Bytes that are no UTF-8, as text from old editors has them: what kubectl makes of the document that they stand in.

use super::tree::{Node, Value};
use crate::diagnostic::{Diagnostic, Effect};
use crate::source::{FileId, Span};

/// Bytes in a comment: the document is read all the same, since nothing is lost.
pub(super) fn in_comment(file: FileId, broken: &[(u32, u8)]) -> Option<Diagnostic> {
    let finding = finding(file, broken, "kubectl refuses the document")?;
    Some(finding.note("it stands in a comment, so that the document is read here all the same"))
}

/// Bytes in a value.
pub(super) fn in_value(file: FileId, broken: &[(u32, u8)]) -> Option<Diagnostic> {
    let finding = finding(file, broken, "kubectl refuses the document")?;
    Some(finding.note("the document is left out: which character is meant is not known").effect(Effect::NotRead))
}

/// Bytes in JSON.
pub(super) fn in_json(file: FileId, broken: &[(u32, u8)]) -> Option<Diagnostic> {
    finding(file, broken, "kubectl puts the character U+FFFD in its place")
}

fn finding(file: FileId, broken: &[(u32, u8)], consequence: &str) -> Option<Diagnostic> {
    let (at, byte) = broken.first()?;
    let start = *at as usize;
    let span = Span::new(file, start..start + char::REPLACEMENT_CHARACTER.len_utf8());
    let finding = Diagnostic::error("broken-encoding", format!("the byte {byte:#04x} is not UTF-8: {consequence}")).at(span);
    let finding = match broken.len() - 1 {
        0 => finding,
        1 => finding.note("another byte behind it is none either"),
        more => finding.note(format!("{more} more bytes behind it are none either")),
    };
    // The upper half of Latin-1 has the numbers of Unicode.
    let letter = char::from(*byte);
    Some(match letter.is_control() {
        true => finding.help("save the file as UTF-8"),
        false => finding.help(format!("save the file as UTF-8: in Latin-1 the byte is `{letter}`")),
    })
}

/// Whether a key or a value of a document has the mark that stands in for such bytes.
pub(super) fn holds_mark(node: &Node) -> bool {
    match node.value() {
        Value::String(text) => text.contains(char::REPLACEMENT_CHARACTER),
        Value::Sequence(items) => items.iter().any(holds_mark),
        Value::Mapping(entries) => entries.iter().any(|entry| entry.key.contains(char::REPLACEMENT_CHARACTER) || holds_mark(&entry.value)),
        _ => false,
    }
}
