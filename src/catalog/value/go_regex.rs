//! Whether Go compiles a regular expression. The rules are those of RE2 syntax, which differ from those of the `regex` crate in
//! what is a literal, what may be repeated and what may stand in a class.

use hashbrown::HashSet;
use regex::Regex;

/// Repetitions that are nested may not multiply to more than this.
const MOST_REPETITIONS: u32 = 1000;

/// Whether Go compiles a regular expression.
pub(super) fn compiles(pattern: &str) -> bool {
    Parser { rest: pattern, groups: vec![Group::default()], names: HashSet::new() }.run().is_some()
}

/// The innermost open group, or the whole pattern.
#[derive(Default)]
struct Group {
    /// How often the last item is repeated, all nested repetitions multiplied; none where there is nothing to repeat.
    last: Option<u32>,
    /// The most of that among all items.
    most: u32,
    /// The last item is a repetition, which cannot be repeated again without parentheses.
    is_repetition: bool,
}

impl Group {
    fn item(&mut self, repetitions: u32) {
        self.last = Some(repetitions);
        self.most = self.most.max(repetitions);
        self.is_repetition = false;
    }
}

struct Parser<'a> {
    rest: &'a str,
    groups: Vec<Group>,
    names: HashSet<&'a str>,
}

impl<'a> Parser<'a> {
    fn run(mut self) -> Option<()> {
        while let Some(next) = self.rest.chars().next() {
            match next {
                '(' => self.open()?,
                ')' => {
                    self.rest = &self.rest[1..];
                    let closed = self.groups.pop()?;
                    self.groups.last_mut()?.item(closed.most.max(1));
                }
                '|' => {
                    self.rest = &self.rest[1..];
                    let group = self.groups.last_mut()?;
                    group.last = None;
                    group.is_repetition = false;
                }
                '*' | '+' | '?' => self.repeat(&self.rest[1..], 1)?,
                '{' => match counted(&self.rest[1..]) {
                    Some((rest, times)) => self.repeat(rest, times?)?,
                    // Braces without numbers are plain text.
                    None => self.item(&self.rest[1..])?,
                },
                '[' => {
                    let rest = class(&self.rest[1..])?;
                    self.item(rest)?;
                }
                '\\' => {
                    let rest = escaped(self.rest)?;
                    self.item(rest)?;
                }
                _ => self.item(&self.rest[next.len_utf8()..])?,
            }
        }
        (self.groups.len() == 1).then_some(())
    }

    fn item(&mut self, rest: &'a str) -> Option<()> {
        self.rest = rest;
        self.groups.last_mut()?.item(1);
        Some(())
    }

    fn open(&mut self) -> Option<()> {
        let Some(inside) = self.rest.strip_prefix("(?") else {
            self.rest = &self.rest[1..];
            self.groups.push(Group::default());
            return Some(());
        };
        if let Some(named) = inside.strip_prefix("P<").or_else(|| inside.strip_prefix('<')) {
            let (name, rest) = named.split_once('>')?;
            let is_name = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
            self.rest = rest;
            self.groups.push(Group::default());
            return (is_name && self.names.insert(name)).then_some(());
        }
        let end = inside.find([':', ')'])?;
        let (flags, rest) = inside.split_at(end);
        let (set, cleared) = flags.split_once('-').unwrap_or((flags, "i"));
        let is_flags = |flags: &str| flags.chars().all(|flag| "imsU".contains(flag));
        if !is_flags(set) || !is_flags(cleared) || cleared.is_empty() {
            return None;
        }
        self.rest = &rest[1..];
        if rest.starts_with(':') {
            self.groups.push(Group::default());
        }
        Some(())
    }

    fn repeat(&mut self, rest: &'a str, times: u32) -> Option<()> {
        let group = self.groups.last_mut()?;
        let inner = group.last?;
        if group.is_repetition {
            return None;
        }
        self.rest = rest.strip_prefix('?').unwrap_or(rest);
        let repetitions = if times == 0 { 1 } else { times.saturating_mul(inner) };
        if times > 1 && repetitions > MOST_REPETITIONS {
            return None;
        }
        group.item(repetitions);
        group.is_repetition = true;
        Some(())
    }
}

/// Reads `n}`, `n,}` or `n,m}`: what follows, and how often at most; none inside where the numbers are out of range.
fn counted(rest: &str) -> Option<(&str, Option<u32>)> {
    let (numbers, rest) = rest.split_once('}')?;
    let (least, most) = numbers.split_once(',').map_or((numbers, None), |(least, most)| (least, Some(most)));
    let number = |digits: &str| {
        let is_number =
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
        is_number.then(|| digits.parse::<u32>().ok().filter(|number| *number <= MOST_REPETITIONS))
    };
    let least = number(least)?;
    let most = match most {
        Some("") | None => least,
        Some(digits) => number(digits)?,
    };
    Some((rest, least.zip(most).filter(|(least, most)| least <= most).map(|(_, most)| most)))
}

/// Skips a class, behind its opening bracket.
fn class(rest: &str) -> Option<&str> {
    const NAMES: [&str; 14] =
        ["alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word", "xdigit"];
    let mut rest = rest.strip_prefix('^').unwrap_or(rest);
    let mut is_first = true;
    while is_first || !rest.starts_with(']') {
        is_first = false;
        if let Some((name, after)) = rest.strip_prefix("[:").and_then(|named| named.split_once(":]")) {
            NAMES.contains(&name.strip_prefix('^').unwrap_or(name)).then_some(())?;
            rest = after;
        } else if let Some(after) = character_set(rest)? {
            rest = after;
        } else {
            let (low, after) = class_character(rest)?;
            rest = after;
            if let Some(high) = rest.strip_prefix('-').filter(|high| !high.is_empty() && !high.starts_with(']')) {
                let (high, after) = class_character(high)?;
                rest = after;
                (low <= high).then_some(())?;
            }
        }
    }
    Some(&rest[1..])
}

