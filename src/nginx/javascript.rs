//! Regular expressions of nginx in the words of JavaScript, for pages that compare paths in a browser.
//!
//! A text is taken for a string with one character for each byte. What is written is made of the parsed expression, so that classes,
//! flags and line breaks mean what they do for nginx; what our own engine cannot evaluate, it does not write either.

use std::fmt::Write as _;

use regex_syntax::hir::{Class, Hir, HirKind, Look, Repetition};

use super::pcre::{parsed, translate};

/// How long an expression may become: a browser that compiles ten thousand of them must not wait.
const LONGEST: usize = 4096;

/// The expression for `new RegExp(…)` without flags; none where it has none.
#[must_use]
pub fn javascript(text: &str, is_caseless: bool) -> Option<String> {
    // Before a line break at the end `$` fits too.
    let hir = parsed(&translate(text, r"\n?\z").ok()?, is_caseless)?;
    let mut out = String::new();
    write(&hir, &mut out)?;
    (out.len() <= LONGEST).then_some(out)
}

fn write(hir: &Hir, out: &mut String) -> Option<()> {
    match hir.kind() {
        HirKind::Empty => {}
        HirKind::Literal(literal) => literal.0.iter().for_each(|byte| letter(*byte, out)),
        HirKind::Class(Class::Bytes(class)) => ranges(class.iter().map(|range| (u32::from(range.start()), u32::from(range.end()))), out),
        HirKind::Class(Class::Unicode(class)) => ranges(class.iter().map(|range| (range.start() as u32, range.end() as u32)), out),
        HirKind::Look(look) => out.push_str(match look {
            Look::Start => "^",
            Look::End => "$",
            Look::WordAscii => "\\b",
            Look::WordAsciiNegate => "\\B",
            Look::StartLF => "(?:^|(?<=\\n))",
            Look::EndLF => "(?:$|(?=\\n))",
            _ => return None,
        }),
        HirKind::Repetition(repetition) => repeated(repetition, out)?,
        HirKind::Capture(capture) => {
            out.push('(');
            write(&capture.sub, out)?;
            out.push(')');
        }
        HirKind::Concat(parts) => {
            for part in parts {
                grouped(part, matches!(part.kind(), HirKind::Alternation(_)), out)?;
            }
        }
        HirKind::Alternation(parts) => {
            for (at, part) in parts.iter().enumerate() {
                if at > 0 {
                    out.push('|');
                }
                write(part, out)?;
            }
        }
    }
    Some(())
}

fn grouped(hir: &Hir, is_needed: bool, out: &mut String) -> Option<()> {
    if !is_needed {
        return write(hir, out);
    }
    out.push_str("(?:");
    write(hir, out)?;
    out.push(')');
    Some(())
}

fn repeated(repetition: &Repetition, out: &mut String) -> Option<()> {
    let is_one = match repetition.sub.kind() {
        HirKind::Literal(literal) => literal.0.len() == 1,
        HirKind::Class(_) | HirKind::Capture(_) => true,
        _ => false,
    };
    grouped(&repetition.sub, !is_one, out)?;
    match (repetition.min, repetition.max) {
        (0, None) => out.push('*'),
        (1, None) => out.push('+'),
        (0, Some(1)) => out.push('?'),
        // Writing into a String cannot fail, here and below.
        (min, None) => drop(write!(out, "{{{min},}}")),
        (min, Some(max)) if min == max => drop(write!(out, "{{{min}}}")),
        (min, Some(max)) => drop(write!(out, "{{{min},{max}}}")),
    }
    if !repetition.greedy {
        out.push('?');
    }
    Some(())
}

fn letter(byte: u8, out: &mut String) {
    if byte.is_ascii_alphanumeric() || b"/_ ,:;<>=!@#%&'\"~`".contains(&byte) {
        out.push(char::from(byte));
    } else {
        let _ = write!(out, "\\x{byte:02x}");
    }
}

fn ranges(all: impl Iterator<Item = (u32, u32)>, out: &mut String) {
    let one = |code: u32, out: &mut String| match u8::try_from(code) {
        Ok(byte) if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
        Ok(byte) => drop(write!(out, "\\x{byte:02x}")),
        // Beyond one byte nothing is found.
        Err(_) => drop(write!(out, "\\u{:04x}", code.min(0xffff))),
    };
    out.push('[');
    for (start, end) in all {
        one(start, out);
        if end > start {
            out.push('-');
            one(end, out);
        }
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_put_into_the_words_of_browsers() {
        for (text, is_caseless, expected) in [
            ("^/api(/|$)(.*)", false, "^/api(/|\\x0a?$)([\\x00-\\x09\\x0b-\\xff]*)"),
            ("^/a", true, "^/[Aa]"),
            (r"\.(php|html)$", false, "\\x2e(php|html)\\x0a?$"),
            (r"^/x{2,3}?\d+", false, "^/x{2,3}?[0-9]+"),
            ("^/caf\u{e9}$", false, "^/caf\\xc3\\xa9\\x0a?$"),
            ("(?:ab)+|c", false, "(?:ab)+|c"),
            ("a(?:b|cd)e", false, "a(?:b|cd)e"),
            ("(?i)^/x(?-i)y", false, "^/[Xx]y"),
        ] {
            assert_eq!(javascript(text, is_caseless).as_deref(), Some(expected), "{text}");
        }
        for beyond in ["(?=a)", r"(a)\1", "a++", "("] {
            assert_eq!(javascript(beyond, false), None, "{beyond}");
        }
    }
}
