//! Where files go while they are written, so that a large one is never there as a whole.

use std::io::{self, Write};

use super::OutputFile;

/// Takes the files of an output, whole or part by part.
pub trait Sink {
    /// Learns the names of all files that come in parts, before the first part comes.
    fn announce(&mut self, _names: &[&'static str]) {}

    /// Begins a file that everybody may read; whether it is wanted: else none of its parts needs to come.
    fn begin(&mut self, name: &'static str) -> bool;

    /// Takes the next part of the file that was begun last.
    fn part(&mut self, text: &str);

    /// Takes files that are there as a whole.
    fn files(&mut self, files: Vec<OutputFile>);
}

impl Sink for Vec<OutputFile> {
    fn begin(&mut self, name: &'static str) -> bool {
        self.push(OutputFile::new(name, String::new()));
        true
    }

    fn part(&mut self, text: &str) {
        let Some(OutputFile { content, .. }) = self.last_mut() else { return };
        // A large text that doubled its room would take up to three times its size meanwhile, and one that grew by less than this would
        // be copied again and again.
        if content.capacity() - content.len() < text.len() {
            content.reserve_exact(text.len().max(content.len() / 2));
        }
        content.push_str(text);
    }

    fn files(&mut self, files: Vec<OutputFile>) {
        self.extend(files);
    }
}

/// Takes nothing, for those who want to know what there is to say alone.
pub(super) struct Nowhere;

impl Sink for Nowhere {
    fn begin(&mut self, _: &'static str) -> bool {
        false
    }

    fn part(&mut self, _: &str) {}

    fn files(&mut self, _: Vec<OutputFile>) {}
}

/// Bytes that are passed on at once.
const PART: usize = 1 << 16;

/// Passes on what is written in small pieces.
pub(super) struct Parts<'s> {
    sink: &'s mut dyn Sink,
    text: Vec<u8>,
}

impl<'s> Parts<'s> {
    /// For the file that was begun last.
    pub(super) fn of(sink: &'s mut dyn Sink) -> Self {
        Self { sink, text: Vec::with_capacity(PART) }
    }
}

impl Write for Parts<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        if self.text.len() >= PART {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        // A piece may end within a character, which the next one completes.
        let text = std::mem::take(&mut self.text);
        let whole = match std::str::from_utf8(&text) {
            Ok(text) => text.len(),
            Err(error) => error.valid_up_to(),
        };
        let (whole, rest) = text.split_at(whole);
        self.sink.part(std::str::from_utf8(whole).map_err(io::Error::other)?);
        self.text.extend_from_slice(rest);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_stay_whole() {
        let text = "aé漢".repeat(PART / 4);
        let mut files: Vec<OutputFile> = Vec::new();
        assert!(files.begin("a.json"));
        let mut parts = Parts::of(&mut files);
        for piece in text.as_bytes().chunks(PART - 1) {
            parts.write_all(piece).unwrap();
        }
        parts.flush().unwrap();
        assert!(files[0].content == text);
    }
}
