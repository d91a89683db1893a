//! Bytes to text, with a limit, and what is said where that fails.

use std::fs::File;
use std::io::{self, Read};

use crate::manifest::{self, Text};

/// Bytes of a file at most. Exports of large clusters have some ten megabytes; what is much larger is no manifest.
const LARGEST: u64 = 256 * 1024 * 1024;

/// The text of an open file that is one.
///
/// # Errors
/// Why it cannot be read, in words that follow the name of the file.
pub(super) fn regular(file: File) -> Result<String, String> {
    text(bytes_of(file)?)
}

/// The bytes of an open file that is one.
///
/// # Errors
/// As in [`regular`].
pub(super) fn bytes_of(file: File) -> Result<Vec<u8>, String> {
    let found = file.metadata().map_err(|error| cannot_be_read(&error))?;
    if !found.is_file() {
        return Err(String::from("is no file"));
    }
    bytes(file, found.len())
}

/// The bytes of what can be read once.
///
/// # Errors
/// As in [`regular`].
pub(super) fn bytes(input: impl Read, size: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(usize::try_from(size.min(LARGEST)).unwrap_or_default());
    input.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| cannot_be_read(&error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("is larger than {} MiB", LARGEST / 1024 / 1024));
    }
    Ok(bytes)
}

/// The text of bytes of which no part may be left out.
///
/// # Errors
/// As in [`regular`].
pub(super) fn text(bytes: Vec<u8>) -> Result<String, String> {
    let Text { text, broken } = manifest::decode(bytes)?;
    let Some((at, byte)) = broken.first() else { return Ok(text) };
    let line = memchr::memchr_iter(b'\n', &text.as_bytes()[..*at as usize]).count() + 1;
    Err(format!("is not UTF-8 text: the byte {byte:#04x} in line {line} is none"))
}

/// Why a file cannot be read, in words that follow its name.
pub(super) fn cannot_be_read(error: &io::Error) -> String {
    format!("cannot be read: {}", reason(error))
}

/// What the system says, without its number for it.
pub(super) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error ").unwrap_or(text.len());
    text[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_utf8() {
        assert_eq!(text("ä: 1".into()).as_deref(), Ok("ä: 1"));
        assert_eq!(text(b"abc\n\xffdef".to_vec()), Err("is not UTF-8 text: the byte 0xff in line 2 is none".into()));
        assert_eq!(text(b"\xff\xfea\0".to_vec()), Err("is UTF-16 text: save it as UTF-8".into()));
    }

    #[test]
    fn endless_input_is_refused() {
        assert_eq!(bytes(io::repeat(b' '), 0), Err("is larger than 256 MiB".into()));
    }

    #[test]
    fn reasons_have_no_numbers() {
        assert_eq!(reason(&io::Error::from_raw_os_error(2)), "No such file or directory");
        assert_eq!(reason(&io::Error::other("odd")), "odd");
    }
}
