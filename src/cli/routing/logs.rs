//! Logs, as they are rotated: plain, compressed by gzip or zstd, or from standard input.

use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::cli::files;
use crate::cli::text::cannot_be_read;
use crate::replay::Place;

/// Bytes of one piece.
const PIECE: usize = 1 << 20;
/// A line that is longer is cut: it is none of a log.
const LONGEST_LINE: usize = 8 << 20;
/// How files begin that gzip has written.
const GZIP: &[u8] = &[0x1f, 0x8b];
/// The same for zstd, and for what it may write in front.
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// Whole lines of a log.
pub(super) struct Piece {
    /// Its first line.
    pub(super) first: Place,
    /// The lines.
    pub(super) text: Vec<u8>,
}

/// A log that is read.
pub(super) struct Log {
    input: Box<dyn Read + Send>,
    next: Place,
    /// The beginning of a line.
    rest: Vec<u8>,
    is_over: bool,
}

impl Log {
    /// Opens a log, `-` for standard input. `done` counts the bytes that are read of it.
    ///
    /// # Errors
    /// Why it cannot be read, in words that follow its name.
    pub(super) fn open(path: &Path, number: usize, done: Arc<AtomicU64>) -> Result<Self, String> {
        let raw: Box<dyn Read + Send> = if path == Path::new("-") { Box::new(io::stdin()) } else { Box::new(files::open_stream(path)?) };
        let mut input = BufReader::with_capacity(1 << 16, Counted { input: raw, done });
        let start = input.fill_buf().map_err(|error| cannot_be_read(&error))?;
        let (is_gzip, is_zstd) = (start.starts_with(GZIP), is_zstd(start));
        let input: Box<dyn Read + Send> = match (is_gzip, is_zstd) {
            (true, _) => Box::new(MultiGzDecoder::new(input)),
            (_, true) => Box::new(Frames { input, decoder: FrameDecoder::new(), is_open: false }),
            _ => Box::new(input),
        };
        Ok(Self { input, next: Place { log: number, line: 1 }, rest: Vec::new(), is_over: false })
    }

    /// The next lines; none at the end.
    ///
    /// # Errors
    /// What could be read before is given once more.
    pub(super) fn piece(&mut self) -> Result<Option<Piece>, (String, Option<Piece>)> {
        let mut text = std::mem::take(&mut self.rest);
        let mut problem = None;
        while !self.is_over {
            let before = text.len();
            match self.input.by_ref().take(PIECE as u64).read_to_end(&mut text) {
                Ok(0) => self.is_over = true,
                Ok(_) => {}
                Err(error) => {
                    problem = Some(cannot_be_read(&error));
                    self.is_over = true;
                }
            }
            if let Some(end) = memchr::memrchr(b'\n', &text[before..]) {
                self.rest = text.split_off(before + end + 1);
                break;
            }
            if text.len() > LONGEST_LINE {
                break;
            }
        }
        let first = self.next;
        self.next.line += memchr::memchr_iter(b'\n', &text).count();
        let piece = (!text.is_empty()).then_some(Piece { first, text });
        match problem {
            Some(problem) => Err((problem, piece)),
            None => Ok(piece),
        }
    }
}

/// Counts what is read.
struct Counted {
    input: Box<dyn Read + Send>,
    done: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.done.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// A frame of zstd, or one that is to be passed over.
fn is_zstd(start: &[u8]) -> bool {
    start.starts_with(ZSTD) || start.len() >= 4 && start[0] & 0xf0 == 0x50 && start[1..4] == [0x2a, 0x4d, 0x18]
}

/// Frames of zstd behind each other.
struct Frames {
    input: BufReader<Counted>,
    decoder: FrameDecoder,
    is_open: bool,
}

impl Frames {
    /// Begins the next frame; false at the end.
    fn begin(&mut self) -> io::Result<bool> {
        loop {
            if self.input.fill_buf()?.is_empty() {
                return Ok(false);
            }
            match self.decoder.reset(&mut self.input) {
                Ok(()) => {
                    self.is_open = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    io::copy(&mut self.input.by_ref().take(u64::from(length)), &mut io::sink())?;
                }
                Err(error) => return Err(io::Error::other(error)),
            }
        }
    }
}

impl Read for Frames {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.is_open && !self.begin()? {
                return Ok(0);
            }
            while self.decoder.can_collect() < buffer.len() && !self.decoder.is_finished() {
                let more = BlockDecodingStrategy::UptoBytes(buffer.len() - self.decoder.can_collect());
                self.decoder.decode_blocks(&mut self.input, more).map_err(io::Error::other)?;
            }
            let read = self.decoder.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            self.is_open = false;
        }
    }
}
