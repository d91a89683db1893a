//! PEM blocks, found as leniently as the controller finds them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// One block: what it says it is, and its bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// The words between `BEGIN` and the dashes, as `CERTIFICATE`.
    pub(super) label: String,
    /// The decoded bytes.
    pub(super) contents: Vec<u8>,
    /// It says that a password is needed to read it.
    pub(super) is_encrypted: bool,
}

/// All blocks of a text in order. Text between blocks, and blocks that are not well formed, are skipped.
pub(super) fn blocks(bytes: &[u8]) -> Vec<Block> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines().map(str::trim);
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let Some(label) = line.strip_prefix("-----BEGIN ").and_then(|rest| rest.strip_suffix("-----")) else { continue };
        let mut rest = lines.clone();
        if let Some(block) = block(label, &mut rest) {
            found.push(block);
            lines = rest;
        }
    }
    found
}

/// A block as text, as every tool reads it.
pub(super) fn text(block: &Block) -> String {
    const WIDTH: usize = 64;
    let body = STANDARD.encode(&block.contents);
    let mut text = format!("-----BEGIN {}-----\n", block.label);
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, next) = rest.split_at(rest.len().min(WIDTH));
        text.push_str(line);
        text.push('\n');
        rest = next;
    }
    text.push_str(&format!("-----END {}-----\n", block.label));
    text
}

/// The lines up to the end of a block; none where it does not end or is not base64.
fn block<'a>(label: &str, lines: &mut impl Iterator<Item = &'a str>) -> Option<Block> {
    let end = format!("-----END {label}-----");
    let mut body = String::new();
    let mut is_encrypted = label.starts_with("ENCRYPTED ");
    for line in lines {
        if line == end {
            return Some(Block { label: label.to_owned(), contents: STANDARD.decode(&body).ok()?, is_encrypted });
        }
        if line.starts_with("-----") {
            return None;
        }
        // Headers such as `Proc-Type: 4,ENCRYPTED` stand before the data.
        match line.split_once(':') {
            Some((_, value)) => is_encrypted |= value.contains("ENCRYPTED"),
            None => body.push_str(line),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Vec<String> {
        blocks(text.as_bytes()).into_iter().map(|block| block.label).collect()
    }

    #[test]
    fn blocks_are_found_between_other_text() {
        let text = "words\n-----BEGIN A B-----\r\naGVs\nbG8=\n-----END A B-----\nmore\n-----BEGIN C-----\n\n-----END C-----\n";
        assert_eq!(blocks(text.as_bytes())[0], Block { label: "A B".into(), contents: b"hello".to_vec(), is_encrypted: false });
        assert_eq!(labels(text), ["A B", "C"]);
    }

    #[test]
    fn keys_with_a_password_are_told_by_header_or_label() {
        let is_encrypted = |text: &str| blocks(text.as_bytes()).iter().map(|block| block.is_encrypted).collect::<Vec<_>>();
        let header = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n";
        let block = |label: &str, header: &str| format!("-----BEGIN {label}-----\n{header}AAAA\n-----END {label}-----\n");
        assert_eq!(is_encrypted(&block("RSA PRIVATE KEY", header)), [true]);
        assert_eq!(is_encrypted(&(block("ENCRYPTED PRIVATE KEY", "") + &block("PRIVATE KEY", ""))), [true, false]);
    }

    #[test]
    fn broken_blocks_are_skipped() {
        assert_eq!(labels("-----BEGIN A-----\n????\n-----END A-----\n-----BEGIN B-----\nAAAA\n-----END B-----"), ["B"]);
        assert_eq!(labels("-----BEGIN A-----\nAAAA\n-----BEGIN B-----\nAAAA\n-----END B-----"), ["B"]);
        assert_eq!(labels("-----BEGIN A-----\nAAAA"), Vec::<String>::new());
        assert_eq!(labels("\u{0}\u{fffd}"), Vec::<String>::new());
    }
}
