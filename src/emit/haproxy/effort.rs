//! What a regular expression may cost. PCRE gives up where its stack or its count of steps ends, which HAProxy takes for "does not fit",
//! and where nothing counts the steps, HAProxy ends itself after two seconds.

/// What regular expressions of paths start with.
pub(super) const START: &str = "(?i)^";

/// Steps of one repeated group more or less that a pattern may take: a thousandth of a second.
const STEPS: u32 = 200_000;

/// Steps of single characters for one request: some tenths of a second.
const MOST: f64 = 2e8;

/// No path and no header is longer: see `room`.
const LONGEST: usize = 16_384;

/// What is in a regular expression that takes time or room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Effort {
    /// Repeated characters whose number is tried out.
    repeats: usize,
    /// Groups are repeated, or texts and parts referred to: PCRE may give up.
    loops: bool,
}

/// A regular expression that gives up soon, if it may give up at all. Flags may stand at its start.
pub(super) fn limited(pattern: &str) -> String {
    if Effort::of(pattern).loops { format!("(*LIMIT_MATCH={STEPS}){pattern}") } else { pattern.to_owned() }
}

/// A regular expression that fits everything but what the given one gives up on; none where that never gives up.
pub(super) fn guard(pattern: &str) -> Option<String> {
    let pattern = plain(pattern);
    Effort::of(pattern).loops.then(|| {
        let (flags, pattern) = pattern.strip_prefix(START).map_or(("", pattern.to_owned()), |rest| ("(?i)", format!("^{rest}")));
        let (verbs, pattern) = pattern.split_at(verbs_end(&pattern));
        // Half of the steps, so that it gives up before the other does; `\E` ends a quotation that has no end.
        format!("(*LIMIT_MATCH={}){verbs}{flags}^(?:[\\s\\S]*?(?:{pattern}\\E)|)", STEPS / 2)
    })
}

/// Where the settings end that PCRE reads at the very start of a regular expression, and nowhere else.
fn verbs_end(pattern: &str) -> usize {
    const SETTINGS: &[&str] = &["UTF", "UTF8", "UCP", "NO_", "NOTEMPTY", "LIMIT_", "CR", "LF", "ANY", "NUL", "BSR_"];
    let mut end = 0;
    while let Some(name) = pattern[end..].strip_prefix("(*") {
        let Some(length) = name.find(')').filter(|_| SETTINGS.iter().any(|setting| name.starts_with(setting))) else { break };
        end += length + 3;
    }
    end
}

/// Whether a guard can stand around the regular expression: a comment would hide the end.
pub(super) fn can_be_guarded(pattern: &str) -> bool {
    !(pattern.contains('#') && pattern.contains("(?") && pattern.contains('x') && Effort::of(pattern).loops)
}

/// A regular expression without its limit.
fn plain(pattern: &str) -> &str {
    let limit = format!("(*LIMIT_MATCH={STEPS})");
    pattern.strip_prefix(limit.as_str()).unwrap_or(pattern)
}

/// The longest text that all of these can be tried on in time; none where any can.
pub(super) fn longest<'p>(patterns: impl Iterator<Item = &'p str>) -> Option<usize> {
    let mut groups: std::collections::BTreeMap<&str, Vec<usize>> = std::collections::BTreeMap::new();
    for pattern in patterns {
        let pattern = plain(pattern);
        let pattern = pattern.strip_prefix(START).unwrap_or(pattern);
        let literal = &pattern[..pattern.find(|c: char| r"\.+*?()|[]{}^$".contains(c)).unwrap_or(pattern.len())];
        // A client chooses one beginning, and those with others end at once.
        groups.entry(literal).or_default().push(Effort::of(pattern).repeats);
    }
    let fits = |length: usize| groups.values().all(|group| group.iter().map(|repeats| ways(length, *repeats)).sum::<f64>() <= MOST);
    if fits(LONGEST) {
        return None;
    }
    let (mut low, mut high) = (1, LONGEST);
    while high - low > 1 {
        let middle = low.midpoint(high);
        if fits(middle) { low = middle } else { high = middle }
    }
    Some(low)
}

