//! What nginx escapes of captures that become arguments or addresses: each such byte becomes three.

/// Whether a byte becomes three where captures are escaped.
pub(super) fn is_escaped(byte: u8) -> bool {
    matches!(byte, 0..=b' ' | b'"' | b'#' | b'%' | b'&' | b'+' | b';' | b'<' | b'>' | b'?' | b'\\' | b'^' | b'`' | b'{'..=b'}' | 0x7f..)
}

/// How many bytes of a text do.
pub(super) fn escapes(text: &[u8]) -> usize {
    text.iter().filter(|byte| is_escaped(**byte)).count()
}

/// Writes a text escaped.
pub(super) fn escape(text: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in text {
        if is_escaped(byte) {
            out.extend([b'%', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        } else {
            out.push(byte);
        }
    }
}
