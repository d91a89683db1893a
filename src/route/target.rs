//! What nginx makes of the target of a request: a path without percent signs, dots and doubled slashes, and arguments.
//!
//! Source: `ngx_http_parse_complex_uri` and `ngx_escape_uri`.

/// A target that nginx accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// The path as locations are matched with it.
    pub(super) path: Vec<u8>,
    /// The arguments as they came; none without a question mark.
    pub(super) args: Vec<u8>,
    /// A percent sign was resolved.
    pub(super) is_quoted: bool,
    /// A plus sign stands in it.
    pub(super) has_plus: bool,
}

/// What the letters before the next one were.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Usual,
    Slash,
    Dot,
    DotDot,
}

impl Target {
    /// Reads the target of a request that begins with a slash. None where nginx answers 400.
    pub(super) fn parse(raw: &[u8], merge_slashes: bool) -> Option<Self> {
        if raw.first() != Some(&b'/') || raw.iter().any(|byte| *byte <= b' ' || *byte == 0x7f) {
            return None;
        }
        let mut target = Self { path: Vec::with_capacity(raw.len()), args: Vec::new(), is_quoted: false, has_plus: false };
        let mut state = State::Usual;
        let mut rest = raw;
        let end = loop {
            let Some((&byte, behind)) = rest.split_first() else { break None };
            rest = behind;
            if byte == b'?' || byte == b'#' {
                break Some(byte);
            }
            if byte != b'%' {
                state = target.push(state, byte, merge_slashes)?;
                continue;
            }
            let (letter, behind) = decoded(rest)?;
            rest = behind;
            target.is_quoted = true;
            match letter {
                0 => return None,
                // What would end the path is a letter of it.
                b'%' | b'#' | b'?' => {
                    target.path.push(letter);
                    state = State::Usual;
                }
                _ => state = target.push(state, letter, merge_slashes)?,
            }
        };
        match state {
            State::Dot => target.path.truncate(target.path.len() - 1),
            State::DotDot => target.climb()?,
            State::Usual | State::Slash => {}
        }
        if end == Some(b'?') {
            target.has_plus |= rest.contains(&b'+');
            target.args = rest.split(|byte| *byte == b'#').next().unwrap_or_default().to_vec();
        }
        Some(target)
    }

    fn push(&mut self, state: State, byte: u8, merge_slashes: bool) -> Option<State> {
        self.has_plus |= byte == b'+';
        Some(match (state, byte) {
            (State::Usual, b'/') => {
                self.path.push(byte);
                State::Slash
            }
            (State::Slash, b'/') => {
                if !merge_slashes {
                    self.path.push(byte);
                }
                State::Slash
            }
            (State::Slash, b'.') => {
                self.path.push(byte);
                State::Dot
            }
            (State::Dot, b'/') => {
                self.path.pop();
                State::Slash
            }
            (State::Dot, b'.') => {
                self.path.push(byte);
                State::DotDot
            }
            (State::DotDot, b'/') => {
                self.climb()?;
                State::Slash
            }
            _ => {
                self.path.push(byte);
                State::Usual
            }
        })
    }

    /// Takes `/x/..` off the end; nothing stands above the first slash.
    fn climb(&mut self) -> Option<()> {
        let before = self.path.len().checked_sub(4)?;
        let slash = self.path[..=before].iter().rposition(|byte| *byte == b'/')?;
        self.path.truncate(slash + 1);
        Some(())
    }
}

/// The letter behind a percent sign, and what follows.
fn decoded(rest: &[u8]) -> Option<(u8, &[u8])> {
    let (digits, behind) = rest.split_at_checked(2)?;
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some((digit(digits[0])? << 4 | digit(digits[1])?, behind))
}

/// Whether a letter of a path is written with a percent sign when nginx writes the path itself.
fn is_escaped_in_paths(byte: u8) -> bool {
    byte <= b' ' || byte >= 0x7f || b"\"#%<>?\\^`{|}".contains(&byte)
}

/// The same for captures within arguments.
fn is_escaped_in_args(byte: u8) -> bool {
    is_escaped_in_paths(byte) || b"&+;".contains(&byte)
}

fn escaped(text: &[u8], is_escaped: impl Fn(u8) -> bool) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        if is_escaped(byte) {
            out.extend([b'%', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        } else {
            out.push(byte);
        }
    }
    out
}

/// A path as nginx writes it to a backend.
pub(super) fn escape_path(path: &[u8]) -> Vec<u8> {
    escaped(path, is_escaped_in_paths)
}

/// A text as nginx writes it among arguments.
pub(super) fn escape_args(text: &[u8]) -> Vec<u8> {
    escaped(text, is_escaped_in_args)
}

/// A redirect as `rewrite` writes it: plain letters of its path are decoded.
pub(super) fn unescape_redirect(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, behind)) = rest.split_first() {
        match (byte, decoded(behind)) {
            (b'?', _) => {
                out.extend(rest);
                break;
            }
            (b'%', Some((b'?', after))) => {
                out.push(b'?');
                out.extend(after);
                break;
            }
            (b'%', Some((letter, after))) => {
                if letter > b'%' && letter < 0x7f {
                    out.push(letter);
                } else {
                    out.extend(&rest[..3]);
                }
                rest = after;
                continue;
            }
            _ => out.push(byte),
        }
        rest = behind;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_brought_into_their_plain_form() {
        for (raw, path, args) in [
            ("/", "/", ""),
            ("/a/b?c=d#e", "/a/b", "c=d"),
            ("/a//b///c", "/a/b/c", ""),
            ("/a/./b/../c", "/a/c", ""),
            ("/a/b/..", "/a/", ""),
            ("/a/.", "/a/", ""),
            ("/a/.b/..c/...", "/a/.b/..c/...", ""),
            ("/a%2Fb%2f%2e%2e/c", "/a/c", ""),
            ("/%3Fa%23b%25c", "/?a#b%c", ""),
            ("/a#b?c", "/a", ""),
            ("/a/..?x=/../y", "/", "x=/../y"),
            ("/%2e%2E", "", ""),
            ("/x%20y", "/x y", ""),
        ] {
            let found = Target::parse(raw.as_bytes(), true);
            if path.is_empty() {
                assert_eq!(found, None, "{raw}");
                continue;
            }
            let found = found.expect(raw);
            assert_eq!(
                (String::from_utf8_lossy(&found.path).as_ref(), String::from_utf8_lossy(&found.args).as_ref()),
                (path, args),
                "{raw}"
            );
        }
    }

    #[test]
    fn what_nginx_refuses_is_none() {
        for raw in ["", "a", "/..", "/../a", "/a/../../b", "/%", "/%2", "/%zz", "/%00", "/a b", "/a\x7f", "/a\nb"] {
            assert_eq!(Target::parse(raw.as_bytes(), true), None, "{raw}");
        }
    }

    #[test]
    fn slashes_stay_where_they_are_not_merged() {
        assert_eq!(Target::parse(b"/a//b", false).expect("it is one").path, b"/a//b");
    }

    #[test]
    fn letters_are_escaped_where_they_must_be() {
        assert_eq!(escape_path(b"/a b?c#d%e\xc3\xa9"), b"/a%20b%3Fc%23d%25e%C3%A9");
        assert_eq!(escape_args(b"a&b+c;d=/"), b"a%26b%2Bc%3Bd=/");
        assert_eq!(unescape_redirect(b"https://h/%41%20%2f?%41"), b"https://h/A%20/?%41");
    }
}
