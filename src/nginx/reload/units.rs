//! Numbers, sizes, times and words as the parser of nginx reads them.

/// Whether a text is one of these words, in letters of any size.
pub(super) fn is_word(arg: &str, words: &[&str]) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(arg))
}

/// Whether nginx reads a text as a number.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<i64>().is_ok()
}

/// A size in bytes; gigabytes only where `large`.
#[must_use]
pub fn size(text: &str, large: bool) -> Option<u64> {
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
        for (word, expected) in
            [("8m", Some(8 << 20)), ("8M", Some(8 << 20)), ("0", Some(0)), ("1g", Some(1 << 30)), ("x", None), ("", None)]
        {
            assert_eq!(size(word, true), expected, "{word}");
        }
        assert_eq!(size("1g", true), Some(1 << 30));
        for bad in ["", "k", "1g", "1kb", "-1", "1.5m", "99999999999999999999"] {
            assert_eq!(size(bad, false), None, "{bad}");
        }
    }
}
