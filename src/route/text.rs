//! Values of requests, and texts with variables in them.

use std::borrow::Cow;
use std::sync::Arc;

/// A value as far as it is known. What stands in the configuration or in the request is not copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value<'v> {
    /// These bytes; nothing where a variable has no value.
    Known(Cow<'v, [u8]>),
    /// What the request alone does not say, in words: `the country of the client`.
    Unknown(Arc<str>),
}

impl<'v> Value<'v> {
    /// A value that nobody set.
    pub(super) const EMPTY: Self = Self::Known(Cow::Borrowed(b""));

    /// Text that stands in the configuration or in the request.
    pub(super) fn of(text: &'v (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self::Known(Cow::Borrowed(text.as_ref()))
    }

    /// Text that was made.
    pub(super) fn made(text: impl Into<Vec<u8>>) -> Self {
        Self::Known(Cow::Owned(text.into()))
    }

    pub(super) fn unknown(why: &str) -> Self {
        Self::Unknown(Arc::from(why))
    }

    /// The bytes, if they are known.
    #[must_use]
    pub(super) fn known(&self) -> Option<&[u8]> {
        match self {
            Self::Known(bytes) => Some(bytes),
            Self::Unknown(_) => None,
        }
    }

    /// The text, if it is known.
    pub(super) fn into_text(self) -> Option<String> {
        match self {
            Self::Known(bytes) => Some(into_text(bytes)),
            Self::Unknown(_) => None,
        }
    }

    /// The text, if it is known and there is some.
    pub(super) fn into_some_text(self) -> Option<String> {
        self.into_text().filter(|text| !text.is_empty())
    }

    /// Whether it is known, and this.
    pub(super) fn is(&self, text: &str) -> bool {
        self.known() == Some(text.as_bytes())
    }

    /// Whether nginx takes it for true in `if`; none where that depends.
    pub(super) fn is_true(&self) -> Option<bool> {
        self.known().map(|bytes| !bytes.is_empty() && bytes != b"0")
    }
}

/// Bytes as text; what is none is marked.
pub(super) fn into_text(bytes: Cow<'_, [u8]>) -> String {
    match String::from_utf8(bytes.into_owned()) {
        Ok(text) => text,
        Err(wrong) => String::from_utf8_lossy(wrong.as_bytes()).into_owned(),
    }
}

/// A piece of a text with variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// As it stands.
    Literal(Vec<u8>),
    /// What the last regular expression found: `$1`.
    Group(usize),
    /// A variable of the request.
    Variable(Variable),
    /// From here on it is arguments: the first `?` of what `rewrite` writes.
    Arguments,
}

impl Part {
    /// The bytes of a literal; a dollar sign for a variable.
    pub(super) fn with_dollars(&self) -> Vec<u8> {
        match self {
            Self::Literal(text) => text.clone(),
            Self::Group(_) | Self::Variable(_) | Self::Arguments => b"$".to_vec(),
        }
    }
}

/// Which variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Variable {
    /// One that the configuration defines: its place among them.
    Own(usize),
    /// One that nginx makes of the request; its name in small letters.
    Builtin(Box<str>),
    /// A header of the request, with `_` for `-`.
    Header(Box<str>),
    /// An argument.
    Argument(Box<str>),
    /// A cookie.
    Cookie(Box<str>),
}

/// A text with variables in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Template(pub(super) Vec<Part>);

impl Template {
    /// Reads a text; `variable` says which variable a name is. `with_arguments`: the first `?` begins the arguments.
    pub(super) fn parse(text: &str, with_arguments: bool, variable: &dyn Fn(&str) -> Variable) -> Self {
        let (mut parts, mut rest, mut splits) = (Vec::new(), text, with_arguments);
        while !rest.is_empty() {
            let end = rest.find(|letter| letter == '$' || splits && letter == '?').unwrap_or(rest.len());
            if end > 0 {
                parts.push(Part::Literal(rest.as_bytes()[..end].to_vec()));
                rest = &rest[end..];
                continue;
            }
            if let Some(behind) = rest.strip_prefix('?') {
                parts.push(Part::Arguments);
                (rest, splits) = (behind, false);
                continue;
            }
            let behind = &rest[1..];
            let is_braced = behind.starts_with('{');
            let body = &behind[usize::from(is_braced)..];
            if let Some(digit) = body.chars().next().and_then(|letter| letter.to_digit(10)).filter(|digit| !is_braced && *digit > 0) {
                parts.push(Part::Group(digit as usize));
                rest = &body[1..];
                continue;
            }
            let end = body.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_')).unwrap_or(body.len());
            let (name, after) = body.split_at(end);
            rest = if is_braced { after.strip_prefix('}').unwrap_or(after) } else { after };
            parts.push(if name.is_empty() { Part::Literal(b"$".to_vec()) } else { Part::Variable(variable(name)) });
        }
        Self(parts)
    }

    /// The text, where it has no variables.
    pub(super) fn literal(&self) -> Option<&[u8]> {
        match self.0.as_slice() {
            [] => Some(b""),
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_variables() {
        let variable = |name: &str| Variable::Builtin(name.into());
        let builtin = |name: &str| Part::Variable(Variable::Builtin(name.into()));
        let literal = |text: &str| Part::Literal(text.as_bytes().to_vec());
        for (text, with_arguments, expected) in [
            ("", false, vec![]),
            ("a?b", false, vec![literal("a?b")]),
            ("/$1?x=$2?y", true, vec![literal("/"), Part::Group(1), Part::Arguments, literal("x="), Part::Group(2), literal("?y")]),
            ("$scheme://${host}x", false, vec![builtin("scheme"), literal("://"), builtin("host"), literal("x")]),
            ("$12", false, vec![Part::Group(1), literal("2")]),
        ] {
            assert_eq!(Template::parse(text, with_arguments, &variable).0, expected, "{text}");
        }
    }
}
