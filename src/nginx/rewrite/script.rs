//! Texts that nginx evaluates for each request: letters, captures and variables.

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// Letters.
    Text(Vec<u8>),
    /// `$1` to `$9`.
    Capture(usize),
    /// `$name` or `${name}`.
    Variable(String),
    /// The `?` behind which arguments stand.
    Arguments,
}

/// A text in parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Script {
    pub(super) parts: Vec<Part>,
}

impl Script {
    /// Takes a text apart; the first `?` begins arguments where `takes_arguments`.
    pub(super) fn new(text: &str, mut takes_arguments: bool) -> Self {
        let (mut parts, mut letters) = (Vec::new(), Vec::new());
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            let behind = &rest[letter.len_utf8()..];
            let (part, after) = match letter {
                '$' => dollar(behind),
                '?' if takes_arguments => {
                    takes_arguments = false;
                    (Some(Part::Arguments), behind)
                }
                _ => (None, behind),
            };
            match part {
                Some(part) => {
                    if !letters.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut letters)));
                    }
                    parts.push(part);
                }
                None => letters.extend_from_slice(&rest.as_bytes()[..rest.len() - after.len()]),
            }
            rest = after;
        }
        if !letters.is_empty() {
            parts.push(Part::Text(letters));
        }
        Self { parts }
    }

    /// The numbers of the captures, in order and as often as they stand there.
    pub(super) fn captures(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().filter_map(|part| match part {
            Part::Capture(number) => Some(*number),
            Part::Text(_) | Part::Variable(_) | Part::Arguments => None,
        })
    }

    pub(super) fn has_arguments(&self) -> bool {
        self.parts.contains(&Part::Arguments)
    }

    /// Whether nginx guesses the length: it has no variable, and no capture stands there twice.
    pub(super) fn is_guessed(&self) -> bool {
        let mut seen = 0_u16;
        let is_new = |number: usize| {
            let bit = 1 << number;
            let is_new = seen & bit == 0;
            seen |= bit;
            is_new
        };
        !self.parts.iter().any(|part| matches!(part, Part::Variable(_))) && self.captures().all(is_new)
    }
}

/// What stands behind a `$`, and what is left of the text.
fn dollar(behind: &str) -> (Option<Part>, &str) {
    if let Some(digit) = behind.bytes().next().filter(|byte| (b'1'..=b'9').contains(byte)) {
        return (Some(Part::Capture(usize::from(digit - b'0'))), &behind[1..]);
    }
    let (bare, is_in_braces) = behind.strip_prefix('{').map_or((behind, false), |inside| (inside, true));
    let end = bare.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(bare.len());
    let (name, after) = bare.split_at(end);
    let after = if is_in_braces { after.strip_prefix('}').unwrap_or(after) } else { after };
    if name.is_empty() { (None, behind) } else { (Some(Part::Variable(name.to_owned())), after) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_taken_apart_as_nginx_does() {
        let text = |text: &str| Part::Text(text.as_bytes().to_vec());
        let variable = |name: &str| Part::Variable(name.to_owned());
        for (source, takes, expected) in [
            ("/x", true, vec![text("/x")]),
            ("/$1a$2", true, vec![text("/"), Part::Capture(1), text("a"), Part::Capture(2)]),
            ("/$12", true, vec![text("/"), Part::Capture(1), text("2")]),
            (
                "/${host}x$uri?a=$1?b",
                true,
                vec![text("/"), variable("host"), text("x"), variable("uri"), Part::Arguments, text("a="), Part::Capture(1), text("?b")],
            ),
            ("/x?a", false, vec![text("/x?a")]),
            ("", true, vec![]),
        ] {
            assert_eq!(Script::new(source, takes).parts, expected, "{source}");
        }
        for (source, expected) in [("/x", true), ("/$1$2", true), ("/$1$1", false), ("/$host$1", false)] {
            assert_eq!(Script::new(source, true).is_guessed(), expected, "{source}");
        }
    }
}
