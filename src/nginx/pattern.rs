//! Whether PCRE can compile a regular expression, as far as its outer form goes.

/// What is wrong with a regular expression; none where nothing is seen.
#[must_use]
pub fn problem(text: &str) -> Option<String> {
    let mut scan = Scan { bytes: text.as_bytes(), at: 0, depth: 0, repeatable: false };
    while scan.at < scan.bytes.len() {
        if let Err(problem) = scan.step() {
            return Some(problem);
        }
    }
    (scan.depth > 0).then(|| String::from("a `(` is not closed"))
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    /// Something stands before that can be repeated.
    repeatable: bool,
}

impl Scan<'_> {
    fn step(&mut self) -> Result<(), String> {
        let byte = self.bytes[self.at];
        self.at += 1;
        match byte {
            b'\\' => self.escape(),
            b'[' => self.class(),
            b'(' => self.open(),
            b')' => {
                self.depth = self.depth.checked_sub(1).ok_or("a `)` has no `(`")?;
                self.repeatable = true;
                Ok(())
            }
            b'*' | b'+' | b'?' => self.repeat(char::from(byte)),
            b'{' => match self.count() {
                Some(length) => {
                    self.at += length;
                    self.repeat('{')
                }
                None => {
                    self.repeatable = true;
                    Ok(())
                }
            },
            b'|' => {
                self.repeatable = false;
                Ok(())
            }
            _ => {
                self.repeatable = true;
                Ok(())
            }
        }
    }

    fn escape(&mut self) -> Result<(), String> {
        let next = *self.bytes.get(self.at).ok_or("a `\\` ends it")?;
        if next.is_ascii_alphabetic() && !b"aAbBcCdDeEfgGhHkKnNopPQrRsStvVwWxXzZ".contains(&next) {
            return Err(format!("`\\{}` has no meaning", char::from(next)));
        }
        self.at += 1;
        self.repeatable = true;
        Ok(())
    }

    /// A class ends at the first `]` that is not its first member.
    fn class(&mut self) -> Result<(), String> {
        self.at += usize::from(self.bytes.get(self.at) == Some(&b'^'));
        self.at += usize::from(self.bytes.get(self.at) == Some(&b']'));
        loop {
            match self.bytes.get(self.at) {
                None => return Err(String::from("a `[` is not closed")),
                Some(b']') => break,
                Some(b'\\') => self.at += 2,
                Some(b'[') if self.bytes.get(self.at + 1) == Some(&b':') => {
                    let length = memchr::memmem::find(&self.bytes[self.at..], b":]");
                    self.at += length.map_or(1, |length| length + 2);
                }
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        self.repeatable = true;
        Ok(())
    }

    fn open(&mut self) -> Result<(), String> {
        self.depth += 1;
        self.repeatable = false;
        match self.bytes.get(self.at..).unwrap_or_default() {
            [b'?', next, ..] if b":=!<>P'|#imsxnJUR&+-0123456789(C^".contains(next) => self.at += 2,
            [b'?', ..] => return Err(String::from("`(?` is followed by something unknown")),
            // A verb such as `(*UTF8)`.
            [b'*', ..] => self.at += 1,
            _ => {}
        }
        Ok(())
    }

    fn repeat(&mut self, sign: char) -> Result<(), String> {
        if !self.repeatable {
            return Err(format!("`{sign}` has nothing to repeat"));
        }
        self.at += usize::from(matches!(self.bytes.get(self.at), Some(b'?' | b'+')));
        self.repeatable = false;
        Ok(())
    }

    /// The length of `2}`, `2,}` or `2,3}`; other braces are plain text.
    fn count(&self) -> Option<usize> {
        let rest = &self.bytes[self.at..];
        let end = memchr::memchr(b'}', rest)?;
        let (first, last) =
            std::str::from_utf8(&rest[..end]).ok()?.split_once(',').unwrap_or((std::str::from_utf8(&rest[..end]).ok()?, "0"));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        (is_number(first) && (last.is_empty() || is_number(last))).then_some(end + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outer_form_is_judged() {
        for good in [
            "^/a(/|$)(.*)",
            r"\.(php|html)$",
            "a{2,3}",
            "a{x}",
            "[]a]+",
            "[[:alpha:]]*?",
            "(?i)x",
            "(?<id>[0-9]+)",
            "a++",
            "(*UTF8)x",
            "^*",
            "",
        ] {
            assert_eq!(problem(good), None, "{good}");
        }
        for bad in ["(", ")", "a)", "[a", "*a", "a|*", "a**", "(?:*)", r"a\", r"\y", "(?", "(?@x)"] {
            assert!(problem(bad).is_some(), "{bad}");
        }
    }
}
