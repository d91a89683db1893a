//! Bytes to text.

/// The text of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    /// The text, with the mark `\u{fffd}` for each byte that is none.
    pub text: String,
    /// Where these marks stand, and which bytes they stand in for.
    pub broken: Vec<(u32, u8)>,
}

/// The text of a file in UTF-8. Bytes that are none cost what they stand in, and not the whole file.
///
/// # Errors
/// Why the bytes are no text at all, as the end of a sentence that names the file.
pub fn decode(bytes: Vec<u8>) -> Result<Text, String> {
    if let Some(encoding) = other_encoding(&bytes) {
        return Err(format!("is {encoding} text: save it as UTF-8"));
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Ok(Text { text, broken: Vec::new() }),
        Err(error) => error.into_bytes(),
    };
    if memchr::memchr(0, &bytes).is_some() {
        return Err(String::from("is no text: it holds binary data"));
    }
    let mut decoded = Text { text: String::with_capacity(bytes.len()), broken: Vec::new() };
    for chunk in bytes.utf8_chunks() {
        decoded.text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            decoded.broken.push((u32::try_from(decoded.text.len()).unwrap_or(u32::MAX), *byte));
            decoded.text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    Ok(decoded)
}

/// The encoding of a text that is not in UTF-8, by its mark of byte order or by the zeros between its letters.
fn other_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some("UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16"),
        [1..=0x7f, 0, 1..=0x7f, 0, ..] | [0, 1..=0x7f, 0, 1..=0x7f, ..] => Some("UTF-16"),
        [1..=0x7f, 0, 0, 0, ..] | [0, 0, 0, 1..=0x7f, ..] => Some("UTF-32"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_utf8() {
        for (bytes, expected) in [
            (&b"a: \xc3\xbc"[..], Ok("a: ü")),
            (b"", Ok("")),
            (b"\xff", Ok("\u{fffd}")),
            (b"a: \xfc\n", Ok("a: \u{fffd}\n")),
            (b"\xff\xfea\0\xfc\0", Err("is UTF-16 text: save it as UTF-8")),
            (b"\xfe\xff\0a", Err("is UTF-16 text: save it as UTF-8")),
            (b"k\0i\0n\0d\0", Err("is UTF-16 text: save it as UTF-8")),
            (b"\0k\0i", Err("is UTF-16 text: save it as UTF-8")),
            (b"\xff\xfe\0\0k\0\0\0", Err("is UTF-32 text: save it as UTF-8")),
            (b"k\0\0\0i\0\0\0", Err("is UTF-32 text: save it as UTF-8")),
            (b"\x7fELF\0\xff", Err("is no text: it holds binary data")),
        ] {
            let found = decode(bytes.to_vec());
            assert_eq!(found.as_ref().map(|found| found.text.as_str()).map_err(String::as_str), expected, "{bytes:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_known() {
        let found = decode(b"# caf\xe9\na: \xc3\xbc \xe2\x82".to_vec()).unwrap_or_default();
        assert_eq!(found.text, "# caf\u{fffd}\na: ü \u{fffd}\u{fffd}");
        assert_eq!(found.broken, [(5, 0xe9), (15, 0xe2), (18, 0x82)]);
        assert!(found.broken.iter().all(|(at, _)| found.text[*at as usize..].starts_with('\u{fffd}')));
    }
}
