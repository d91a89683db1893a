//! How alike two names are.

/// A name as the controller writes names: `proxyBodySize`, `PROXY_BODY_SIZE`, `"proxy.body.size"` are `proxy-body-size`.
#[must_use]
pub fn kebab(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut after_lower = false;
    for letter in name.trim_matches(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '`' | ':')).chars() {
        if letter.is_ascii_uppercase() && after_lower {
            out.push('-');
        }
        after_lower = letter.is_ascii_lowercase() || letter.is_ascii_digit();
        out.push(if matches!(letter, '_' | '.' | ' ') { '-' } else { letter.to_ascii_lowercase() });
    }
    out
}

/// The name with the fewest changes, if they are few for a name of that length.
#[must_use]
pub fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let few = match name.len() {
        0..=4 => return None,
        5..=8 => 1,
        9..=16 => 2,
        // Nobody writes a name of this length, and the comparison costs the product of both lengths.
        65.. => return None,
        _ => 3,
    };
    let is_near = |known: &&str| known.len().abs_diff(name.len()) <= few && letters_differ(name, known) <= 2 * few;
    let by_distance = names.filter(is_near).map(|known| (strsim::osa_distance(name, known), known));
    by_distance.filter(|(distance, _)| *distance <= few).min().map(|(_, known)| known)
}

/// In how many letters two names differ, whatever their order: each change makes up for two at most. It costs a hundredth of counting
/// the changes, and a file can have a hundred thousand unknown keys.
fn letters_differ(left: &str, right: &str) -> usize {
    let mut count = [0_i8; 32];
    let place = |byte: u8| usize::from(byte % 32);
    left.bytes().filter(u8::is_ascii).for_each(|byte| count[place(byte)] = count[place(byte)].saturating_add(1));
    right.bytes().filter(u8::is_ascii).for_each(|byte| count[place(byte)] = count[place(byte)].saturating_sub(1));
    count.iter().map(|count| usize::from(count.unsigned_abs())).sum()
}

/// The words of a name, sorted and without the `s` of a plural, so that names can be compared whatever the order of their words.
#[must_use]
pub fn words(name: &str) -> Vec<&str> {
    let stem = |word| str::strip_suffix(word, 's').filter(|stem| stem.len() > 2).unwrap_or(word);
    let mut words: Vec<&str> = name.split('-').map(stem).collect();
    words.sort_unstable();
    words
}

/// How many words of two sorted lists stand only in one of them, and how many in both.
#[must_use]
pub fn compare_words(left: &[&str], right: &[&str]) -> WordMatch {
    let (mut at, mut under, mut shared) = (0, 0, 0);
    while at < left.len() && under < right.len() {
        match left[at].cmp(right[under]) {
            std::cmp::Ordering::Less => at += 1,
            std::cmp::Ordering::Greater => under += 1,
            std::cmp::Ordering::Equal => (at, under, shared) = (at + 1, under + 1, shared + 1),
        }
    }
    WordMatch { different: left.len() + right.len() - 2 * shared, shared }
}

/// What two lists of words have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordMatch {
    /// Words that only one of the lists has.
    pub different: usize,
    /// Words that both have.
    pub shared: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_spellings_become_kebab_case() {
        let spellings = [
            ("proxyBodySize", "proxy-body-size"),
            ("PROXY_BODY_SIZE", "proxy-body-size"),
            (" \"proxy.body.size\"", "proxy-body-size"),
            ("proxy-body-size:", "proxy-body-size"),
            ("enableHTTP2", "enable-http2"),
            ("", ""),
            ("größe", "größe"),
        ];
        for (written, expected) in spellings {
            assert_eq!(kebab(written), expected, "{written}");
        }
    }

    #[test]
    fn the_nearest_name_differs_in_few_letters() {
        let known = ["auth-url", "auth-type", "proxy-read-timeout", "proxy-send-timeout"];
        let cases = [
            ("auth-ulr", Some("auth-url")),
            ("auth-urls", Some("auth-url")),
            ("proxy-reed-timeuot", Some("proxy-read-timeout")),
            ("auth", None),
            ("author-uri", None),
            ("", None),
        ];
        for (written, expected) in cases {
            assert_eq!(nearest(written, known.into_iter()), expected, "{written}");
        }
        assert_eq!(nearest(&"x".repeat(100_000), known.into_iter()), None);
    }

    #[test]
    fn words_are_compared_in_any_order_and_number() {
        let cases = [
            ("cors-enable", "enable-cors", 0, 2),
            ("server-snippets", "server-snippet", 0, 2),
            ("body-size", "proxy-body-size", 1, 2),
            ("canary-header", "enable-cors", 4, 0),
            ("a-a", "a", 1, 1),
        ];
        for (left, right, different, shared) in cases {
            assert_eq!(compare_words(&words(left), &words(right)), WordMatch { different, shared }, "{left} {right}");
        }
    }
}
