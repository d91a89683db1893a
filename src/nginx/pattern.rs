//! Whether PCRE can compile a regular expression. What is not known here counts as a problem: nothing that a proxy might refuse is
//! written.

use std::collections::BTreeSet;

/// How deep PCRE lets groups stand in each other.
const DEEPEST: usize = 250;
/// How often PCRE repeats something.
const MOST: usize = 65_535;
/// How large a regular expression may become where counts repeat it, in letters: PCRE refuses what takes more than 64 KiB or so.
const LARGEST: usize = 16_384;

/// The classes that have names.
const CLASSES: &[&str] =
    &["alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word", "xdigit"];

/// Properties of characters, those of all scripts left out.
const PROPERTIES: &[&str] = &[
    "Any", "C", "Cc", "Cf", "Cn", "Co", "Cs", "L", "L&", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No", "P",
    "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Xan", "Xps", "Xsp", "Xuc", "Xwd", "Z", "Zl", "Zp", "Zs",
    "Arabic", "Cyrillic", "Greek", "Han", "Hebrew", "Hiragana", "Katakana", "Latin", "Thai",
];

/// What is wrong with a regular expression; none where nothing is seen.
#[must_use]
pub fn problem(text: &str) -> Option<String> {
    let mut scan = Scan { bytes: text.as_bytes(), ..Scan::default() };
    while scan.at < scan.bytes.len() {
        if let Err(problem) = scan.step() {
            return Some(problem);
        }
    }
    if !scan.open.is_empty() {
        return Some(String::from("a `(` is not closed"));
    }
    if scan.size > LARGEST {
        return Some(String::from("it is too large"));
    }
    let missing = scan.referred.iter().find(|group| **group > scan.groups).map(|group| format!("there is no group {group}"));
    missing.or_else(|| scan.called.iter().find(|name| !scan.names.contains(*name)).map(|name| format!("there is no group `{name}`")))
}

/// A group that is open.
struct Group {
    /// Where the size of what is in it began.
    start: usize,
    /// It looks at what stands before, which has a length.
    is_behind: bool,
}

#[derive(Default)]
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    open: Vec<Group>,
    /// Something stands before that can be repeated.
    repeatable: bool,
    /// Blanks may mean nothing, and comments may follow.
    is_extended: bool,
    /// How large it is so far, and where the size of what can be repeated began.
    size: usize,
    last: usize,
    groups: usize,
    names: BTreeSet<String>,
    /// Groups that must be there, by number and by name.
    referred: BTreeSet<usize>,
    called: BTreeSet<String>,
}

