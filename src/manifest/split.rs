//! The documents of a file, split as kubectl splits them.

use std::ops::Range;

/// The parts of a file between lines that start with `---`.
///
/// What stands behind the dashes of such a line belongs to the document, as in `--- {a: 1}`.
pub(super) fn documents(text: &str) -> Vec<Range<usize>> {
    let mut starts = Vec::new();
    if text.starts_with("---") {
        starts.push(0);
    }
    starts.extend(memchr::memmem::find_iter(text.as_bytes(), b"\n---").map(|at| at + 1));
    let mut parts = Vec::with_capacity(starts.len() + 1);
    let mut from = 0;
    for start in starts {
        if start > from {
            parts.push(from..start);
        }
        from = start;
    }
    parts.push(from..text.len());
    parts
}

/// The text of the top-level key `kind` of a YAML document, where a line says it plainly.
pub(super) fn plain_kind(document: &str) -> Option<&str> {
    let line = match document.strip_prefix("kind:") {
        Some(rest) => rest,
        None => document.split_once("\nkind:")?.1,
    };
    let word = line.lines().next()?.split(" #").next()?.trim().trim_matches(['"', '\'']);
    (!word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(word)
}

/// Where something stands behind a line `...`, which ends a document; kubectl drops it.
pub(super) fn behind_end(document: &str) -> Option<usize> {
    let mut search = memchr::memmem::find_iter(document.as_bytes(), b"\n...");
    let mut at = search.find(|at| document[at + 4..].lines().next().is_none_or(|rest| rest.trim().is_empty()))? + 4;
    loop {
        let line = document[at..].lines().next()?;
        let text = line.trim();
        if !text.is_empty() && !text.starts_with('#') {
            return Some(at);
        }
        at += line.len();
        at += document[at..].find('\n')? + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_start_at_dashes() {
        let split = |text: &str| documents(text).into_iter().map(|range| text[range].to_owned()).collect::<Vec<_>>();
        assert_eq!(split("a: 1\n---\nb: 2\n"), ["a: 1\n", "---\nb: 2\n"]);
        assert_eq!(split("---\na: 1\n--- # x\nb: 2"), ["---\na: 1\n", "--- # x\nb: 2"]);
        assert_eq!(split(""), [""]);
        assert_eq!(split("a: |\n  ---\n"), ["a: |\n  ---\n"]);
    }

    #[test]
    fn what_follows_the_end_is_seen() {
        assert_eq!(behind_end("a: 1\n...\n"), None);
        assert_eq!(behind_end("a: 1\n...\n\n# b\n"), None);
        assert_eq!(behind_end("a: 1\n...\n# b\nc: 2\n"), Some(13));
        assert_eq!(behind_end("a: 1\n...b\nc: 2\n"), None);
    }

    #[test]
    fn kinds_are_seen_without_parsing() {
        assert_eq!(plain_kind("apiVersion: v1\nkind: Service # x\n"), Some("Service"));
        assert_eq!(plain_kind("kind: \"Ingress\"\n"), Some("Ingress"));
        assert_eq!(plain_kind("  kind: Ingress\n"), None);
        assert_eq!(plain_kind("kind: {{ x }}\n"), None);
    }
}
