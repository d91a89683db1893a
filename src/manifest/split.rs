//! The documents of a file, split as kubectl splits them.

use std::ops::Range;

/// The parts of a file between lines that start with `---`.
///
/// kubectl refuses a file in which more than a comment stands behind the dashes. Such a line begins a part as well; more of them
/// belong to it, so that a certificate that stands at the start of its lines is one part.
pub(super) fn documents(text: &str) -> Vec<Range<usize>> {
    let mut starts = Vec::new();
    if text.starts_with("---") {
        starts.push(0);
    }
    starts.extend(memchr::memmem::find_iter(text.as_bytes(), b"\n---").map(|at| at + 1));
    let mut parts = Vec::with_capacity(starts.len() + 1);
    let (mut from, mut is_sound) = (0, true);
    for start in starts {
        let is_next_sound = behind_dashes(&text[start..]).is_none();
        if !is_sound && !is_next_sound {
            continue;
        }
        if start > from {
            parts.push(from..start);
        }
        (from, is_sound) = (start, is_next_sound);
    }
    parts.push(from..text.len());
    parts
}

/// Where something stands behind the dashes that a part begins with, which is no comment.
pub(super) fn behind_dashes(part: &str) -> Option<usize> {
    let line = part.strip_prefix("---")?.split('\n').next()?;
    let text = line.trim_start();
    let is_comment = text.is_empty() || text.starts_with('#');
    (!is_comment).then_some(3 + line.len() - text.len())
}

/// Where in a part the text begins that the parser gets: behind the line of dashes, which it gets at the start of a file alone, and
/// behind a mark of byte order.
pub(super) fn content(part: &str, is_first: bool) -> usize {
    let is_behind_dashes = !is_first && part.starts_with("---");
    let line = if is_behind_dashes { part.find('\n').map_or(part.len(), |end| end + 1) } else { 0 };
    line + if part[line..].starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
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

/// Where more than blanks and comments stands at an offset or behind it: kubectl drops what follows the first document.
pub(super) fn behind_end(part: &str, mut at: usize) -> Option<usize> {
    loop {
        let line = part.get(at..)?.lines().next()?;
        let text = line.trim_start();
        if !text.is_empty() && !text.starts_with('#') {
            return Some(at + line.len() - text.len());
        }
        at += part[at..].find('\n')? + 1;
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
    fn only_a_comment_may_stand_behind_dashes() {
        for (part, expected) in [
            ("---\na: 1\n", None),
            ("--- \t\na", None),
            ("---#b\n", None),
            ("--- # b", None),
            ("a: 1", None),
            ("--- {a: 1}\n", Some(4)),
            ("----\n", Some(3)),
            ("---\t|\n a", Some(4)),
        ] {
            assert_eq!(behind_dashes(part), expected, "{part:?}");
        }
        let certificate = "a: |\n-----BEGIN X\nQUJD\n-----END X\nb: 1\n---\nc: 1\n";
        let parts: Vec<&str> = documents(certificate).into_iter().map(|range| &certificate[range]).collect();
        assert_eq!(parts, ["a: |\n", "-----BEGIN X\nQUJD\n-----END X\nb: 1\n", "---\nc: 1\n"]);
    }

    #[test]
    fn what_follows_the_end_is_seen() {
        assert_eq!(behind_end("a: 1\n...\n", 8), None);
        assert_eq!(behind_end("a: 1\n...\n\n# b\n", 8), None);
        assert_eq!(behind_end("a: 1\n...\n# b\n c: 2\n", 8), Some(14));
        assert_eq!(behind_end("{a: 1}\n{b: 1}\n", 7), Some(7));
    }

    #[test]
    fn kinds_are_seen_without_parsing() {
        assert_eq!(plain_kind("apiVersion: v1\nkind: Service # x\n"), Some("Service"));
        assert_eq!(plain_kind("kind: \"Ingress\"\n"), Some("Ingress"));
        assert_eq!(plain_kind("  kind: Ingress\n"), None);
        assert_eq!(plain_kind("kind: {{ x }}\n"), None);
    }
}