impl Scan<'_> {
    fn step(&mut self) -> Result<(), String> {
        let byte = self.bytes[self.at];
        self.at += 1;
        if !b")*+?{".contains(&byte) {
            self.last = self.size;
        }
        self.size += 1;
        match byte {
            b'\\' => self.escape(),
            b'[' => self.class(),
            b'(' => self.group(),
            b')' => {
                self.last = self.open.pop().ok_or("a `)` has no `(`")?.start;
                self.repeatable = true;
                Ok(())
            }
            b'#' if self.is_extended => Err(String::from("a comment may hide the end")),
            b' ' | b'\t' | b'\n' if self.is_extended => Ok(()),
            b'|' if self.is_deep_behind() => Err(String::from("what looks behind may have several lengths")),
            b'^' | b'$' | b'|' => {
                self.repeatable = false;
                Ok(())
            }
            b'*' | b'+' => self.repeat(char::from(byte), None),
            b'?' => self.repeat('?', Some(1)),
            b'{' => self.count(),
            _ => {
                self.last = self.size - 1;
                self.repeatable = true;
                Ok(())
            }
        }
    }

    fn escape(&mut self) -> Result<(), String> {
        let next = *self.bytes.get(self.at).ok_or("a `\\` ends it")?;
        self.at += 1;
        // Places cannot be repeated.
        self.repeatable = !b"AbBGKZzE".contains(&next);
        match next {
            b'K' if !self.open.is_empty() => Err(String::from("a `\\K` stands in a group")),
            b'N' if self.bytes.get(self.at) == Some(&b'{') => Err(String::from("a `\\N{` has no meaning")),
            b'C' | b'R' | b'X' => self.no_length(),
            b'1'..=b'9' => {
                self.no_length()?;
                let first = self.at - 1;
                let end =
                    self.bytes[first..].iter().position(|byte| !byte.is_ascii_digit()).map_or(self.bytes.len(), |length| first + length);
                // Above nine it may be a character in octal digits.
                let group = number(&self.bytes[first..end]).unwrap_or(MOST);
                if group < 10 || next > b'7' {
                    self.referred.insert(group);
                }
                Ok(())
            }
            b'p' | b'P' => self.property(),
            b'Q' => {
                let length = memchr::memmem::find(&self.bytes[self.at..], br"\E");
                self.repeatable = length != Some(0);
                self.at = length.map_or(self.bytes.len(), |length| self.at + length + 2);
                Ok(())
            }
            b'x' => self.code(),
            b'g' | b'k' => self.reference(),
            b'c' => {
                let is_letter = self.bytes.get(self.at).is_some_and(|byte| (b' '..=b'~').contains(byte));
                self.at += 1;
                is_letter.then_some(()).ok_or_else(|| String::from("a `\\c` is followed by no letter"))
            }
            _ if next.is_ascii_alphabetic() && !b"aAbBCdDeEfGhHKnNrRsStvVwWXzZ".contains(&next) => {
                Err(format!("`\\{}` has no meaning that is known", char::from(next)))
            }
            _ => Ok(()),
        }
    }

    /// `\x41` or `\x{41}`.
    fn code(&mut self) -> Result<(), String> {
        let Some(inside) = self.bytes[self.at..].strip_prefix(b"{") else { return Ok(()) };
        let length = memchr::memchr(b'}', inside).ok_or("a `\\x{` is not closed")?;
        self.at += length + 2;
        let is_code = (1..=2).contains(&length) && inside[..length].iter().all(u8::is_ascii_hexdigit);
        if is_code { Ok(()) } else { Err(String::from("a `\\x{` holds no code of one byte")) }
    }

    /// `\g1`, `\g{1}`, `\g{name}`, `\k<name>`, `\k{name}` or `\k'name'`: what a group found.
    fn reference(&mut self) -> Result<(), String> {
        let kind = self.bytes[self.at - 1];
        let rest = &self.bytes[self.at..];
        let digits = rest.iter().skip_while(|byte| kind == b'g' && **byte == b'{').take_while(|byte| byte.is_ascii_digit()).count();
        match rest {
            [b'{', ..] if kind == b'g' && digits > 0 && rest.get(digits + 1) == Some(&b'}') => self.refer(&rest[1..=digits], digits + 2),
            [b'0'..=b'9', ..] if kind == b'g' => self.refer(&rest[..digits], digits),
            [b'{', ..] => self.call_until(1, b'}'),
            [b'<', ..] if kind == b'k' => self.call_until(1, b'>'),
            [b'\'', ..] if kind == b'k' => self.call_until(1, b'\''),
            _ => Err(format!("`\\{}` names no group that is known", char::from(kind))),
        }
    }

    fn refer(&mut self, digits: &[u8], length: usize) -> Result<(), String> {
        let group = number(digits).filter(|group| *group > 0).ok_or("there is no group 0")?;
        self.referred.insert(group);
        self.at += length;
        self.no_length()
    }

    /// `\pL`, `\p{Lu}` or `\p{^Lu}`.
    fn property(&mut self) -> Result<(), String> {
        let rest = &self.bytes[self.at..];
        let (name, length) = match rest.strip_prefix(b"{") {
            Some(inside) => {
                let end = memchr::memchr(b'}', inside).ok_or("a `\\p{` is not closed")?;
                (inside[..end].strip_prefix(b"^").unwrap_or(&inside[..end]), end + 2)
            }
            None => (rest.get(..1).unwrap_or_default(), 1),
        };
        let name = String::from_utf8_lossy(name);
        self.at += length;
        PROPERTIES.contains(&name.as_ref()).then_some(()).ok_or_else(|| format!("`{name}` is no property that is known"))
    }

    /// A class ends at the first `]` that is not its first member.
    fn class(&mut self) -> Result<(), String> {
        let kind = self.bytes.get(self.at).filter(|byte| b":.=".contains(byte));
        if kind.is_some_and(|kind| memchr::memmem::find(&self.bytes[self.at + 1..], &[*kind, b']']).is_some()) {
            return Err(String::from("a class with a name stands outside of a class"));
        }
        self.at += usize::from(self.bytes.get(self.at) == Some(&b'^'));
        let first = self.at;
        loop {
            match self.bytes.get(self.at) {
                None => return Err(String::from("a `[` is not closed")),
                Some(b']') if self.at > first => break,
                Some(b'\\') => self.member()?,
                Some(b'[') if matches!(self.bytes.get(self.at + 1), Some(b':' | b'.' | b'=')) => self.named_class()?,
                Some(low) => {
                    if let (Some(b'-'), Some(high)) = (self.bytes.get(self.at + 1), self.bytes.get(self.at + 2))
                        && *high != b']'
                    {
                        // What an escape or a class stands for is not looked into.
                        if high < low || b"\\[".contains(high) {
                            return Err(format!("`{}-{}` is no range", char::from(*low), char::from(*high)));
                        }
                        self.at += 2;
                    }
                    self.at += 1;
                }
            }
        }
        self.size += self.at - first;
        self.at += 1;
        self.repeatable = true;
        Ok(())
    }

    /// What stands behind a backslash within a class: no range may begin or end there that could run backwards.
    fn member(&mut self) -> Result<(), String> {
        let next = *self.bytes.get(self.at + 1).ok_or("a `[` is not closed")?;
        self.at += 2;
        if b"pP".contains(&next) {
            self.property()?;
        } else if next == b'x' {
            self.code()?;
        } else if next.is_ascii_alphabetic() && !b"abdDefhHnrsStvVwW".contains(&next) || next.is_ascii_digit() {
            return Err(format!("`\\{}` in a class is not known", char::from(next)));
        }
        let is_range = self.bytes.get(self.at) == Some(&b'-') && self.bytes.get(self.at + 1).is_some_and(|byte| *byte != b']');
        if is_range { Err(String::from("a range from an escaped character is not known")) } else { Ok(()) }
    }

    fn named_class(&mut self) -> Result<(), String> {
        let rest = &self.bytes[self.at..];
        let kind = rest[1];
        let end = rest.windows(2).skip(2).position(|pair| pair == [kind, b']']).map(|at| at + 2);
        // Without an end the bracket is one of the members.
        let Some(end) = end else {
            self.at += 1;
            return Ok(());
        };
        let name = String::from_utf8_lossy(&rest[2..end]);
        let name = name.strip_prefix('^').unwrap_or(&name);
        if kind != b':' || !CLASSES.contains(&name) {
            return Err(format!("`{name}` is no class"));
        }
        self.at += end + 2;
        Ok(())
    }

    fn group(&mut self) -> Result<(), String> {
        self.repeatable = false;
        let start = self.last;
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let mut is_behind = self.open.last().is_some_and(|group| group.is_behind);
        match rest {
            [b'?', b'#', ..] => {
                let end = memchr::memchr(b')', rest).ok_or("a comment is not closed")?;
                self.at += end + 1;
                // What stands before a comment can be repeated behind it, which few write.
                return Ok(());
            }
            [b'?', b'<', b'=' | b'!', ..] => {
                is_behind = true;
                self.at += 3;
            }
            [b'?', b':' | b'=' | b'!' | b'>' | b'|', ..] => self.at += 2,
            [b'?', b'P', b'<', ..] => self.name(3, b'>')?,
            [b'?', b'<', ..] => self.name(2, b'>')?,
            [b'?', b'\'', ..] => self.name(2, b'\'')?,
            [b'?', b'&', ..] => return self.call(2),
            [b'?', b'P', b'>' | b'=', ..] => return self.call(3),
            [b'?', b'R' | b'0', b')', ..] => return self.recursion(),
            [b'?', ..] => return self.flags(start, is_behind),
            [b'*', ..] => return self.verb(),
            _ => self.groups += 1,
        }
        self.push(start, is_behind)
    }

    fn push(&mut self, start: usize, is_behind: bool) -> Result<(), String> {
        self.open.push(Group { start, is_behind });
        if self.open.len() > DEEPEST { Err(String::from("groups stand too deep in each other")) } else { Ok(()) }
    }

    /// A name from here up to a sign.
    fn word(&mut self, skip: usize, end: u8) -> Result<String, String> {
        let rest = &self.bytes[self.at + skip..];
        let length = memchr::memchr(end, rest).ok_or("the name of a group has no end")?;
        let is_name = rest[..length].iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        let begins = rest.first().is_some_and(|byte| !byte.is_ascii_digit());
        if length == 0 || length > 32 || !is_name || !begins {
            return Err(String::from("a group has no proper name"));
        }
        self.at += skip + length + 1;
        Ok(String::from_utf8_lossy(&rest[..length]).into_owned())
    }

    fn name(&mut self, skip: usize, end: u8) -> Result<(), String> {
        let name = self.word(skip, end)?;
        self.groups += 1;
        if self.names.contains(&name) {
            return Err(format!("two groups are named `{name}`"));
        }
        self.names.insert(name);
        Ok(())
    }

    /// A group that stands elsewhere.
    fn call(&mut self, skip: usize) -> Result<(), String> {
        self.call_until(skip, b')')
    }

    fn call_until(&mut self, skip: usize, end: u8) -> Result<(), String> {
        let name = self.word(skip, end)?;
        self.called.insert(name);
        self.no_length()?;
        self.repeatable = true;
        Ok(())
    }

    fn recursion(&mut self) -> Result<(), String> {
        self.at += 3;
        self.no_length()?;
        self.repeatable = true;
        Ok(())
    }

    /// Within a group of what looks behind, where PCRE wants all alternatives to be as long.
    fn is_deep_behind(&self) -> bool {
        matches!(self.open.as_slice(), [.., outer, _] if outer.is_behind)
    }

    /// What has no length of its own cannot stand in what looks behind.
    fn no_length(&self) -> Result<(), String> {
        let is_behind = self.open.last().is_some_and(|group| group.is_behind);
        if is_behind { Err(String::from("what looks behind has no length")) } else { Ok(()) }
    }

    /// `(?i)` and `(?i:`.
    fn flags(&mut self, start: usize, is_behind: bool) -> Result<(), String> {
        let rest = &self.bytes[self.at + 1..];
        let unknown = || String::from("`(?` is followed by something unknown");
        let length = rest.iter().position(|byte| !b"imsxU-".contains(byte)).ok_or_else(unknown)?;
        let signs = rest[..length].iter().filter(|byte| **byte == b'-').count();
        self.is_extended |= rest[..length].contains(&b'x');
        self.at += 1 + length + 1;
        match rest[length] {
            b')' if signs <= 1 => Ok(()),
            b':' if signs <= 1 => self.push(start, is_behind),
            _ => Err(unknown()),
        }
    }

    /// A verb such as `(*FAIL)`.
    fn verb(&mut self) -> Result<(), String> {
        let rest = &self.bytes[self.at..];
        let is_start = self.at == 1;
        let end = memchr::memchr(b')', rest).ok_or("a `(*` is not closed")?;
        let name = String::from_utf8_lossy(&rest[1..end]);
        let is_known = matches!(name.as_ref(), "ACCEPT" | "FAIL" | "F" | "COMMIT" | "PRUNE" | "SKIP" | "THEN")
            || is_start && matches!(name.as_ref(), "UTF8" | "UTF" | "UCP" | "ANYCRLF" | "CRLF" | "CR" | "LF" | "ANY");
        self.at += end + 1;
        if is_known { Ok(()) } else { Err(format!("`(*{name})` is not known")) }
    }

    /// A sign that repeats what stands before, as often at most.
    fn repeat(&mut self, sign: char, most: Option<usize>) -> Result<(), String> {
        if !self.repeatable {
            return Err(format!("`{sign}` has nothing to repeat"));
        }
        // A repetition is a problem where the length of what looks behind has to be known.
        self.no_length()?;
        self.at += usize::from(matches!(self.bytes.get(self.at), Some(b'?' | b'+')));
        self.repeatable = false;
        let size = self.size - self.last;
        self.size = self.last.saturating_add(size.saturating_mul(most.unwrap_or(1).max(1)));
        Ok(())
    }

    /// `{2}`, `{2,}` or `{2,3}`; other braces are plain text.
    fn count(&mut self) -> Result<(), String> {
        let rest = &self.bytes[self.at..];
        let words = memchr::memchr(b'}', rest).and_then(|end| Some((std::str::from_utf8(&rest[..end]).ok()?, end)));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let counts = words.and_then(|(text, end)| {
            let (first, last) = text.split_once(',').unwrap_or((text, text));
            (is_number(first) && (last.is_empty() || is_number(last))).then_some((first, last, end))
        });
        let Some((first, last, end)) = counts else {
            self.last = self.size - 1;
            self.repeatable = true;
            return Ok(());
        };
        let low = number(first.as_bytes()).unwrap_or(usize::MAX);
        let high = if last.is_empty() { low } else { number(last.as_bytes()).unwrap_or(usize::MAX) };
        if low.max(high) > MOST {
            return Err(format!("PCRE repeats nothing more than {MOST} times"));
        }
        if high < low {
            return Err(format!("`{{{first},{last}}}` runs backwards"));
        }
        self.at += end + 1;
        self.repeat('{', Some(high))
    }
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outer_form_is_judged() {
        for good in [
            "^/a(/|$)(.*)",
            r"\.(php|html)$",
            "a{2,3}",
            "a{x}",
            "[]a]+",
            "[[:alpha:]]*?",
            "(?i)x",
            "(?<id>[0-9]+)",
            "a++",
            "(*UTF8)x",
            "",
            "(?<a>b)(?&a)",
            r"(a)\1",
            "[a-z-]",
            r"\p{Lu}\pL",
            "(?i:a)",
            "a(?#b)c",
            "(?<!a)b",
            r"\Q(\E",
        ] {
            assert_eq!(problem(good), None, "{good}");
        }
        for bad in ["(", ")", "a)", "[a", "*a", "a|*", "a**", "^*", "(?:*)", r"a\", r"\y", "(?", "(?@x)"] {
            assert!(problem(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn what_only_the_whole_shows_is_judged() {
        for bad in [
            "a{2,1}",
            "a{99999}",
            "(?:a{1000}){1000}",
            "(?<a>b)(?<a>c)",
            "(?<1>b)",
            "(?<>b)",
            r"(a)\2",
            "(?&a)",
            "[z-a]",
            "[[:nope:]]",
            r"\p{Nope}",
            "(?#a",
            "(*NOPE)",
            "(?<=a+)b",
        ] {
            assert!(problem(bad).is_some(), "{bad}");
        }
        assert!(problem(&format!("{}{}", "(".repeat(251), ")".repeat(251))).is_some());
        assert!(problem(&format!("{}{}", "(".repeat(250), ")".repeat(250))).is_none());
    }
}