fn class_character(rest: &str) -> Option<(u32, &str)> {
    let first = rest.chars().next()?;
    if first == '\\' { escaped_character(rest) } else { Some((first.into(), &rest[first.len_utf8()..])) }
}

/// Skips what starts with a backslash, outside of classes.
fn escaped(rest: &str) -> Option<&str> {
    match rest[1..].chars().next()? {
        'A' | 'b' | 'B' | 'z' => Some(&rest[2..]),
        'Q' => Some(rest[2..].split_once("\\E").map_or("", |(_, after)| after)),
        _ => match character_set(rest)? {
            Some(after) => Some(after),
            None => escaped_character(rest).map(|(_, after)| after),
        },
    }
}

/// Skips a named set like `\d` or `\p{Greek}`; none inside where there is none, none where its name is unknown.
fn character_set(rest: &str) -> Option<Option<&str>> {
    let Some(set) = rest.strip_prefix('\\') else { return Some(None) };
    match set.chars().next() {
        Some('d' | 'D' | 's' | 'S' | 'w' | 'W') => Some(Some(&set[1..])),
        Some('p' | 'P') => {
            let set = &set[1..];
            let (name, after) = match set.strip_prefix('{') {
                Some(named) => named.split_once('}')?,
                None => set.split_at(set.chars().next()?.len_utf8()),
            };
            is_unicode_set(name.strip_prefix('^').unwrap_or(name)).then_some(Some(after))
        }
        _ => Some(None),
    }
}

/// Whether Unicode knows a category or a script of the name.
fn is_unicode_set(name: &str) -> bool {
    let is_name = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || " _-".contains(letter));
    let is_special = ["any", "ascii", "assigned", "lc", "cn"].iter().any(|special| special.eq_ignore_ascii_case(name));
    is_special || is_name && ["gc", "sc"].iter().any(|kind| Regex::new(&format!(r"\p{{{kind}={name}}}")).is_ok())
}

/// Reads one escaped character.
fn escaped_character(rest: &str) -> Option<(u32, &str)> {
    let first = rest[1..].chars().next()?;
    let after = &rest[1 + first.len_utf8()..];
    match first {
        // A single digit would refer to a group, which Go does not support.
        '1'..='7' if !after.starts_with(|next: char| next.is_digit(8)) => None,
        '0'..='7' => {
            let digits = after.bytes().take(2).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
            let code = u32::from_str_radix(&rest[1..2 + digits], 8).ok()?;
            Some((code, &after[digits..]))
        }
        'x' => {
            let (digits, after) = match after.strip_prefix('{') {
                Some(braced) => braced.split_once('}')?,
                None => (after.get(..2)?, after.get(2..)?),
            };
            let is_hex = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            let code = is_hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten()?;
            (code <= u32::from(char::MAX)).then_some((code, after))
        }
        'a' => Some((0x07, after)),
        'f' => Some((0x0c, after)),
        'n' => Some((0x0a, after)),
        'r' => Some((0x0d, after)),
        't' => Some((0x09, after)),
        'v' => Some((0x0b, after)),
        _ if first.is_ascii() && !first.is_ascii_alphanumeric() => Some((first.into(), after)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_compiles() {
        for pattern in [
            "",
            "a{",
            "a{,5}",
            "{",
            "a{01}",
            "]",
            "}",
            "[]a]",
            "[a[b]",
            "[a-]",
            "[-a]",
            "[[:alpha:]-z]",
            r"\Q(\E",
            r"\Q(",
            r"\_\-\.",
            "(?i)a(?-i:b)",
            "(?)",
            "(?:a|)",
            "(?P<n>a)(?<m>b)",
            r"\x{10FFFF}\x41\012\0",
            r"\p{Greek}\pN\P{^latin}\p{Letter}",
            "a(?i)*",
            "^*",
            "a{1000}",
            "(a{10}){100}",
            "a{2,}",
            "a*?",
            "|",
            "()",
            r"[\d\]]",
            "(a*)*",
            "x{0}{1",
            r"(x{500}){0}",
        ] {
            assert!(compiles(pattern), "{pattern}");
        }
    }

    #[test]
    fn go_does_not_compile() {
        for pattern in [
            "(",
            ")",
            "([",
            "[",
            "[a",
            "[]",
            "[^]",
            "a**",
            "a*??",
            "*",
            "a|*",
            "(*a)",
            "(?i)*",
            "a{2}{3}",
            "a{1001}",
            "a{5,2}",
            "(a{100}){11}",
            "[z-a]",
            r"[a-\d]",
            "[[:foo:]]",
            r"\",
            r"\1",
            r"\8",
            r"\C",
            r"\E",
            r"\Z",
            r"\e",
            r"\h",
            r"\x{110000}",
            r"\x4",
            r"\x{}",
            r"\p{Klingon}",
            r"\p{Alphabetic}",
            "(?=a)",
            "(?!a)",
            "(?<=a)",
            "(?P<1 >a)",
            "(?P<n>a)(?P<n>b)",
            "(?x)a",
            "(?-)",
            "(?-:a)",
            "(?",
            r"\ä",
            "{2}",
        ] {
            assert!(!compiles(pattern), "{pattern}");
        }
    }
}
