//! Bytes to text.

use std::borrow::Cow;

/// The text of a file: UTF-8, or UTF-16 that starts with a byte order mark.
///
/// # Errors
/// Why the bytes are no text, as the end of a sentence that names the file.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, String> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes).map(Cow::Owned),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes).map(Cow::Owned),
        [0xef, 0xbb, 0xbf, rest @ ..] => narrow(rest).map(Cow::Borrowed),
        bytes => narrow(bytes).map(Cow::Borrowed),
    }
}

fn narrow(bytes: &[u8]) -> Result<&str, String> {
    if memchr::memchr(0, bytes).is_some() {
        return Err(String::from("holds binary data"));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let line = memchr::memchr_iter(b'\n', &bytes[..error.valid_up_to()]).count() + 1;
        format!("is not UTF-8: line {line} holds other bytes")
    })
}

fn wide(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16) -> Result<String, String> {
    let refusal = || String::from("is not UTF-16, although it starts like it");
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text: Result<String, _> = char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect();
    text.ok().filter(|text| rest.is_empty() && !text.contains('\0')).ok_or_else(refusal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_byte_order_are_read() {
        let cases: [(&[u8], Result<&str, &str>); 6] = [
            (b"a: \xc3\xbc", Ok("a: ü")),
            (b"\xef\xbb\xbfa", Ok("a")),
            (b"\xff\xfea\0\xfc\0", Ok("aü")),
            (b"\xfe\xff\0a", Ok("a")),
            (b"a\nb\xff", Err("is not UTF-8: line 2 holds other bytes")),
            (b"\x7fELF\0", Err("holds binary data")),
        ];
        for (bytes, expected) in cases {
            assert_eq!(decode(bytes).as_deref().map_err(String::as_str), expected);
        }
        assert!(decode(b"\xff\xfea").is_err());
    }
}
