//! Texts to values, as the controller decodes the values of its ConfigMap.

/// Why a text is not a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ValueError {
    #[error("{} is not a boolean", quoted(.0))]
    NotBoolean(String),
    #[error("{} is not a whole number", quoted(.0))]
    NotInteger(String),
    #[error("{} is too large", quoted(.0))]
    TooLarge(String),
    #[error("{} is not a number", quoted(.0))]
    NotNumber(String),
}

/// A value between backticks, cut where it is long.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        None => format!("`{text}`"),
        Some((end, _)) => format!("`{}…`", &text[..end]),
    }
}

/// The items between commas, without the space around them. Nothing between two commas is no item; spaces alone are an empty one.
pub(super) fn split(text: &str) -> Vec<String> {
    text.split(',').filter(|item| !item.is_empty()).map(|item| item.trim().to_owned()).collect()
}

/// Whether a text can be the name of a header: letters, digits, `-` and `_`.
pub(super) fn is_header_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Replaces the first item, or adds it where there is none.
pub(super) fn put_first<T>(items: &mut Vec<T>, item: T) {
    match items.first_mut() {
        Some(first) => *first = item,
        None => items.push(item),
    }
}

/// A boolean in one of the twelve spellings; empty is false.
pub(super) fn boolean(text: &str) -> Result<bool, ValueError> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "" | "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(ValueError::NotBoolean(text.to_owned())),
    }
}

/// A whole number of so many bits with sign. Quirk: a prefix names the base, a leading zero is octal, `_` may stand between digits,
/// and empty is zero.
pub(super) fn integer(text: &str, bits: u32) -> Result<i64, ValueError> {
    let wrong = || ValueError::NotInteger(text.to_owned());
    if text.is_empty() {
        return Ok(0);
    }
    let (negative, unsigned) = match text.as_bytes()[0] {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (base, digits) = base_of(unsigned);
    if digits.is_empty() || !underscores_separate(digits, base.has_prefix) {
        return Err(wrong());
    }
    let limit = 1_u64 << (bits - 1);
    let mut value: u64 = 0;
    for digit in digits.chars().filter(|&digit| digit != '_') {
        let digit = digit.to_digit(base.radix).ok_or_else(wrong)?;
        // Stays over every limit once it is over it, so that a later wrong digit is still seen.
        value = value.saturating_mul(u64::from(base.radix)).saturating_add(u64::from(digit));
    }
    let largest = if negative { limit } else { limit - 1 };
    if value > largest {
        return Err(ValueError::TooLarge(text.to_owned()));
    }
    Ok(if negative { 0_i64.wrapping_sub_unsigned(value) } else { 0_i64.wrapping_add_unsigned(value) })
}

struct Base {
    radix: u32,
    has_prefix: bool,
}

fn base_of(unsigned: &str) -> (Base, &str) {
    let prefixes = [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2), ("0o", 8), ("0O", 8)];
    for (prefix, radix) in prefixes {
        if let Some(digits) = unsigned.strip_prefix(prefix) {
            return (Base { radix, has_prefix: true }, digits);
        }
    }
    match unsigned.strip_prefix('0') {
        Some(digits) if !digits.is_empty() => (Base { radix: 8, has_prefix: true }, digits),
        _ => (Base { radix: 10, has_prefix: false }, unsigned),
    }
}

/// Each `_` stands between two digits; the base counts as a digit.
fn underscores_separate(digits: &str, after_prefix: bool) -> bool {
    (after_prefix || !digits.starts_with('_')) && !digits.ends_with('_') && !digits.contains("__")
}

/// A decimal number that looks octal to the controller, or is `-0`.
pub(super) fn has_leading_zero(text: &str) -> bool {
    let unsigned = text.trim_start_matches(['+', '-']);
    unsigned.len() > 1 && unsigned.starts_with('0')
}

/// A number with a fraction; empty is zero. Hexadecimal notation, which nobody writes, is refused here.
pub(super) fn fraction(text: &str) -> Result<f32, ValueError> {
    if text.is_empty() {
        return Ok(0.0);
    }
    let wrong = || ValueError::NotNumber(text.to_owned());
    let value: f32 = text.parse().map_err(|_| wrong())?;
    if value.is_nan() && text.starts_with(['+', '-']) {
        return Err(wrong());
    }
    if value.is_infinite() && text.contains(|digit: char| digit.is_ascii_digit()) {
        return Err(ValueError::TooLarge(text.to_owned()));
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_have_go_notation() {
        let good: [(&str, i64); 12] = [
            ("", 0),
            ("42", 42),
            ("+7", 7),
            ("-7", -7),
            ("00", 0),
            ("017", 15),
            ("0o17", 15),
            ("0x2F", 47),
            ("-0x10", -16),
            ("0b101", 5),
            ("12_500", 12500),
            ("0x_f", 15),
        ];
        for (text, value) in good {
            assert_eq!(integer(text, 64), Ok(value), "{text}");
        }
        for text in ["seven", " 7", "7 ", "09", "0_9", "0x", "7s", "7.0", "1e3", "_7", "7_", "7__0", "+", "-", "٧"] {
            assert_eq!(integer(text, 64), Err(ValueError::NotInteger(text.into())), "{text}");
        }
    }

    #[test]
    fn integers_have_limits() {
        assert_eq!(integer("9223372036854775807", 64), Ok(i64::MAX));
        assert_eq!(integer("-9223372036854775808", 64), Ok(i64::MIN));
        assert_eq!(integer("2147483647", 32), Ok(2_147_483_647));
        for (text, bits) in [("9223372036854775808", 64), ("99999999999999999999999", 64), ("2147483648", 32), ("-2147483649", 32)] {
            assert_eq!(integer(text, bits), Err(ValueError::TooLarge(text.into())), "{text}");
        }
    }

    #[test]
    fn booleans_have_twelve_spellings() {
        for (text, value) in [("T", true), ("1", true), ("True", true), ("f", false), ("FALSE", false), ("", false)] {
            assert_eq!(boolean(text), Ok(value), "{text}");
        }
        for text in ["yes", "on", "tRUE", " true", "2", "enabled"] {
            assert!(boolean(text).is_err(), "{text}");
        }
    }

    #[test]
    fn fractions_may_be_endless_but_not_too_large() {
        assert_eq!(fraction("0.25"), Ok(0.25));
        assert_eq!(fraction(".5"), Ok(0.5));
        assert_eq!(fraction(""), Ok(0.0));
        assert_eq!(fraction("-inf"), Ok(f32::NEG_INFINITY));
        assert_eq!(fraction("4e39"), Err(ValueError::TooLarge("4e39".into())));
        for text in ["half", "50%", "0,5", "+nan"] {
            assert_eq!(fraction(text), Err(ValueError::NotNumber(text.into())), "{text}");
        }
    }

    #[test]
    fn lists_keep_blank_items_but_not_missing_ones() {
        assert_eq!(split("a, b ,,c"), ["a", "b", "c"]);
        assert_eq!(split("a, ,b"), ["a", "", "b"]);
        assert!(split("").is_empty());
        assert!(split(",,").is_empty());
    }

    #[test]
    fn long_values_are_cut_when_quoted() {
        assert_eq!(quoted("short"), "`short`");
        assert_eq!(quoted(&"ä".repeat(100)).chars().count(), 63);
    }
}
