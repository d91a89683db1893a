//! Values: what the controller accepts, how it reads them, and what to write instead.

mod address;
mod cache_duration;
mod cidr;
mod duration;
mod fit;
mod go_regex;
mod pattern;
mod url;

pub use address::{Inward, inward, read_address};
pub use cache_duration::{DEFAULT_CACHE_DURATION, parse_cache_durations};
pub use cidr::parse_networks;
pub use duration::parse_duration;
pub use fit::{Fit, Misfit};
pub use pattern::{Pattern, patterns};
pub use url::{Url, UrlError, around_host, with_way_back};

/// What the controller checks before it reads a value.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// Nothing: raw configuration.
    Nothing,
    /// `true` or `false`, as Go reads them.
    Bool,
    /// A whole number of 64 bits.
    Int,
    /// One of a few words; blanks around it do not count.
    Options(&'static [&'static str]),
    /// One of a few words in any case; blanks around it do not count.
    OptionsAnyCase(&'static [&'static str]),
    /// A pattern.
    Matches(&'static Pattern),
    /// A pattern, once all spaces are removed. Quirk: the value is then used with its spaces.
    MatchesWithoutSpaces(&'static Pattern),
    /// A name or regular expression of a host; blanks around it do not count.
    HostPattern,
    /// A list of those, separated by commas.
    HostPatterns,
    /// A list of addresses and networks, separated by commas.
    Networks,
    /// `CN=` and a regular expression that Go can compile.
    CommonName,
    /// A name that a Service can have.
    ServiceName,
    /// A length of time, as Go writes it.
    Duration,
}

impl Check {
    /// Whether the controller accepts a value.
    #[must_use]
    pub fn accepts(&self, value: &str) -> bool {
        match self {
            Self::Nothing => true,
            Self::Bool => parse_bool(value).is_some(),
            Self::Int => parse_int(value).is_some(),
            Self::Options(words) => words.contains(&value.trim()),
            Self::OptionsAnyCase(words) => words.contains(&value.trim().to_lowercase().as_str()),
            Self::Matches(pattern) => pattern.accepts(value),
            Self::MatchesWithoutSpaces(pattern) if value.contains(' ') => pattern.accepts(&value.replace(' ', "")),
            Self::MatchesWithoutSpaces(pattern) => pattern.accepts(value),
            Self::HostPattern => patterns::HOST_PATTERN.is_match(value.trim()),
            Self::HostPatterns => value.split(',').all(|name| patterns::HOST_PATTERN.is_match(name.trim())),
            Self::Networks => parse_networks(value).is_some(),
            Self::CommonName => value.strip_prefix("CN=").is_some_and(go_regex::compiles),
            Self::ServiceName => is_service_name(value),
            Self::Duration => parse_duration(value).is_some(),
        }
    }

    /// Whether an older controller accepts a value, which did not look for line breaks.
    #[must_use]
    pub fn accepts_line_breaks(&self, value: &str) -> bool {
        match self {
            Self::Matches(pattern) => pattern.is_match(value),
            Self::MatchesWithoutSpaces(pattern) if value.contains(' ') => pattern.is_match(&value.replace(' ', "")),
            Self::MatchesWithoutSpaces(pattern) => pattern.is_match(value),
            _ => self.accepts(value),
        }
    }

    /// What the controller accepts, as the end of "it must be".
    #[must_use]
    pub fn expected(&self) -> String {
        match self {
            Self::Nothing => String::from("configuration of nginx"),
            Self::Bool => String::from("`true` or `false`"),
            Self::Int => String::from("a whole number"),
            Self::Options(words) | Self::OptionsAnyCase(words) => one_of(words),
            Self::Matches(pattern) | Self::MatchesWithoutSpaces(pattern) => pattern.shape.to_owned(),
            Self::HostPattern => String::from("a host name or a regular expression for one"),
            Self::HostPatterns => String::from("host names or regular expressions for them, separated by commas"),
            Self::Networks => String::from("addresses and networks like `10.0.0.0/8`, separated by commas"),
            Self::CommonName => String::from("`CN=` and a regular expression"),
            Self::Duration => String::from("a length of time like `90s` or `1m30s`"),
            Self::ServiceName => String::from("the name of a Service in the namespace of the Ingress"),
        }
    }

    /// The values that are allowed, where there are only a few.
    #[must_use]
    pub fn allowed(&self) -> &'static [&'static str] {
        match self {
            Self::Bool => &["true", "false"],
            Self::Options(words) | Self::OptionsAnyCase(words) => words,
            Self::Matches(pattern) | Self::MatchesWithoutSpaces(pattern) => pattern.words,
            _ => &[],
        }
    }

    /// What was probably meant by a value that is not accepted.
    #[must_use]
    pub fn suggest(&self, value: &str) -> Option<String> {
        let word = value.trim().trim_matches(['"', '\'']).to_lowercase();
        let candidate = match self {
            Self::Bool => match word.as_str() {
                "true" | "on" | "yes" | "y" | "enabled" | "enable" => String::from("true"),
                "false" | "off" | "no" | "n" | "disabled" | "disable" => String::from("false"),
                _ => return None,
            },
            Self::Int => seconds(&word)?,
            _ => match (self.allowed(), parse_bool(&word)) {
                (words, Some(on)) if words.contains(&"on") => String::from(if on { "on" } else { "off" }),
                (words, None) if words.contains(&"on") && (word == "yes" || word == "no") => {
                    String::from(if word == "yes" { "on" } else { "off" })
                }
                _ => word,
            },
        };
        self.accepts(&candidate).then_some(candidate)
    }
}

