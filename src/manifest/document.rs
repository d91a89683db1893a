//! YAML that is no Kubernetes object: its documents as trees, whose values know where they stand.

use super::split;
use super::tree::Node;
use super::yaml;
use crate::diagnostic::Outcome;
use crate::source::FileId;

/// Reads all documents of a text. One that cannot be read is a finding and costs only itself; empty ones are left out.
#[must_use]
pub fn documents(file: FileId, text: &str) -> Outcome<Vec<Node<'_>>> {
    let (mut findings, mut all) = (Vec::new(), Vec::new());
    for part in split::documents(text) {
        let start = part.start + split::content(&text[part.clone()], part.start == 0);
        match yaml::read(file, text, start..part.end, &mut findings) {
            Ok(document) => all.extend(document.root),
            Err(refusal) => findings.push(*refusal),
        }
    }
    Outcome { value: all, diagnostics: findings }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_document_is_read_for_itself() {
        let text = "\u{feff}a: 1\n---\nb: [\n---\n# nothing\n---\nc: x\n";
        let Outcome { value, diagnostics } = documents(FileId(0), text);
        assert_eq!(value.iter().filter_map(|node| node.entries().first()).map(|entry| &*entry.key).collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
        let last = value.last().and_then(|node| node.get("c")).expect("it is there");
        assert_eq!((last.text(), &text[last.span.range()]), (Some("x"), "x"));
    }
}
