//! Regular expressions as nginx runs them: PCRE over bytes, put into the words of the `regex` crate, which takes time in proportion to
//! the text. What that has no words for is said to be so.

use std::fmt::Write as _;
use std::sync::OnceLock;

use regex_automata::Input;
use regex_automata::meta::{self, Regex};
use regex_automata::util::primitives::PatternID;
use regex_automata::util::syntax;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::Hir;

/// What the groups of an expression fit, the whole first.
pub type Groups = Vec<Vec<u8>>;

/// How large a compiled expression may become, in bytes.
const LARGEST: usize = 1 << 22;

/// Groups that are found without more room being asked for.
const FEW: usize = 16;

/// A compiled regular expression.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: Box<str>,
    is_caseless: bool,
    regex: Regex,
    /// The same where the text ends with a line break, before which `$` fits too. None where there is no `$`. Hardly any text does.
    before_break: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Compiles one; an error says what of PCRE has no counterpart here.
    ///
    /// # Errors
    /// Where it looks around, refers to its own groups, or is no regular expression.
    pub fn new(text: &str, is_caseless: bool) -> Result<Self, String> {
        let regex = compile(text, is_caseless, r"\z", LARGEST)?;
        Ok(Self { text: text.into(), is_caseless, regex, before_break: OnceLock::new() })
    }

    /// As it is written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether capitals are the same as small letters.
    #[must_use]
    pub fn is_caseless(&self) -> bool {
        self.is_caseless
    }

    fn regex(&self, text: &[u8]) -> &Regex {
        if !text.ends_with(b"\n") {
            return &self.regex;
        }
        let has_end = || self.text.contains('$') || self.text.contains("\\Z");
        // It is larger by one letter for each end, and never refused where the other one is not.
        let compiled = || has_end().then(|| compile(&self.text, self.is_caseless, r"\n?\z", 2 * LARGEST).ok()).flatten();
        self.before_break.get_or_init(compiled).as_ref().unwrap_or(&self.regex)
    }

    /// Whether it fits somewhere in a text.
    #[must_use]
    pub fn is_match(&self, text: &[u8]) -> bool {
        self.regex(text).is_match(text)
    }

    /// What its groups fit, leftmost first as PCRE finds it. A group that took no part is empty, as for nginx.
    #[must_use]
    pub fn groups(&self, text: &[u8]) -> Option<Groups> {
        let regex = self.regex(text);
        let count = regex.captures_len();
        // Hardly any expression has more groups.
        let (mut few, mut many) = ([None; 2 * FEW], Vec::new());
        let slots = if count <= FEW {
            &mut few[..2 * count]
        } else {
            many.resize(2 * count, None);
            &mut many[..]
        };
        regex.search_slots(&Input::new(text), slots)?;
        let ends = slots.chunks_exact(2);
        let found = ends.map(|ends| Some(text.get(ends[0]?.get()..ends[1]?.get())?.to_vec()));
        Some(found.map(Option::unwrap_or_default).collect())
    }

    /// How many groups it has, the whole not counted.
    #[must_use]
    pub fn count(&self) -> usize {
        self.regex.captures_len() - 1
    }

    /// The names of its groups with their numbers.
    pub fn names(&self) -> impl Iterator<Item = (usize, &str)> {
        self.regex.group_info().pattern_names(PatternID::ZERO).enumerate().filter_map(|(at, name)| Some((at, name?)))
    }
}

/// The expression for the engine. No table of all its states is made: most expressions are asked a few times, or never.
fn compile(text: &str, is_caseless: bool, end: &str, largest: usize) -> Result<Regex, String> {
    let translated = translate(text, end)?;
    let syntax = syntax::Config::new().unicode(false).utf8(false).case_insensitive(is_caseless);
    let config = meta::Config::new().utf8_empty(false).nfa_size_limit(Some(largest)).dfa(false);
    let built = Regex::builder().syntax(syntax).configure(config).build(&translated);
    built.map_err(|_| String::from("it is no regular expression that is understood here"))
}

/// The expression in the other syntax, `$` as given.
pub(super) fn translate(text: &str, end: &str) -> Result<String, String> {
    translated(text, end, false)
}