/// In how many ways a text can be cut into so many parts.
fn ways(length: usize, parts: usize) -> f64 {
    // Beyond half of the length there are no more ways.
    let parts = parts.min(length / 2);
    let as_float = |number: usize| u32::try_from(number).map_or(f64::MAX, f64::from);
    (0..parts).map(|at| as_float(length - at) / as_float(at + 1)).product()
}

impl Effort {
    fn of(pattern: &str) -> Self {
        let mut scan = Scan { bytes: pattern.as_bytes(), at: 0, depth: 0, last: Last::Nothing, effort: Self::default() };
        while scan.at < scan.bytes.len() {
            scan.step();
        }
        scan.effort
    }
}

/// What stands before a sign of repetition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    /// One character, or one of a class.
    One,
    /// Any character but those from here to there, as `[^/]`.
    AllBut(usize, usize),
    Group,
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    last: Last,
    effort: Effort,
}

impl Scan<'_> {
    fn step(&mut self) {
        let byte = self.bytes[self.at];
        self.at += 1;
        match byte {
            b'\\' => self.escape(),
            b'[' => self.class(),
            b'(' => self.open(),
            b')' => {
                self.depth = self.depth.saturating_sub(1);
                self.last = Last::Group;
            }
            b'*' | b'+' => self.repeat(true),
            b'?' => self.repeat(false),
            b'{' => self.count(),
            b'|' => {
                // An alternative of its own is tried at each place.
                self.effort.repeats += usize::from(self.depth == 0);
                self.last = Last::Nothing;
            }
            _ => self.last = Last::One,
        }
    }

    fn escape(&mut self) {
        let next = self.bytes.get(self.at).copied().unwrap_or_default();
        self.at += 1;
        self.last = match next {
            // What was found before, a part of the pattern, line ends and characters of several bytes.
            b'1'..=b'9' | b'g' | b'k' => {
                self.effort.loops = true;
                Last::Group
            }
            b'R' | b'X' => Last::Group,
            _ => Last::One,
        };
    }

    fn class(&mut self) {
        let start = self.at;
        self.at += usize::from(self.bytes.get(self.at) == Some(&b'^'));
        self.at += usize::from(self.bytes.get(self.at) == Some(&b']'));
        while let Some(byte) = self.bytes.get(self.at).filter(|byte| **byte != b']') {
            self.at += match byte {
                b'\\' => 2,
                b'[' if self.bytes.get(self.at + 1) == Some(&b':') => {
                    memchr::memmem::find(&self.bytes[self.at..], b":]").map_or(1, |length| length + 2)
                }
                _ => 1,
            };
        }
        let end = self.at.min(self.bytes.len());
        self.last = if self.bytes.get(start) == Some(&b'^') { Last::AllBut(start + 1, end) } else { Last::One };
        self.at += 1;
    }

    fn open(&mut self) {
        self.depth += 1;
        self.last = Last::Nothing;
        match self.bytes.get(self.at..).unwrap_or_default() {
            [b'?', b'P', b'>' | b'=', ..] | [b'?', b'R' | b'&' | b'0'..=b'9' | b'+' | b'(' | b'C', ..] | [b'*', ..] => {
                self.effort.loops = true;
                self.at += 1;
            }
            [b'?', b'-', b'0'..=b'9', ..] => {
                self.effort.loops = true;
                self.at += 1;
            }
            [b'?', ..] => self.at += 1,
            _ => {}
        }
    }

    /// A sign of repetition, with the one behind it that says how it is tried.
    fn repeat(&mut self, is_many: bool) {
        self.at += usize::from(matches!(self.bytes.get(self.at), Some(b'?' | b'+')));
        match self.last {
            Last::Group if is_many => self.effort.loops = true,
            Last::One if is_many => self.effort.repeats += 1,
            Last::AllBut(start, end) if is_many => {
                // Where a character follows that cannot be among them, PCRE tries one number only.
                let next = self.bytes[self.at..].iter().find(|byte| **byte != b')');
                let ends = next.is_some_and(|next| !b"\\.+*?()|[]{}^$".contains(next) && self.bytes[start..end].contains(next));
                self.effort.repeats += usize::from(!ends);
            }
            Last::Nothing | Last::One | Last::AllBut(..) | Last::Group => {}
        }
        self.last = Last::Nothing;
    }

    /// `{2}`, `{2,}` or `{2,3}`; other braces are plain text.
    fn count(&mut self) {
        let rest = &self.bytes[self.at..];
        let length = memchr::memchr(b'}', rest).filter(|length| rest[..*length].iter().all(|byte| byte.is_ascii_digit() || *byte == b','));
        let Some(length) = length.filter(|length| *length > 0) else {
            self.last = Last::One;
            return;
        };
        self.at += length + 1;
        self.repeat(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_time_is_seen() {
        for (pattern, repeats, loops) in [
            ("/api(/|$)(.*)", 1, false),
            ("/a/[^/]+/b/([^/]+)/c", 0, false),
            ("/a/[^/]+b/(.*)", 2, false),
            ("/.*a.*a.*b$", 3, false),
            ("/a{2,30}b?", 1, false),
            ("/a{2,3}.*b.*c", 3, false),
            ("/a{x}", 0, false),
            ("/[*+(]", 0, false),
            (r"/\(\)\*", 0, false),
            ("/a|.*b", 2, false),
            ("/(a|b)?", 0, false),
            ("/(a|b)+", 0, true),
            ("/(a|b){1,3}", 0, true),
            ("/(?:[^x]|y)*", 0, true),
            ("/((?!public).)*$", 0, true),
            (r"/(a)\1", 0, true),
            ("/(a(?R)?)", 0, true),
            ("/(a)(?-1)", 0, true),
            ("/(?-i)a", 0, false),
            ("/(?<n>a)(?&n)", 0, true),
            (r"/\R+", 0, true),
            ("/(*COMMIT)a", 0, true),
        ] {
            assert_eq!(Effort::of(pattern), Effort { repeats, loops }, "{pattern}");
        }
    }

    #[test]
    fn texts_are_as_long_as_there_is_time_for() {
        for (patterns, shortest, most) in [
            (["/(.*)", "/a/(.*)/(.*)"], None, None),
            (["/.*a.*a.*b$", "/x"], Some(900), Some(1200)),
            (["/.*a.*a.*a.*a.*a.*a.*a.*a.*b$", "/x"], Some(30), Some(60)),
        ] {
            let found = longest(patterns.into_iter());
            assert_eq!(found.is_some(), shortest.is_some(), "{patterns:?} {found:?}");
            assert!(found >= shortest && found.is_none_or(|found| Some(found) <= most), "{patterns:?} {found:?}");
        }
        assert!(longest(std::iter::repeat_n("/a/(.*)/(.*)", 1000)) > Some(500));
    }

    #[test]
    fn a_guard_stands_around_what_may_give_up() {
        assert_eq!(guard("(?i)^/a(.*)"), None);
        assert_eq!(guard("(?i)^/a(b)*").as_deref(), Some(r"(*LIMIT_MATCH=100000)(?i)^(?:[\s\S]*?(?:^/a(b)*\E)|)"));
        assert_eq!(guard("(a|b)+$").as_deref(), Some(r"(*LIMIT_MATCH=100000)^(?:[\s\S]*?(?:(a|b)+$\E)|)"));
        assert_eq!(
            guard("(*UTF)(*LIMIT_DEPTH=9)(a)+").as_deref(),
            Some(r"(*LIMIT_MATCH=100000)(*UTF)(*LIMIT_DEPTH=9)^(?:[\s\S]*?(?:(a)+\E)|)")
        );
        assert_eq!(limited("(?i)^/a(b)*"), "(*LIMIT_MATCH=200000)(?i)^/a(b)*");
        assert!(can_be_guarded("/a#x") && !can_be_guarded("(?x)/(a)* # b"));
    }
}
