//! How nginx writes values into a log.

use std::borrow::Cow;

/// What `log_format` does with letters that would end a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Escape {
    /// `\xXX`, and `-` for what has no value.
    #[default]
    Default,
    /// As JSON has it; nothing for what has no value.
    Json,
    /// Nothing is escaped.
    None,
}

impl Escape {
    /// The escaping by the word of `escape=`; none where nginx knows no such word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        match word {
            "default" => Some(Self::Default),
            "json" => Some(Self::Json),
            "none" => Some(Self::None),
            _ => None,
        }
    }

    /// The value as it was.
    pub(super) fn undo(self, text: &[u8]) -> Cow<'_, [u8]> {
        if self == Self::None || !text.contains(&b'\\') {
            return Cow::Borrowed(text);
        }
        let mut out = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some((&byte, behind)) = rest.split_first() {
            rest = behind;
            if byte != b'\\' {
                out.push(byte);
                continue;
            }
            rest = match self {
                Self::Default => from_hex(behind, &mut out),
                Self::Json | Self::None => from_json(behind, &mut out),
            };
        }
        Cow::Owned(out)
    }

    /// Whether a value says that there is none.
    pub(super) fn is_nothing(self, text: &[u8]) -> bool {
        text.is_empty() || self == Self::Default && text == b"-"
    }
}

/// `xXX` behind a backslash; what is none stays.
fn from_hex<'t>(rest: &'t [u8], out: &mut Vec<u8>) -> &'t [u8] {
    let digits = rest.strip_prefix(b"x").and_then(|rest| rest.get(..2)).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
    if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
        out.push(byte);
        return &rest[3..];
    }
    out.push(b'\\');
    rest
}

/// What stands for a letter of JSON behind a backslash.
fn from_json<'t>(rest: &'t [u8], out: &mut Vec<u8>) -> &'t [u8] {
    let Some((&sign, behind)) = rest.split_first() else {
        out.push(b'\\');
        return rest;
    };
    let letter = match sign {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'f' => 12,
        b'u' => {
            let digits = behind.get(..4).and_then(|digits| std::str::from_utf8(digits).ok());
            // nginx writes control characters alone in this way.
            let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) else {
                out.extend(b"\\u");
                return behind;
            };
            out.push(byte);
            return &behind[4..];
        }
        other => other,
    };
    out.push(letter);
    behind
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_as_they_were() {
        for (escape, text, value) in [
            (Escape::Default, &br#"a\x22b\x5Cc"#[..], &br#"a"b\c"#[..]),
            (Escape::Default, br"\xC3\xA9", b"\xc3\xa9"),
            (Escape::Default, br"\x4", br"\x4"),
            (Escape::Default, br"\x+1", br"\x+1"),
            (Escape::Default, br"a\", br"a\"),
            (Escape::Json, br#"a\"b\\c\n\u001F"#, b"a\"b\\c\n\x1f"),
            (Escape::Json, br"\u12", br"\u12"),
            (Escape::Json, br"\", br"\"),
            (Escape::None, br"\x22", br"\x22"),
        ] {
            assert_eq!(escape.undo(text).as_ref(), value, "{escape:?} {}", String::from_utf8_lossy(text));
        }
    }
}