/// The same for an engine that goes back, and so can look around, refer to groups and give nothing back.
pub(super) fn translate_whole(text: &str, end: &str) -> Result<String, String> {
    translated(text, end, true)
}

/// What an expression in the words of the `regex` crate is made of: it is about bytes.
pub(crate) fn parsed(text: &str, is_caseless: bool) -> Option<Hir> {
    ParserBuilder::new().unicode(false).utf8(false).case_insensitive(is_caseless).build().parse(text).ok()
}

fn translated(text: &str, end: &str, is_whole: bool) -> Result<String, String> {
    let mut translation = Translation { bytes: text.as_bytes(), at: 0, out: String::with_capacity(text.len() + 8), end, is_whole };
    while let Some(&byte) = translation.bytes.get(translation.at) {
        translation.step(byte)?;
    }
    Ok(translation.out)
}

struct Translation<'a> {
    bytes: &'a [u8],
    at: usize,
    out: String,
    end: &'a str,
    /// Whether what takes going back is kept as it is.
    is_whole: bool,
}

/// What begins groups for which an engine has to go back.
const HEADS: [&[u8]; 5] = [b"?=", b"?!", b"?<=", b"?<!", b"?>"];

fn no(what: &str) -> Result<(), String> {
    Err(format!("it holds {what}, which is not evaluated here"))
}

