//! The controller's last pass over its configuration: one tab for each open brace, and no two empty lines in a row.
//!
//! Quirk: the pass knows no quotes. Blanks at the start of a line are replaced within values of several lines too, and braces within
//! values count.

use rayon::prelude::*;

/// Gives a text the whitespace of the controller. It is made of pieces, of which each is whole lines. Carriage returns within a line
/// become blanks, or vanish.
#[derive(Debug, Default)]
pub(super) struct Cleaner {
    state: State,
}

impl Cleaner {
    /// At the start of a text.
    pub(super) fn new(keeps_carriage_returns: bool) -> Self {
        Self { state: State { keeps_carriage_returns, ..State::default() } }
    }

    /// The next pieces.
    pub(super) fn clean<T: AsRef<str> + Send + Sync>(&mut self, mut pieces: Vec<T>) -> String {
        pieces.retain(|piece| !piece.as_ref().is_empty());
        let changes: Vec<isize> = pieces.par_iter().map(|piece| depth_change(piece.as_ref())).collect();
        let mut starts = Vec::with_capacity(pieces.len());
        for (piece, change) in pieces.iter().zip(changes) {
            starts.push(self.state.clone());
            self.state.depth += change;
            self.state.behind_empty_line = ends_with_empty_line(piece.as_ref());
        }
        let cleaned: Vec<String> = pieces.into_par_iter().zip(starts).map(|(piece, start)| clean_piece(piece.as_ref(), start)).collect();
        cleaned.concat()
    }
}

fn ends_with_empty_line(text: &str) -> bool {
    text.strip_suffix('\n').is_some_and(|line| line.trim_end_matches([' ', '\t', '\r']).ends_with('\n'))
}

/// By how much a text that starts a line changes the depth.
fn depth_change(text: &str) -> isize {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0, 0);
    while let Some(next) = memchr::memchr3(b'{', b'}', b'#', &bytes[at..]) {
        at += next + 1;
        match bytes[at - 1] {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at),
        }
    }
    depth
}

fn clean_piece(text: &str, mut state: State) -> String {
    let bytes = text.as_bytes();
    let mut cleaned = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let run = state.run(&bytes[at..]);
        if run > 0 {
            state.indent(&mut cleaned);
            // A run ends before an ASCII byte or at the end, and so at a boundary.
            cleaned.push_str(&text[at..at + run]);
            at += run;
            continue;
        }
        state.step(bytes[at], bytes.get(at + 1).copied(), &mut cleaned);
        at += 1;
    }
    cleaned
}

/// The bytes that mean something in a comment, and elsewhere.
const OF_COMMENTS: [bool; 256] = table(b"\n\r");
const OF_LINES: [bool; 256] = table(b"\n\r{}#");

const fn table(bytes: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
}

#[derive(Debug, Default, Clone)]
struct State {
    keeps_carriage_returns: bool,
    depth: isize,
    in_line: bool,
    in_comment: bool,
    behind_empty_line: bool,
}

impl State {
    /// The number of bytes that are copied as they are.
    fn run(&self, bytes: &[u8]) -> usize {
        if !self.in_line && matches!(bytes.first(), Some(b' ' | b'\t')) {
            return 0;
        }
        // Lines are too short for a search that looks at many bytes at once.
        let ends: &[bool; 256] = if self.in_comment { &OF_COMMENTS } else { &OF_LINES };
        bytes.iter().position(|byte| ends[usize::from(*byte)]).unwrap_or(bytes.len())
    }

    /// Starts a line, where none is started. Quirk: empty lines are indented as well.
    fn indent(&mut self, cleaned: &mut String) {
        if !self.in_line {
            (0..self.depth).for_each(|_| cleaned.push('\t'));
        }
        (self.in_line, self.behind_empty_line) = (true, false);
    }

    /// Takes a byte that means something.
    fn step(&mut self, byte: u8, next: Option<u8>, cleaned: &mut String) {
        match byte {
            b'\n' => {
                if self.in_line {
                    self.behind_empty_line = false;
                    cleaned.push('\n');
                } else if !self.behind_empty_line {
                    self.indent(cleaned);
                    self.behind_empty_line = true;
                    cleaned.push('\n');
                }
                (self.in_line, self.in_comment) = (false, false);
            }
            b'\r' if self.keeps_carriage_returns && self.in_line && next.is_some_and(|next| next != b'\n') => cleaned.push(' '),
            b'{' | b'}' | b'#' => {
                self.depth -= isize::from(byte == b'}');
                self.indent(cleaned);
                cleaned.push(char::from(byte));
                self.depth += isize::from(byte == b'{');
                self.in_comment = byte == b'#';
            }
            // Blanks at the start of a line.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(pieces: &[&str], keeps_carriage_returns: bool) -> String {
        let mut cleaner = Cleaner::new(keeps_carriage_returns);
        pieces.chunks(4).map(|pieces| cleaner.clean(pieces.to_vec())).collect()
    }

    #[test]
    fn lines_are_indented_by_their_braces() {
        let cases = [
            ("{\n\n\nb\n}", "{\n\t\n\tb\n}"),
            ("http {\n  a b;\n      c { d; }\n}\n", "http {\n\ta b;\n\tc { d; }\n}\n"),
            ("a\n\n\n\nb\n \n \nc", "a\n\nb\n\nc"),
            ("{\n# }\nx\n}", "{\n\t# }\n\tx\n}"),
            ("{\nset $a 'x\n      y';\n}", "{\n\tset $a 'x\n\ty';\n}"),
            ("a\r\nb\rc\r", "a\nb c"),
            ("}\n}\na {\nb", "}\n}\na {\nb"),
            ("{\nä\n}", "{\n\tä\n}"),
        ];
        for (text, expected) in cases {
            assert_eq!(clean(&[text], true), expected, "{text:?}");
        }
        assert_eq!(clean(&["a\r\nb\rc\r"], false), "a\nbc");
    }

    #[test]
    fn pieces_are_cleaned_as_one_text() {
        let pieces = [
            "a {\n",
            "  # {{ it's\n  b \"x { y\n  z\";\n\n",
            "\n\n   location / { b c; }\n \t\r\n",
            "\n\td e;\r\n}}\n",
            "\n\n}f g;\n\n\n",
            "h;",
        ];
        let whole = clean(&[&pieces.concat()], true);
        assert_eq!(clean(&pieces, true), whole);
        let many = pieces.concat().repeat(9);
        assert_eq!(clean(&pieces.repeat(9), true), clean(&[&many], true));
    }
}
