//! Sizes as nginx reads them.

use super::super::dialect::{MEMORY_UNITS, OFFSET_UNITS, is_size};
use super::super::view::Raw;
use super::printer::Printer;

/// A size as nginx reads it for offsets in files; none where the controller leaves it out.
pub(super) fn offset(printer: &mut Printer, subject: &str, text: &str) -> Option<Raw> {
    bytes(printer, subject, text, OFFSET_UNITS)
}

/// A size as nginx reads it for memory; none where the controller leaves it out.
pub(super) fn size(printer: &mut Printer, subject: &str, text: &str) -> Option<Raw> {
    bytes(printer, subject, text, MEMORY_UNITS)
}

fn bytes(printer: &mut Printer, subject: &str, text: &str, units: &[u8]) -> Option<Raw> {
    is_size(text, units).then(|| printer.words(subject, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_that_nginx_cannot_read_are_left_out() {
        let mut printer = Printer::for_settings();
        let cases =
            [("8m", true, true), ("8G", true, false), ("0", true, true), ("", false, false), ("8mm", false, false), (" 8k ", true, true)];
        for (text, is_offset, is_size) in cases {
            assert_eq!(offset(&mut printer, "x", text).is_some(), is_offset, "{text}");
            assert_eq!(size(&mut printer, "x", text).is_some(), is_size, "{text}");
        }
    }
}
