//! Plain scalars as kubectl reads them: the rules of YAML 1.1 as Go's `goyaml.v2` has them.

use std::borrow::Cow;

use super::tree::Value;

/// What a plain scalar is.
pub(super) fn resolve(text: Cow<'_, str>) -> Value<'_> {
    match text.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => return Value::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => return Value::Bool(false),
        _ => {}
    }
    number(&text).unwrap_or(Value::String(text))
}

fn number<'a>(text: &str) -> Option<Value<'a>> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return None;
    }
    match text {
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Some(Value::Float(f64::INFINITY)),
        "-.inf" | "-.Inf" | "-.INF" => return Some(Value::Float(f64::NEG_INFINITY)),
        ".nan" | ".NaN" | ".NAN" => return Some(Value::Float(f64::NAN)),
        _ => {}
    }
    let plain: String = text.chars().filter(|&c| c != '_').collect();
    integer(&plain).or_else(|| float(&plain))
}

/// A whole number with an optional sign and the prefix `0x`, `0b`, `0o` or `0`.
fn integer<'a>(text: &str) -> Option<Value<'a>> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', b'b' | b'B', ..] => (2, &digits[2..]),
        [b'0', b'o' | b'O', ..] => (8, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let value = i128::from_str_radix(digits, radix).ok()?;
    let value = if negative { -value } else { value };
    i64::try_from(value).map(Value::Integer).ok()
}

/// A decimal number: digits with a point or an exponent.
fn float<'a>(text: &str) -> Option<Value<'a>> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mantissa_end = unsigned.find(['e', 'E']).unwrap_or(unsigned.len());
    let (mantissa, exponent) = unsigned.split_at(mantissa_end);
    let has_digits = mantissa.bytes().any(|byte| byte.is_ascii_digit());
    let is_mantissa = mantissa.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && mantissa.matches('.').count() <= 1;
    let power = exponent.get(1..).unwrap_or_default();
    let power = power.strip_prefix(['-', '+']).unwrap_or(power);
    let is_exponent = exponent.is_empty() || !power.is_empty() && power.bytes().all(|byte| byte.is_ascii_digit());
    if !has_digits || !is_mantissa || !is_exponent {
        return None;
    }
    text.parse().ok().map(Value::Float)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match resolve(Cow::Borrowed(text)) {
            Value::Null => "null".into(),
            Value::Bool(value) => value.to_string(),
            Value::Integer(value) => format!("int {value}"),
            Value::Float(value) => format!("float {value}"),
            Value::String(text) => format!("'{text}'"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn plain_scalars_are_read_as_kubectl_reads_them() {
        let cases = [
            ("yes", "true"),
            ("y", "true"),
            ("Off", "false"),
            ("tRue", "'tRue'"),
            ("~", "null"),
            ("", "null"),
            ("5", "int 5"),
            ("-5", "int -5"),
            ("+5", "int 5"),
            ("0x1F", "int 31"),
            ("0o14", "int 12"),
            ("0123", "int 83"),
            ("089", "float 89"),
            ("1_000", "int 1000"),
            ("0b101", "int 5"),
            ("1.0", "float 1"),
            ("1e3", "float 1000"),
            (".5", "float 0.5"),
            ("12:30:45", "'12:30:45'"),
            ("2001-01-01", "'2001-01-01'"),
            ("10.0.0.1", "'10.0.0.1'"),
            ("1m", "'1m'"),
            ("-", "'-'"),
            (".", "'.'"),
            ("+.inf", "float inf"),
            ("9223372036854775808", "float 9223372036854776000"),
            ("=", "'='"),
            ("1e", "'1e'"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
