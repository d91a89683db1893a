//! Comments that accept findings: `# ingressc: allow(rule) reason`, at the end of a line, above one, or on top of a document.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::split;

/// What such comments begin with, behind their sign.
const MARK: &str = "ingressc:";

/// A comment for this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Where it stands.
    pub range: Range<usize>,
    /// What it holds for: its own line, the next one with all that is nested in it, or the whole document.
    pub scope: Range<usize>,
    /// What it says; nothing where it is not understood.
    pub allow: Option<Allow>,
}

/// What a comment accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    /// The rules, with their places.
    pub rules: Vec<(String, Range<usize>)>,
    /// Why.
    pub reason: String,
}

#[expect(clippy::unwrap_used, reason = "a fixed pattern that a test compiles")]
static ALLOW: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^allow\s*\(([^()]*)\)[\s:,–-]*(.*)$").unwrap());

/// All of them in a text, in their order.
#[must_use]
pub fn comments(text: &str) -> Vec<Comment> {
    let mut found = Vec::new();
    // Most texts have none, and are looked at only once.
    if memchr::memmem::find(text.as_bytes(), MARK.as_bytes()).is_none() {
        return found;
    }
    for document in split::documents(text) {
        let lines = lines(text, &document);
        let first = lines.iter().position(|line| text[line.clone()].trim() != "---" && is_content(&text[line.clone()]));
        for (at, line) in lines.iter().enumerate() {
            let Some(hash) = sign(&text[line.clone()]).map(|sign| line.start + sign) else { continue };
            let is_alone = text[line.start..hash].trim().is_empty();
            let scope = match (is_alone, first) {
                (true, Some(first)) if at < first => document.clone(),
                (true, _) => below(text, &lines, at),
                (false, _) => nested(text, &lines, at),
            };
            let range = hash..line.start + text[line.clone()].trim_end().len();
            let words = text[range.clone()].trim_start_matches('#').trim_start();
            let words = words.strip_prefix(MARK).unwrap_or_default().trim();
            found.push(Comment { allow: allow(words, range.end - words.len()), range, scope });
        }
    }
    found
}

fn lines(text: &str, document: &Range<usize>) -> Vec<Range<usize>> {
    let mut from = document.start;
    let lines = text[document.clone()].split_inclusive('\n').map(|line| {
        let start = from;
        from += line.len();
        start..from
    });
    lines.collect()
}

/// Where the sign of a comment for this program stands in a line.
fn sign(line: &str) -> Option<usize> {
    let mark = line.find(MARK)?;
    let before = line[..mark].trim_end_matches([' ', '\t']);
    let sign = before.strip_suffix('#')?;
    let is_comment = sign.is_empty() || sign.ends_with([' ', '\t']);
    is_comment.then_some(sign.len())
}

/// Whether a line is more than a blank and a comment.
fn is_content(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !line.starts_with('#')
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// The next line below a comment, unless it stands further to the left: then the comment is the last of its block, or text in a value.
fn below(text: &str, lines: &[Range<usize>], at: usize) -> Range<usize> {
    let own = indent(&text[lines[at].clone()]);
    match (at + 1..lines.len()).find(|line| is_content(&text[lines[*line].clone()])) {
        Some(next) if indent(&text[lines[next].clone()]) >= own => nested(text, lines, next),
        _ => lines[at].clone(),
    }
}

/// A line and what is nested in it.
fn nested(text: &str, lines: &[Range<usize>], at: usize) -> Range<usize> {
    let line = |at: usize| &text[lines[at].clone()];
    let own = indent(line(at));
    // The items of a list may stand right below their key.
    let is_item = |at: usize| line(at).trim_start().starts_with("- ");
    let is_within = |next: &usize| {
        let inner = indent(line(*next));
        line(*next).trim().is_empty() || inner > own || inner == own && is_item(*next) && !is_item(at)
    };
    let end = (at + 1..lines.len()).take_while(is_within).last().unwrap_or(at);
    lines[at].start..lines[end].end
}

fn allow(words: &str, start: usize) -> Option<Allow> {
    let found = ALLOW.captures(words)?;
    let list = found.get(1)?;
    let mut from = start + list.start();
    let mut rules = Vec::new();
    for part in list.as_str().split(',') {
        let name = part.trim();
        let at = from + (part.len() - part.trim_start().len());
        rules.push((name.to_owned(), at..at + name.len()));
        from += part.len() + 1;
    }
    rules.retain(|(name, _)| !name.is_empty());
    let reason = found.get(2).map_or("", |reason| reason.as_str()).trim().to_owned();
    (!rules.is_empty()).then_some(Allow { rules, reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of the lines that the first comment holds for.
    fn scope(text: &str) -> Option<(usize, usize)> {
        let scope = comments(text).first()?.scope.clone();
        let line = |at: usize| text[..at].matches('\n').count() + 1;
        Some((line(scope.start), line(scope.end.saturating_sub(1))))
    }

    #[test]
    fn a_comment_holds_for_its_line_the_next_one_or_the_document() {
        for (text, expected) in [
            ("a: 1\nb: 2 # ingressc: allow(x) y\nc: 3\n", Some((2, 2))),
            ("a: 1\n# ingressc: allow(x) y\n\n# more\nb: 2\nc: 3\n", Some((5, 5))),
            ("a: 1\n# ingressc: allow(x) y\nb:\n  c: 2\n\n  d: 3\ne: 4\n", Some((3, 6))),
            ("a: 1\n# ingressc: allow(x) y\nb:\n- c\n- d\ne: 4\n", Some((3, 5))),
            ("a:\n  # ingressc: allow(x) y\n  - b: 1\n    c: 2\n  - d: 3\n", Some((3, 4))),
            ("a: 1\n---\n# ingressc: allow(x) y\n\nb: 1\nc: 2\n---\nd: 3\n", Some((2, 6))),
            ("# ingressc: allow(x) y\nb: 1\nc: 2\n---\nd: 3\n", Some((1, 3))),
            // The last line of a value cannot speak for what follows.
            ("a: |\n  b\n  # ingressc: allow(x) y\nc: 2\n", Some((3, 3))),
            ("a: b#ingressc: allow(x) y\n", None),
            ("a: ingressc: allow(x) y\n", None),
            ("a: 1\n", None),
        ] {
            assert_eq!(scope(text), expected, "{text}");
        }
    }

    #[test]
    fn a_comment_names_rules_and_a_reason() {
        for (words, rules, reason) in [
            ("allow(odd-host) moves in March", &["odd-host"][..], "moves in March"),
            ("allow( a , b-c ): known", &["a", "b-c"], "known"),
            ("allow(a)", &["a"], ""),
            ("allow() x", &[], ""),
            ("ignore(a) x", &[], ""),
            ("allow a", &[], ""),
        ] {
            let text = format!("x: 1\n  # ingressc: {words}\n");
            let [comment] = &comments(&text)[..] else { panic!("{words}") };
            let allow = comment.allow.clone().unwrap_or(Allow { rules: Vec::new(), reason: String::new() });
            assert_eq!(allow.rules.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), rules, "{words}");
            assert_eq!(allow.reason, reason, "{words}");
            assert!(allow.rules.iter().all(|(name, range)| text[range.clone()] == **name), "{words}");
            assert_eq!(&text[comment.range.clone()], format!("# ingressc: {words}"));
        }
    }
}
