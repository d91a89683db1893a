//! The forms that arguments have: words, and values behind a name and an equals sign.

use super::units::{is_number, is_time, size};

/// What one argument may look like.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// One of these words, in these letters.
    Words(&'static [&'static str]),
    /// A value behind this beginning.
    With(&'static str, Value),
    /// A value.
    Is(Value),
}

/// What a value may be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value {
    /// Anything.
    Any,
    /// A whole number from this one on.
    From(i64),
    /// A whole number in this range.
    Range(i64, i64),
    /// Bytes, with `k` or `m`.
    Size,
    /// Bytes, with `k`, `m` or `g`.
    Offset,
    /// A time in seconds or coarser units.
    Seconds,
    /// Text with variables, of which nothing is known before a request comes.
    Variable,
}

/// The first argument that has none of the forms.
pub(super) fn unfit<'a>(args: &[&'a str], forms: &[Form]) -> Option<&'a str> {
    args.iter().copied().find(|arg| !forms.iter().any(|form| form.has(arg)))
}

impl Form {
    fn has(self, arg: &str) -> bool {
        match self {
            Self::Words(words) => words.contains(&arg),
            Self::With(start, value) => arg.strip_prefix(start).is_some_and(|rest| value.is(rest)),
            Self::Is(value) => value.is(arg),
        }
    }
}

impl Value {
    fn is(self, text: &str) -> bool {
        let number = || text.parse::<i64>().ok().filter(|_| is_number(text));
        match self {
            Self::Any => true,
            Self::From(least) => number().is_some_and(|number| number >= least),
            Self::Range(least, most) => number().is_some_and(|number| (least..=most).contains(&number)),
            Self::Size => size(text, false).is_some(),
            Self::Offset => size(text, true).is_some(),
            Self::Seconds => is_time(text, true),
            Self::Variable => text.contains('$'),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Form::{Is, With, Words};
    use super::*;

    #[test]
    fn arguments_have_one_of_the_forms() {
        let forms = &[Words(&["off"]), With("max=", Value::From(1)), With("inactive=", Value::Seconds), Is(Value::Variable)];
        for good in [&["off"][..], &["max=10", "inactive=1m"], &["$a"], &[]] {
            assert_eq!(unfit(good, forms), None, "{good:?}");
        }
        for bad in ["on", "max=0", "max=", "max=-1", "max=1x", "inactive=500ms", "min=1", ""] {
            assert_eq!(unfit(&["off", bad], forms), Some(bad));
        }
    }
}
