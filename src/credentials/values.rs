//! Secrets that are known by the name that stands before or behind them.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::names::is_name;

/// A text that holds none of these has no name of a secret.
const SIGN: &str = "(?i)auth|pass|pwd|pw|psk|secret|token|credential|key|signature|bearer|jwt|cookie|session";

/// Bytes behind a name in which its value begins, and mostly ends.
const WINDOW: usize = 512;

const NAME: &str = r"[A-Za-z_][A-Za-z0-9_.-]*";

/// A value: in quotes, in brackets of Lua, or bare up to what ends a word.
const VALUE: &str =
    r#"(?:\\"([^"\\\n]*)\\"|"((?:[^"\\\n]|\\.)*)(?:"|\z)|'([^'\n]*)(?:'|\z)|\[\[(.*?)\]\]|([^\s"'`;,)}\]\[{][^\s"'`;,)}\]]*))"#;

/// What may stand between the name and the sign of a comparison or an assignment.
const BEHIND: &str = r#"\\?["'\])]*(?::\w+\([^)\n]*\))?\)?\s*"#;

#[expect(clippy::unwrap_used, reason = "fixed patterns that a test compiles")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

static SIGNS: LazyLock<Regex> = LazyLock::new(|| pattern(SIGN));
static NAMES: LazyLock<Regex> = LazyLock::new(|| pattern(NAME));
static COMPARED: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"^{BEHIND}(?:=~|~=|[!=]?=|!~\*?|~\*?)\s*\*?\s*{VALUE}")));
static CALLED: LazyLock<Regex> = LazyLock::new(|| pattern(r#"^["']\s*,\s*(?:"([^"\n]*)"|'([^'\n]*)')\s*(?:[),]|\z)"#));
static INDEXED: LazyLock<Regex> = LazyLock::new(|| pattern(r#"^\[\s*(?:"([^"\n]*)"|'([^'\n]*)')\s*\]"#));
/// To the end of the line: a value behind a colon may hold blanks. Behind a name in backticks a sentence goes on.
static NAMED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"^\\?["']?[ \t]*:[ \t]*(?:\\?"((?:[^"\\\n]|\\[^"])*)|'([^'\n]*)'|([^\s"'`|>{\[&*!;,}][^\n"'`;,}]*))"#));
static LISTED: LazyLock<Regex> = LazyLock::new(|| pattern(r#"^["']?\s*[:=]\s*[{\[]([^}\]\n]+)[}\]]"#));
static BLOCK: LazyLock<Regex> = LazyLock::new(|| pattern(r#"^["']?[ \t]*:[ \t]*(?:[|>][-+0-9]*)?[ \t]*(?:#[^\n]*)?\r?\n"#));
/// What a rule of ModSecurity compares with.
static RULE: LazyLock<Regex> = LazyLock::new(|| pattern(r#"^\s+\\?"!?@[A-Za-z]+\s+([^"\\\n]+)"#));
/// Behind an argument, in the same word, the next one, or the next item of a list.
static ARGUMENT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"^(?:["']?\s*,\s*["']?|["']?[ \t]*\r?\n\s*-\s+["']?|[ \t]+["']?)([^\s"',\]-][^\s"',\]]*)"#));
/// Behind the name in a directive.
static DIRECTIVE: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r#"^["']?[ \t]+{VALUE}"#)));
static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?:proxy_set_header|grpc_set_header|(?:fastcgi|uwsgi|scgi)_param|add_header|add_trailer|set|set_escape_uri|(?:set|add|replace)-header|requirepass|masterauth)[ \t]+["']?\$?$"#,
    )
});
/// A value before the name that it is compared with.
static REVERSED: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?:"([^"\n]*)"|'([^'\n]*)')\s*[~!=]=\s*([^\s=)]+)"#));
/// A pair of fields, as environments of containers have them.
static PAIR: LazyLock<Regex> = LazyLock::new(|| pattern(r#"\bname["']?\s*:\s*["']?([A-Za-z0-9_.-]+)"#));
static FIELD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"^["']?(?:\s|#[^\n]*\n)*,?\s*["']?value["']?\s*:[ \t]*(?:"([^"\n]*)|'([^'\n]*)|([^\s"'{\[|>][^\n,}]*))"#));
static REVERSED_PAIR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"\bvalue["']?\s*:[ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"'{\[|>][^\n,}]*))\s*,?\s*["']?name["']?\s*:\s*["']?([A-Za-z0-9_.-]+)"#,
    )
});
/// A name and a value in a sentence.
static SAID: LazyLock<Regex> = LazyLock::new(|| pattern(r"`([A-Za-z0-9_./-]+)`[^`\n]{0,40}?\b(?:is|not|value|holds|to|be)\s+`([^`\n]+)`"));
static WORDS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:requirepass|masterauth)[ \t]+(\S+)"));

/// Whether a text, as the source of a map, names something secret.
#[must_use]
pub fn has_name(text: &str) -> bool {
    NAMES.find_iter(text).any(|name| is_name(name.as_str()))
}

/// Where the values of names of secrets are.
pub(super) fn ranges(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if !SIGNS.is_match(text) {
        return found;
    }
    // What a value holds is hidden already: each part of a text is looked at once.
    let mut hidden = 0;
    for name in NAMES.find_iter(text).filter(|name| SIGNS.is_match(name.as_str()) && is_name(name.as_str())) {
        if name.start() >= hidden {
            let before = found.len();
            of_name(text, name.range(), &mut found);
            hidden = found[before..].iter().map(|range| range.end).max().unwrap_or(hidden);
        }
    }
    for captures in PAIR.captures_iter(text).filter(|captures| is_name(&captures[1])) {
        // The field can be written twice.
        let mut at = captures.get(1).map_or(0, |name| name.end());
        while let Some(field) = FIELD.captures(&text[at..]) {
            found.extend(first(&field, &[1, 2, 3]).map(|range| at + range.start..at + range.end));
            at += field[0].len();
        }
    }
    let mut pairs = |pattern: &Regex, name: &[usize], value: &[usize]| {
        for captures in pattern.captures_iter(text) {
            if first(&captures, name).is_some_and(|name| is_name(&text[name])) {
                found.extend(first(&captures, value));
            }
        }
    };
    pairs(&REVERSED, &[3], &[1, 2]);
    pairs(&REVERSED_PAIR, &[4], &[1, 2, 3]);
    pairs(&SAID, &[1], &[2]);
    found.into_iter().map(|range| trimmed(text, range)).filter(|range| !is_harmless(&text[range.clone()])).collect()
}

/// The value behind a name.
fn of_name(text: &str, name: Range<usize>, found: &mut Vec<Range<usize>>) {
    let rest = window(&text[name.end..]);
    let mut take = |pattern: &Regex, groups: &[usize]| {
        let range = pattern.captures(rest).and_then(|captures| first(&captures, groups));
        let is_found = range.is_some();
        // A value that is longer than what was looked at is hidden to the end of its line.
        let end = |end: usize| {
            if end < rest.len() { end } else { end + text[name.end + end..].find('\n').unwrap_or(text.len() - name.end - end) }
        };
        found.extend(range.map(|range| name.end + range.start..name.end + end(range.end)));
        is_found
    };
    let mut before = name.start.saturating_sub(40);
    while !text.is_char_boundary(before) {
        before += 1;
    }
    let before = &text[before..name.start];
    let is_argument = text[name.clone()].starts_with('-') || before.ends_with("--");
    if BEFORE.is_match(before) && take(&DIRECTIVE, &[1, 2, 3, 4, 5]) || is_argument && take(&ARGUMENT, &[1]) {
        return;
    }
    if take(&COMPARED, &[1, 2, 3, 4, 5]) || take(&CALLED, &[1, 2]) || take(&INDEXED, &[1, 2]) || take(&NAMED, &[1, 2, 3]) {
        return;
    }
    if WORDS.is_match(window(&text[name.start..])) && take(&DIRECTIVE, &[1, 2, 3, 4, 5]) {
        return;
    }
    if take(&RULE, &[1]) {
    } else if let Some(block) = BLOCK.find(rest) {
        let block = block_of(text, name.start, name.end + block.end());
        found.extend(Some(block).filter(|block| !is_mapping(text[block.clone()].trim_start_matches(['-', ' ', '\n']))));
    } else if LISTED.captures(rest).is_some_and(|list| !is_mapping(&list[1])) {
        take(&LISTED, &[1]);
    }
}

/// The start of a text, so that no name costs more than a look at what stands near by.
fn window(text: &str) -> &str {
    let end = (WINDOW.min(text.len())..=text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(text.len());
    &text[..end]
}

/// The lines of a block of text, which stand deeper than its key.
fn block_of(text: &str, key: usize, start: usize) -> Range<usize> {
    let column = key - text[..key].rfind('\n').map_or(0, |at| at + 1);
    let is_inside = |line: &&str| line.trim().is_empty() || line.len() - line.trim_start_matches(' ').len() > column;
    let length: usize = text[start..].split_inclusive('\n').take_while(is_inside).map(str::len).sum();
    start..start + length
}

/// Whether what stands in brackets has names of its own.
fn is_mapping(inside: &str) -> bool {
    let inside = inside.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '{' | '"' | '\''));
    NAMES
        .find(inside)
        .is_some_and(|name| name.start() == 0 && inside[name.end()..].trim_start_matches(['"', '\'', ' ']).starts_with([':', '=']))
}

/// Whether a value tells nothing: a variable, a switch, an expression, or what is hidden already.
fn is_harmless(value: &str) -> bool {
    const SWITCHES: [&str; 11] = ["", "true", "false", "on", "off", "yes", "no", "null", "nil", "none", "~"];
    let value = value.trim();
    let is_variable = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let mut variables = value.split('$');
    let are_variables = variables.next() == Some("")
        && variables.clone().next().is_some()
        && value.len() > 1
        && variables.all(|name| is_variable(name.trim_matches(['{', '}', ';', ':'])));
    let is_expression =
        value.starts_with("ngx.") || value.starts_with("string.") || value.starts_with("os.") || value.starts_with("require(");
    SWITCHES.contains(&value.to_ascii_lowercase().as_str())
        || are_variables
        || is_expression
        || value.contains(super::HIDDEN)
        || value.starts_with("hidden>")
}

fn first(captures: &Captures<'_>, groups: &[usize]) -> Option<Range<usize>> {
    groups.iter().find_map(|group| captures.get(*group)).map(|found| found.range())
}

/// Without blanks around it.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let value = &text[range.clone()];
    let (front, back) = (value.len() - value.trim_start().len(), value.len() - value.trim_end().len());
    if front == value.len() { range.start..range.start } else { range.start + front..range.end - back }
}