/// A number without its unit where the unit is seconds.
fn seconds(word: &str) -> Option<String> {
    let digits = word.trim_end_matches(|letter: char| letter.is_ascii_alphabetic() || letter == ' ');
    matches!(word[digits.len()..].trim(), "" | "s" | "sec" | "second" | "seconds").then(|| digits.to_owned())
}

fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// Reads a yes or no as Go does: no other words and no other case.
#[must_use]
pub fn parse_bool(value: &str) -> Option<bool> {
    match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// Reads a whole number in decimal, with or without a sign.
#[must_use]
pub fn parse_int(value: &str) -> Option<i64> {
    value.parse().ok()
}

/// Reads a text: the blanks around each line are removed. None if nothing is left.
#[must_use]
pub fn parse_text(value: &str) -> Option<String> {
    let text = if value.contains('\n') {
        let lines: Vec<&str> = value.split('\n').map(str::trim).collect();
        lines.join("\n")
    } else {
        value.trim().to_owned()
    };
    (!text.is_empty()).then_some(text)
}

/// Whether a text is a DNS label as RFC 1035 defines it.
fn is_service_name(value: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    value.len() <= 63
        && value.bytes().all(fits)
        && value.bytes().next().is_some_and(|first| first.is_ascii_lowercase())
        && !value.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(check: Check, good: &[&str], bad: &[&str]) {
        for value in good {
            assert!(check.accepts(value), "refused {value:?}");
        }
        for value in bad {
            assert!(!check.accepts(value), "accepted {value:?}");
        }
    }

    #[test]
    fn bools_are_those_of_go() {
        check(
            Check::Bool,
            &["1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"],
            &["", "yes", "on", "tRUE", " true", "2"],
        );
    }

    #[test]
    fn numbers_are_those_of_go() {
        check(
            Check::Int,
            &["0", "-1", "+5", "007", "9223372036854775807"],
            &["", "-", "+", "1.0", "10s", " 1", "1_000", "0x10", "９", "9223372036854775808"],
        );
    }

    #[test]
    fn words_may_have_blanks_around_them() {
        check(Check::Options(&["on", "off"]), &["on", " off\n"], &["On", "o n", "", "true"]);
        check(Check::OptionsAnyCase(&["http", "grpc"]), &["HTTP", " Grpc"], &["AJP", "http,grpc"]);
    }

    #[test]
    fn spaces_are_removed_for_the_check_alone() {
        check(Check::MatchesWithoutSpaces(&patterns::BASIC), &["a b", "shop/ca", "", "~._-:"], &["a\tb", "a;b", "a\nb", "ä"]);
        check(Check::Matches(&patterns::BASIC), &["shop/ca"], &["a b"]);
    }

    #[test]
    fn lists_of_hosts_are_checked_one_by_one() {
        check(Check::HostPatterns, &["a.example.com, *.b.example.com", r"~^www\d+\.example\.com$", "", ",,"], &["a b", "a;b", "a,b!"]);
    }

    #[test]
    fn names_of_services_are_labels() {
        let long = "a".repeat(64);
        check(Check::ServiceName, &["a", "web-1", &long[..63]], &["", "1web", "Web", "web-", "-web", "a.b", "a/b", &long]);
    }

    #[test]
    fn texts_lose_the_blanks_around_each_line() {
        for (raw, expected) in [
            (" a ", Some("a")),
            ("a\n  b\t\n", Some("a\nb\n")),
            ("", None),
            (" \t", None),
            ("\n", Some("\n")),
            ("\u{a0}x\u{85}", Some("x")),
        ] {
            assert_eq!(parse_text(raw).as_deref(), expected, "{raw:?}");
        }
    }

    #[test]
    fn suggestions_are_accepted() {
        let on_off = Check::MatchesWithoutSpaces(&patterns::ON_OFF);
        for (check, value, expected) in [
            (Check::Bool, "yes", Some("true")),
            (Check::Bool, "\"false\"", Some("false")),
            (Check::Bool, "maybe", None),
            (Check::Int, "10s", Some("10")),
            (Check::Int, "10 seconds", Some("10")),
            (Check::Int, "10m", None),
            (Check::Int, "s", None),
            (on_off, "True", Some("on")),
            (on_off, "no", Some("off")),
            (Check::Options(&["any", "all"]), "ANY", Some("any")),
            (Check::Options(&["any", "all"]), "both", None),
        ] {
            assert_eq!(check.suggest(value).as_deref(), expected, "{value}");
        }
    }
}
