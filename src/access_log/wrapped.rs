//! What others put around the lines of a log, and lines that are none of it.

use std::borrow::Cow;

use serde_json::Value;

/// The line within what a container runtime or `kubectl logs` puts around it; none where nothing is around it.
pub(super) fn unwrapped(line: &[u8]) -> Option<Cow<'_, [u8]>> {
    if line.starts_with(b"{\"") {
        return of_docker(line).map(Cow::Owned);
    }
    let (first, rest) = cut(line)?;
    // `kubectl logs --prefix`
    if first.starts_with(b"[pod/") && first.ends_with(b"]") {
        return Some(Cow::Borrowed(rest));
    }
    if !is_time(first) {
        return None;
    }
    // The format of CRI: time, stream, whether the line is whole.
    let inner = cut(rest).filter(|(stream, _)| matches!(*stream, b"stdout" | b"stderr"));
    let inner = inner.and_then(|(_, rest)| cut(rest)).filter(|(tag, _)| matches!(*tag, b"F" | b"P")).map(|(_, rest)| rest);
    Some(Cow::Borrowed(inner.unwrap_or(rest)))
}

/// The first word, and what stands behind the blank after it.
fn cut(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(b' ', text)?;
    Some((&text[..at], &text[at + 1..]))
}

/// `2025-10-10T13:55:36.123456789Z`
fn is_time(word: &[u8]) -> bool {
    let digits = |range: std::ops::Range<usize>| word.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    word.len() >= 20 && digits(0..4) && word[4] == b'-' && digits(5..7) && word[7] == b'-' && digits(8..10) && word[10] == b'T'
}

/// `{"log": "line\n", "stream": "stdout", "time": "…"}`
fn of_docker(line: &[u8]) -> Option<Vec<u8>> {
    memchr::memmem::find(line, b"\"stream\"")?;
    let document: Value = serde_json::from_slice(line).ok()?;
    let log = document.get("log")?.as_str()?;
    Some(log.trim_end_matches(['\n', '\r']).as_bytes().to_vec())
}

/// Whether the controller or nginx wrote it for those who run them: `kubectl logs` shows all in one stream.
pub(super) fn is_of_program(line: &[u8]) -> bool {
    is_of_klog(line)
        || is_of_nginx(line)
        || line.starts_with(b"-----")
        || line.starts_with(b"NGINX Ingress controller")
        || line.starts_with(b"  ")
}

/// `I1010 13:55:36.123456       7 file.go:12] message`
fn is_of_klog(line: &[u8]) -> bool {
    let digits = |range: std::ops::Range<usize>| line.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    line.first().is_some_and(|letter| b"IWEF".contains(letter)) && digits(1..5) && line.get(5) == Some(&b' ') && line.contains(&b']')
}

/// `2025/10/10 13:55:36 [error] 30#30: message`
fn is_of_nginx(line: &[u8]) -> bool {
    let digits = |range: std::ops::Range<usize>| line.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    let at = |at: usize, sign: u8| line.get(at) == Some(&sign);
    digits(0..4) && at(4, b'/') && digits(5..7) && at(7, b'/') && digits(8..10) && line.get(19..21) == Some(b" [")
}