impl Translation<'_> {
    fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    fn push(&mut self, byte: u8) {
        if byte.is_ascii() {
            self.out.push(char::from(byte));
        } else {
            // PCRE compares bytes here: a letter of two is two.
            let _ = write!(self.out, "\\x{byte:02x}");
        }
    }

    fn step(&mut self, byte: u8) -> Result<(), String> {
        self.at += 1;
        match byte {
            b'\\' => return self.escape(false),
            b'[' => return self.class(),
            b'(' => return self.group(),
            b'$' => {
                let _ = write!(self.out, "(?:{})", self.end);
            }
            b'{' if !self.is_count() => self.out.push_str("\\{"),
            b'}' if !self.closes_count() => self.out.push_str("\\}"),
            b'*' | b'+' | b'?' | b'}' if !self.is_whole && self.rest().first() == Some(&b'+') => {
                return no("a repeat that gives nothing back");
            }
            _ => self.push(byte),
        }
        Ok(())
    }

    /// Whether a brace that was just read begins a count.
    fn is_count(&self) -> bool {
        let Some(end) = self.rest().iter().position(|byte| *byte == b'}') else { return false };
        let inside = &self.rest()[..end];
        let (low, high) = match inside.iter().position(|byte| *byte == b',') {
            Some(comma) => (&inside[..comma], &inside[comma + 1..]),
            None => (inside, &inside[..0]),
        };
        !low.is_empty() && low.iter().chain(high).all(u8::is_ascii_digit)
    }

    /// Whether a closing brace that was just read ends a count.
    fn closes_count(&self) -> bool {
        let before = &self.bytes[..self.at - 1];
        let Some(open) = before.iter().rposition(|byte| *byte == b'{') else { return false };
        let inside = &before[open + 1..];
        let is_escaped = open > 0 && before[open - 1] == b'\\';
        !is_escaped && inside.first().is_some_and(u8::is_ascii_digit) && inside.iter().all(|byte| byte.is_ascii_digit() || *byte == b',')
    }

    fn escape(&mut self, in_class: bool) -> Result<(), String> {
        let Some(&byte) = self.rest().first() else { return no("a backslash at its end") };
        self.at += 1;
        match byte {
            b'd' | b'D' | b'w' | b'W' | b's' | b'S' | b'n' | b'r' | b't' | b'f' | b'a' => {
                self.out.push('\\');
                self.push(byte);
            }
            b'b' if in_class => self.out.push_str("\\x08"),
            b'b' | b'B' | b'A' | b'z' => {
                self.out.push('\\');
                self.push(byte);
            }
            b'Z' => {
                let _ = write!(self.out, "(?:{})", self.end);
            }
            b'e' => self.out.push_str("\\x1b"),
            b'h' => self.out.push_str(if in_class { "\\t \\xa0" } else { "[\\t \\xa0]" }),
            b'H' if !in_class => self.out.push_str("[^\\t \\xa0]"),
            b'v' => self.out.push_str(if in_class { "\\n-\\r\\x85" } else { "[\\n-\\r\\x85]" }),
            b'N' if !in_class => self.out.push_str("[^\\n]"),
            b'Q' => return self.quoted(),
            b'E' => {}
            b'x' => return self.code(),
            b'0' => return self.octal(),
            b'1'..=b'9' if self.is_whole && !in_class => {
                self.out.push('\\');
                self.push(byte);
            }
            b'1'..=b'9' => return no("a reference to its own groups"),
            _ if byte.is_ascii_alphabetic() => return no(&format!("`\\{}`", char::from(byte))),
            _ if byte.is_ascii_punctuation() => {
                // `\<` and `\>` mean something else there.
                let _ = write!(self.out, "\\x{byte:02x}");
            }
            _ => self.push(byte),
        }
        Ok(())
    }

    fn quoted(&mut self) -> Result<(), String> {
        let length = memchr::memmem::find(self.rest(), b"\\E").unwrap_or(self.rest().len());
        for at in self.at..self.at + length {
            let _ = write!(self.out, "\\x{:02x}", self.bytes[at]);
        }
        self.at = self.bytes.len().min(self.at + length + 2);
        Ok(())
    }

    fn code(&mut self) -> Result<(), String> {
        let (skip, digits) = match self.rest() {
            [b'{', inside @ ..] => {
                let end = inside.iter().position(|byte| *byte == b'}').ok_or("it holds a code without end")?;
                (end + 2, &inside[..end])
            }
            rest => {
                let end = rest.iter().take(2).take_while(|byte| byte.is_ascii_hexdigit()).count();
                (end, &rest[..end])
            }
        };
        let text = std::str::from_utf8(digits).unwrap_or_default();
        let Ok(code) = u8::from_str_radix(if text.is_empty() { "0" } else { text }, 16) else { return no("a code beyond one byte") };
        self.at += skip;
        let _ = write!(self.out, "\\x{code:02x}");
        Ok(())
    }

    fn octal(&mut self) -> Result<(), String> {
        let digits = self.rest().iter().take(2).take_while(|byte| (b'0'..=b'7').contains(*byte)).count();
        let code = self.rest()[..digits].iter().fold(0, |code, digit| code * 8 + (digit - b'0'));
        self.at += digits;
        let _ = write!(self.out, "\\x{code:02x}");
        Ok(())
    }

    /// A class: what has a meaning there only for the other side is escaped.
    fn class(&mut self) -> Result<(), String> {
        self.out.push('[');
        if self.rest().first() == Some(&b'^') {
            self.at += 1;
            self.out.push('^');
        }
        let first = self.at;
        loop {
            let Some(&byte) = self.rest().first() else { return no("a class without end") };
            self.at += 1;
            match byte {
                b']' if self.at - 1 > first => break,
                b'\\' => self.escape(true)?,
                b'[' if self.rest().first() == Some(&b':') => {
                    let Some(end) = memchr::memmem::find(self.rest(), b":]") else { return no("a class without end") };
                    let name = String::from_utf8_lossy(&self.rest()[..end]).into_owned();
                    self.at += end + 2;
                    let _ = write!(self.out, "[{name}:]");
                }
                b'-' if self.at - 1 > first && self.rest().first() != Some(&b']') => self.out.push('-'),
                _ if byte.is_ascii_punctuation() => {
                    let _ = write!(self.out, "\\x{byte:02x}");
                }
                _ => self.push(byte),
            }
        }
        self.out.push(']');
        Ok(())
    }

    fn group(&mut self) -> Result<(), String> {
        if let Some(head) = HEADS.iter().find(|head| self.is_whole && self.rest().starts_with(head)) {
            self.at += head.len();
            self.out.push('(');
            head.iter().for_each(|byte| self.push(*byte));
            return Ok(());
        }
        match self.rest() {
            [b'?', b'=' | b'!', ..] => return no("a look ahead"),
            [b'?', b'<', b'=' | b'!', ..] => return no("a look behind"),
            [b'?', b'>', ..] => return no("a group that gives nothing back"),
            [b'?', b'#', rest @ ..] => {
                let Some(end) = rest.iter().position(|byte| *byte == b')') else { return no("a comment without end") };
                self.at += end + 3;
                return Ok(());
            }
            [b'?', b'\'', rest @ ..] => {
                let Some(end) = rest.iter().position(|byte| *byte == b'\'') else { return no("a name without end") };
                let name = String::from_utf8_lossy(&rest[..end]).into_owned();
                self.at += end + 3;
                let _ = write!(self.out, "(?<{name}>");
                return Ok(());
            }
            [b'?', b'|' | b'&' | b'R' | b'0'..=b'9' | b'+' | b'(' | b'C', ..] | [b'?', b'P', b'>' | b'=', ..] => {
                return no("a group of a kind of its own");
            }
            [b'?', b'x' | b'X' | b'J', ..] => return no("a flag of its own"),
            [b'*', ..] => return no("a verb"),
            _ => {}
        }
        self.out.push('(');
        // The head of a group holds no letters of the expression.
        if self.rest().first() == Some(&b'?') {
            let is_name = matches!(self.rest(), [b'?', b'<', ..] | [b'?', b'P', b'<', ..]);
            let end = self.rest().iter().position(|byte| if is_name { *byte == b'>' } else { matches!(byte, b':' | b')') });
            let Some(end) = end else { return no("a group without end") };
            let head = String::from_utf8_lossy(&self.rest()[..=end]).into_owned();
            self.at += end + 1;
            self.out.push_str(&head);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_what_pcre_fits() {
        for (pattern, text, expected) in [
            ("^/api(/|$)(.*)", "/api/v1", Some(vec!["/api/v1", "/", "v1"])),
            ("^/api(/|$)(.*)", "/apix", None),
            ("^/a$", "/a\n", Some(vec!["/a\n"])),
            (r"^/a\z", "/a\n", None),
            ("/a|/ab", "/ab", Some(vec!["/a"])),
            (r"\/x\-y", "/x-y", Some(vec!["/x-y"])),
            ("^/{id}$", "/{id}", Some(vec!["/{id}"])),
            ("a{2,3}b", "aaab", Some(vec!["aaab"])),
            ("[[]x", "[x", Some(vec!["[x"])),
            ("[a&&b]+", "a&b", Some(vec!["a&b"])),
            ("[]x]+", "x]", Some(vec!["x]"])),
            ("[^/]+$", "/a/b", Some(vec!["b"])),
            ("[[:alpha:]_-]+", "1a_-b", Some(vec!["a_-b"])),
            (r"\Qa.b\E+", "a.bb", Some(vec!["a.bb"])),
            (r"(?<id>\d+)", "x12", Some(vec!["12", "12"])),
            (r"[\w\-.]+", "a-b.c/", Some(vec!["a-b.c"])),
            ("(?i)/API", "/api", Some(vec!["/api"])),
        ] {
            let found = Pattern::new(pattern, false).expect(pattern);
            let groups = found.groups(text.as_bytes());
            let groups: Option<Vec<String>> =
                groups.map(|groups| groups.iter().map(|group| String::from_utf8_lossy(group).into_owned()).collect());
            let expected: Option<Vec<String>> = expected.map(|groups| groups.into_iter().map(str::to_owned).collect());
            assert_eq!(groups, expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn letters_beyond_ascii_are_bytes() {
        let pattern = Pattern::new("^/caf\u{e9}.$", false).expect("it is one");
        assert!(pattern.is_match("/caf\u{e9}x".as_bytes()));
        assert!(!pattern.is_match("/caf\u{e9}\u{e9}".as_bytes()));
        assert!(Pattern::new("[\u{e9}]", false).expect("it is one").is_match(&[0xc3]));
    }

    #[test]
    fn what_is_beyond_is_said() {
        for pattern in ["(?=a)", "(?<!a)b", r"(a)\1", "a++", "(?>a)b", "(?R)", "(?x)a b"] {
            assert!(Pattern::new(pattern, false).is_err(), "{pattern}");
        }
    }
}
