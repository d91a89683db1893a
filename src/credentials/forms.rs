//! Secrets that are known by their own form: hashes of passwords, tokens, keys, and the user in a URL.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use super::HIDDEN;

/// What a text of one of the forms can be instead.
#[derive(Debug, Clone, Copy)]
enum Unless {
    /// Nothing: it is a secret.
    Never,
    /// A word of a sentence.
    Word,
    /// Variables of nginx one behind the other, as in `$1$is_args$args` and `$user:$password`.
    Variables,
}

/// The first group is what is secret.
const FORMS: [(Unless, &str); 13] = [
    // A URL's user; a slash in the password shows by what follows the colon not being a port.
    (Unless::Variables, r#"//([^\s/"'`<>?#]+)@"#),
    (Unless::Variables, r#"//([^\s/"'`<>?#:@]*:[0-9]*[^0-9\s/"'`<>?#@][^\s"'`<>]*)@"#),
    // Hashes, as `crypt` and its kin write them.
    (
        Unless::Never,
        r#"(\$(?:apr1|2[abxy]?|y|gy|7|sha1|md5|scrypt|bcrypt-sha256|pbkdf2[a-z0-9-]*|argon2[a-z]*)\$[^\s"'`;)\]}$]+\$[^\s"'`;)\]}]+)"#,
    ),
    (Unless::Variables, r#"(\$[156]\$[^\s"'`;)\]}$]+\$[^\s"'`;)\]}]+)"#),
    (
        Unless::Never,
        r#"(?i)\{(?:S?SHA[0-9]*|S?MD5|PLAIN|CLEARTEXT|(?:[A-Z0-9]+-)?CRYPT|PBKDF2[A-Z0-9-]*|ARGON2[A-Z]*)(?:\.[A-Z0-9]+)?\}([^"'`\n;]+)"#,
    ),
    // Schemes of authentication, with something that is no word, or at the start of a text in quotes.
    (Unless::Word, r"(?i:\b(?:basic|bearer|digest|negotiate|apikey))[ \t]+([A-Za-z0-9._~+/=|:-]{5,})"),
    (Unless::Never, r#"["'](?i:basic|bearer|negotiate|apikey)[ \t]+([^"'\s$<(][^"'\s]*)["']"#),
    (Unless::Never, r"\b(eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*)"),
    (Unless::Never, r"\b(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|xox[abprs]-[A-Za-z0-9-]{8,})"),
    (Unless::Never, r"(?s)(-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z))"),
    (Unless::Never, r#"[:.]auth\(\s*["']([^"'\n]+)["']"#),
    (Unless::Never, r#"["'](?i:basic|bearer|token)\s*["']\s*\.\.\s*["']([^"'\n<]+)["']"#),
    (Unless::Never, r#"\bsecure_link_(?:md5|secret)[ \t]+["']?([^"';\n<]+)"#),
];

/// Which of the forms are hashes.
const HASHES: Range<usize> = 2..5;

/// Which of the forms a text has at all, as nearly none has one and all are looked for at once; and each of them.
#[expect(clippy::unwrap_used, reason = "fixed patterns that a test compiles")]
static PATTERNS: LazyLock<(RegexSet, Vec<(Unless, Regex)>)> = LazyLock::new(|| {
    let each = FORMS.into_iter().map(|(unless, form)| (unless, Regex::new(form).unwrap()));
    (RegexSet::new(FORMS.map(|(_, form)| form)).unwrap(), each.collect())
});

/// Where one of these forms is.
pub(super) fn ranges(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (all, each) = &*PATTERNS;
    for (unless, pattern) in all.matches(text).iter().filter_map(|form| each.get(form)) {
        let secrets = pattern.captures_iter(text).filter_map(|captures| captures.get(1));
        found.extend(secrets.filter(|secret| !unless.holds(secret.as_str())).map(|secret| secret.range()));
    }
    found
}

/// Whether a text is the hash of a password, as files of users hold it, and nothing else.
#[must_use]
pub fn is_hash(text: &str) -> bool {
    const SHORTEST: usize = 20;
    let is_whole = |pattern: &Regex| pattern.find(text).is_some_and(|found| found.range() == (0..text.len()));
    text.len() >= SHORTEST && !text.contains(char::is_whitespace) && PATTERNS.1[HASHES].iter().any(|(_, pattern)| is_whole(pattern))
}

impl Unless {
    fn holds(self, text: &str) -> bool {
        let is_hidden = text.starts_with(HIDDEN);
        is_hidden
            || match self {
                Self::Never => false,
                Self::Word => is_word(text),
                Self::Variables => are_variables(text),
            }
    }
}

/// Letters that are small behind the first one.
fn is_word(text: &str) -> bool {
    let text = text.trim_end_matches(['.', ':']);
    let rest = text.strip_prefix(|first: char| first.is_ascii_alphabetic()).unwrap_or(text);
    rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

/// Numbers of groups, and names in small letters.
fn are_variables(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('$') else { return false };
    let is_variable = |name: &str| {
        let name = name.trim_end_matches(':');
        name.len() == 1 && name.bytes().all(|byte| byte.is_ascii_digit())
            || name.starts_with(|first: char| first.is_ascii_lowercase())
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    rest.split('$').all(is_variable)
}
