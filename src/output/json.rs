//! Data as JSON that neither a terminal obeys nor a reader is deceived by.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, PrettyFormatter, Serializer};

use super::untrusted::is_deceptive;

/// Prints data as JSON over several lines. What a terminal would obey and what deceives a reader is written as an escape, which
/// means the same to programs.
pub(in crate::output) fn print(data: &impl Serialize) -> serde_json::Result<String> {
    let mut bytes = Vec::new();
    data.serialize(&mut Serializer::with_formatter(&mut bytes, Harmless(PrettyFormatter::new())))?;
    bytes.push(b'\n');
    // The serializer writes nothing but UTF-8.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Data as JSON on one line, in plain characters only.
pub(in crate::output) fn escaped(data: &impl Serialize) -> serde_json::Result<String> {
    let text = serde_json::to_string(data)?;
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match is_deceptive(character) {
            // What is not plain can stand in texts alone.
            true => character.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}"))),
            false => out.push(character),
        }
    }
    Ok(out)
}

/// Several lines, and plain characters only.
struct Harmless(PrettyFormatter<'static>);

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(is_deceptive) {
            let (plain, from) = rest.split_at(at);
            writer.write_all(plain.as_bytes())?;
            let mut characters = from.chars();
            let mut units = [0; 2];
            for unit in characters.next().into_iter().flat_map(|character| character.encode_utf16(&mut units).to_vec()) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = characters.as_str();
        }
        writer.write_all(rest.as_bytes())
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        self.0.write_char_escape(writer, escape)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn what_deceives_is_escaped_and_means_the_same() -> serde_json::Result<()> {
        for value in ["", "plain ü 日本 🦀", "\u{1b}[2J\u{7f}\u{9b}", "a\u{202e}b\u{e0041}", "\"\\\n\t\u{0}"] {
            let text = print(&value)?;
            assert_eq!(serde_json::from_str::<String>(&text)?, value);
            assert!(!text.trim_end_matches('\n').contains(is_deceptive), "{text}");
        }
        assert_eq!(print(&"\u{e0041}")?, "\"\\udb40\\udc41\"\n");
        Ok(())
    }
}
