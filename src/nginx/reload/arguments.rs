//! Whether nginx takes an argument: numbers, sizes, times, flags and words as its parser reads them.

use super::directives::Kind;

/// Why nginx refuses the arguments of a directive, in its own words as far as they help.
pub(super) fn refusal(name: &str, kind: Kind, args: &[&str]) -> Option<String> {
    let first = args.first().copied().unwrap_or_default();
    let invalid = |what: &str| Some(format!("`{name}` takes {what}, not `{first}`"));
    match kind {
        Kind::Any => None,
        Kind::Flag if is_word(first, &["on", "off"]) => None,
        Kind::Flag => invalid("`on` or `off`"),
        Kind::Number if is_number(first) => None,
        Kind::Number => invalid("a whole number that is not negative"),
        Kind::Size if size(first, false).is_some() => None,
        Kind::Size => invalid("a size such as `8k` or `1m`"),
        Kind::Offset if size(first, true).is_some() => None,
        Kind::Offset => invalid("a size such as `8k`, `1m` or `1g`"),
        Kind::Seconds if args.iter().all(|arg| is_time(arg, true)) => None,
        Kind::Seconds => invalid("a time such as `30s` or `5m`"),
        Kind::Milliseconds if args.iter().all(|arg| is_time(arg, false)) => None,
        Kind::Milliseconds => invalid("a time such as `500ms`, `30s` or `5m`"),
        Kind::Buffers => buffers(name, args),
        Kind::Word(words) if is_word(first, words) => None,
        Kind::Word(words) => Some(format!("`{name}` takes one of {}, not `{first}`", list(words))),
        Kind::Words(words) => {
            let unknown = args.iter().find(|arg| !is_word(arg, words))?;
            Some(format!("`{name}` takes {}, not `{unknown}`", list(words)))
        }
    }
}

fn buffers(name: &str, args: &[&str]) -> Option<String> {
    let [count, bytes] = args else { return None };
    let is_good = count.parse::<u64>().is_ok_and(|count| count > 0) && size(bytes, false).is_some_and(|bytes| bytes > 0);
    (!is_good).then(|| format!("`{name}` takes a number of buffers and their size, not `{count} {bytes}`"))
}

fn is_word(arg: &str, words: &[&str]) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(arg))
}

fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// Whether nginx reads a text as a number.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<i64>().is_ok()
}

/// A size in bytes; gigabytes only where `large`.
pub(super) fn size(text: &str, large: bool) -> Option<u64> {
    let (digits, factor) = match text.as_bytes().last()? {
        b'k' | b'K' => (&text[..text.len() - 1], 1 << 10),
        b'm' | b'M' => (&text[..text.len() - 1], 1 << 20),
        b'g' | b'G' if large => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1),
    };
    if !is_number(digits) {
        return None;
    }
    digits.parse::<u64>().ok()?.checked_mul(factor).filter(|bytes| i64::try_from(*bytes).is_ok())
}

/// Whether a text is a time: numbers with units from years down, each once and in this order, the last one also without.
pub(super) fn is_time(text: &str, is_seconds: bool) -> bool {
    const UNITS: [&str; 8] = ["y", "M", "w", "d", "h", "m", "s", "ms"];
    let mut rest = text;
    let mut last_unit = None;
    let mut is_closed = false;
    while !rest.is_empty() {
        let rest_digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        if is_closed || rest_digits.len() == rest.len() || rest[..rest.len() - rest_digits.len()].parse::<i64>().is_err() {
            return false;
        }
        let unit_length = rest_digits.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest_digits.len());
        let (unit, next) = rest_digits.split_at(unit_length);
        rest = next.trim_start_matches(' ');
        if unit.is_empty() {
            is_closed = true;
            continue;
        }
        let Some(at) = UNITS.iter().position(|known| *known == unit) else { return false };
        if is_seconds && unit == "ms" || last_unit.is_some_and(|last| last >= at) {
            return false;
        }
        last_unit = Some(at);
    }
    !text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_numbers_with_falling_units() {
        for good in ["0", "30", "30s", "500ms", "1h30m", "1d 2h", "1M", "1m30"] {
            assert!(is_time(good, false), "{good}");
        }
        for bad in ["", "s", "-1", "-1s", "1.5s", "30x", "1s1m", "1s1s", "30 s x", "1 1"] {
            assert!(!is_time(bad, false), "{bad}");
        }
        assert!(!is_time("500ms", true));
    }

    #[test]
    fn sizes_are_numbers_with_one_unit() {
        assert_eq!(size("8k", false), Some(8192));
        assert_eq!(size("1g", true), Some(1 << 30));
        for bad in ["", "k", "1g", "1kb", "-1", "1.5m", "99999999999999999999"] {
            assert_eq!(size(bad, false), None, "{bad}");
        }
    }

    #[test]
    fn refusals_name_the_directive_and_the_value() {
        let message = refusal("proxy_buffers", Kind::Buffers, &["0", "8k"]).unwrap_or_default();
        assert!(message.contains("proxy_buffers") && message.contains("0 8k"), "{message}");
        assert_eq!(refusal("proxy_buffers", Kind::Buffers, &["2", "8k"]), None);
        assert_eq!(refusal("gzip", Kind::Flag, &["ON"]), None);
        assert!(refusal("gzip", Kind::Flag, &["yes"]).is_some());
        assert!(refusal("x", Kind::Words(&["a", "b"]), &["a", "c"]).is_some_and(|message| message.contains("`c`")));
    }
}
