//! How large the first line and the headers of a request may be: as large as the buffers of nginx for them are, as far as HAProxy has room.

use super::answers::answer;
use super::lines::Lines;
use super::sizes::bytes;
use crate::ir::Client;

/// No line of a request is longer, however large the buffers may be: patterns are tried on its values.
pub(super) const LONGEST_LINE: i64 = 16_384;

/// All lines together are no longer.
const LONGEST: i64 = 131_072;

/// What the rules add to a request.
const REWRITES: i64 = 8192;

/// Room for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    /// For one line.
    line: i64,
    /// For all lines.
    all: i64,
}

impl Room {
    /// What nginx has room for: a small buffer, then a number of large ones, in one of which each line has to fit.
    pub(super) fn of(client: &Client) -> Self {
        let (count, size) =
            buffers(&client.large_header_buffers).or_else(|| buffers(&Client::default().large_header_buffers)).unwrap_or((4, 8192));
        let small = bytes(&client.header_buffer).unwrap_or(1024);
        Self { line: size.clamp(1024, LONGEST_LINE), all: small.saturating_add(count.saturating_mul(size)).clamp(2048, LONGEST) }
    }

    /// Writes the size of buffers.
    pub(super) fn process(self, lines: &mut Lines) {
        const USUAL: i64 = 16_384;
        const PAGE: i64 = 4096;
        let size = (self.all + REWRITES + PAGE).max(USUAL);
        lines.code(&format!("tune.bufsize {}", size + (PAGE - size % PAGE) % PAGE));
        lines.code(&format!("tune.maxrewrite {REWRITES}"));
    }

    /// Refuses what is larger.
    pub(super) fn refuse(self, lines: &mut Lines) {
        /// The rest of the line: a short method, the version and what is between.
        const AROUND_URI: i64 = 15;
        lines.rule(answer(414).code(&format!("if {{ url -m len gt {} }}", self.line - AROUND_URI)));
        let is_large = |size: i64| format!("if {{ req.hdrs -m len gt {size} }}");
        lines.rule(answer(400).code(&is_large(self.all)));
        lines.rule(answer(400).code(&is_large(self.line)).code("{ req.hdrs -m reg").value(&format!("[^\\n]{{{},}}", self.line)).code("}"));
    }
}

/// A number of buffers, and their size.
fn buffers(text: &str) -> Option<(i64, i64)> {
    let (count, size) = text.trim().split_once(char::is_whitespace)?;
    Some((count.parse().ok().filter(|count| *count > 0)?, bytes(size).filter(|size| *size > 0)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_have_as_much_room_as_in_nginx() {
        for (small, large, expected) in [
            ("1k", "4 8k", (8192, 33_792)),
            ("4k", "8 16k", (16_384, 131_072)),
            ("1k", "4 64k", (16_384, 131_072)),
            ("1k", "2 4k", (4096, 9216)),
            ("1k", "nonsense", (8192, 33_792)),
            ("x", "0 8k", (8192, 33_792)),
        ] {
            let client = Client { header_buffer: small.to_owned(), large_header_buffers: large.to_owned(), ..Client::default() };
            assert_eq!(Room::of(&client), Room { line: expected.0, all: expected.1 }, "{small}, {large}");
        }
    }
}
