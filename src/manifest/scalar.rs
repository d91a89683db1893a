//! Plain scalars as kubectl reads them: the rules of YAML 1.1 as Go's `goyaml.v2` has them.

use std::borrow::Cow;

use super::tree::Value;

/// The tag of a merge key.
pub(super) const MERGE: &str = "tag:yaml.org,2002:merge";

/// How tags of YAML begin; all others say nothing.
const CORE: &str = "tag:yaml.org,2002:";

/// What a plain scalar is.
///
/// # Errors
/// Why it has no place in JSON.
pub(super) fn resolve(text: Cow<'_, str>) -> Result<Value<'_>, &'static str> {
    let value = match text.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Value::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Value::Bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf" | "-.INF" | ".nan" | ".NaN" | ".NAN" => {
            return Err("JSON has no infinity, and nothing that is no number");
        }
        _ => number(&text).unwrap_or(Value::String(text)),
    };
    Ok(value)
}

/// What a scalar with a tag is: a tag decides only where it is one of YAML's, and names what the scalar is anyway.
///
/// # Errors
/// Why the scalar is not what the tag says.
pub(super) fn tagged<'a>(text: Cow<'a, str>, tag: &str) -> Result<Value<'a>, String> {
    let Some(kind) = tag.strip_prefix(CORE) else { return Ok(Value::String(text)) };
    let is_text = match kind {
        "binary" => return decoded(&text).map(|text| Value::String(Cow::Owned(text))).ok_or_else(|| String::from("this is no base64")),
        "bool" | "int" | "float" | "null" | "timestamp" => false,
        _ => true,
    };
    if is_text {
        return Ok(Value::String(text));
    }
    let is_written_whole = !text.contains(['.', 'e', 'E']) || text.starts_with("0x") || text.starts_with("0X");
    let value = resolve(text)?;
    let fits = match (&value, kind) {
        (Value::Null, "null") | (Value::Bool(_), "bool") | (Value::Integer(_) | Value::Float(_), "float") => true,
        (Value::Integer(_) | Value::Float(_), "int") => is_written_whole,
        (Value::String(text), "timestamp") => is_date(text),
        _ => false,
    };
    if fits { Ok(value) } else { Err(format!("the value is not what its tag `!!{kind}` says")) }
}

/// The bytes of a text in base64, as Go makes text of them.
fn decoded(text: &str) -> Option<String> {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::STANDARD.decode(text.replace(['\r', '\n'], "")).ok()?;
    let lossy = bytes.utf8_chunks().map(|chunk| chunk.valid().to_owned() + &"\u{fffd}".repeat(chunk.invalid().len()));
    Some(lossy.collect())
}

/// Whether a text is a date, with or without a time.
fn is_date(text: &str) -> bool {
    let (date, time) = text.split_once(['T', 't', ' ']).map_or((text, None), |(date, time)| (date, Some(time)));
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let is_number = |part: &str, longest| (1..=longest).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_day = year.len() == 4 && is_number(year, 4) && is_number(month, 2) && is_number(day, 2);
    is_day && time.is_none_or(|time| time.starts_with(|first: char| first.is_ascii_digit()))
}

fn number<'a>(text: &str) -> Option<Value<'a>> {
    if text.starts_with('.') {
        return float(text);
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-')) {
        return None;
    }
    let plain = text.replace('_', "");
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
    // Go reads numbers of 64 bits without a sign as well, but takes no sign before them.
    let is_unsigned = !text.starts_with(['-', '+']) && u64::try_from(value).is_ok();
    i64::try_from(value).map(Value::Integer).ok().or(is_unsigned.then_some(Value::Float(value as f64)))
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
    text.parse().ok().filter(|value: &f64| value.is_finite()).map(whole)
}

/// A number as it goes through JSON: without a fraction, it is a whole number.
#[expect(clippy::cast_possible_truncation, reason = "the range is looked at")]
pub(super) fn whole<'a>(value: f64) -> Value<'a> {
    const END: f64 = 9_223_372_036_854_775_808.0;
    let is_whole = value.fract() == 0.0 && (-END..END).contains(&value);
    if is_whole { Value::Integer(value as i64) } else { Value::Float(value) }
}

/// A number as Go writes it where it is a key: in as few digits as tell numbers of 32 bits apart.
#[expect(clippy::cast_possible_truncation, reason = "as it is there")]
pub(super) fn shortest(value: f64) -> String {
    let value = value as f32;
    let scientific = format!("{value:e}");
    match scientific.split_once('e').and_then(|(digits, power)| Some((digits, power.parse::<i32>().ok()?))) {
        _ if value.is_infinite() => String::from(if value < 0.0 { "-.inf" } else { ".inf" }),
        Some((digits, power)) if !(-4..6).contains(&power) => {
            format!("{digits}e{}{:02}", if power < 0 { '-' } else { '+' }, power.abs())
        }
        _ => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let value = match resolve(Cow::Borrowed(text)) {
            Ok(value) => value,
            Err(_) => return "error".into(),
        };
        match value {
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
            ("089", "int 89"),
            ("1_000", "int 1000"),
            ("0b101", "int 5"),
            ("1.0", "int 1"),
            ("1e3", "int 1000"),
            (".5", "float 0.5"),
            ("12:30:45", "'12:30:45'"),
            ("2001-01-01", "'2001-01-01'"),
            ("10.0.0.1", "'10.0.0.1'"),
            ("1m", "'1m'"),
            ("-", "'-'"),
            (".", "'.'"),
            ("+.inf", "error"),
            ("9223372036854775808", "float 9223372036854776000"),
            ("8e1", "int 80"),
            ("8.5e-1", "float 0.85"),
            ("-0.0", "int 0"),
            ("1e400", "'1e400'"),
            (".1_0", "'.1_0'"),
            ("0xffffffffffffffff", "float 18446744073709552000"),
            ("-0xffffffffffffffff", "'-0xffffffffffffffff'"),
            ("=", "'='"),
            ("1e", "'1e'"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn tags_say_what_the_scalar_is() {
        let cases = [
            ("5", "str", Some("'5'")),
            ("yes", "bool", Some("true")),
            ("x", "int", None),
            ("5", "int", Some("int 5")),
            ("5", "float", Some("int 5")),
            ("1e3", "int", None),
            ("", "null", Some("null")),
            ("x", "null", None),
            ("aGk=", "binary", Some("'hi'")),
            ("a Gk=", "binary", None),
            ("gIA=", "binary", Some("'\u{fffd}\u{fffd}'")),
            ("2001-1-1", "timestamp", Some("'2001-1-1'")),
            ("x", "timestamp", None),
            ("x", "set", Some("'x'")),
        ];
        for (text, tag, expected) in cases {
            let value = tagged(Cow::Borrowed(text), &format!("{CORE}{tag}")).ok().map(|value| match value {
                Value::String(text) => format!("'{text}'"),
                Value::Integer(value) => format!("int {value}"),
                Value::Bool(value) => value.to_string(),
                Value::Null => String::from("null"),
                other => format!("{other:?}"),
            });
            assert_eq!(value.as_deref(), expected, "!!{tag} {text}");
        }
        assert!(matches!(tagged(Cow::Borrowed("5"), "!port"), Ok(Value::String(_))));
    }

    #[test]
    fn keys_that_are_numbers_are_written_as_go_writes_them() {
        for (value, expected) in
            [(1.5, "1.5"), (1_000_000.5, "1.0000005e+06"), (100_000_000.5, "1e+08"), (0.00001, "1e-05"), (1e300, ".inf")]
        {
            assert_eq!(shortest(value), expected);
        }
    }
}
