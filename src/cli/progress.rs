//! A sign of life for people who wait.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use super::console::Console;

/// What takes less is over before a person wonders.
const PATIENCE: Duration = Duration::from_millis(500);

/// A line that appears while the work takes longer than a moment, and goes with the value.
#[derive(Debug, Default)]
pub(super) struct Progress {
    work: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Starts to wait, if somebody watches.
    pub(super) fn start(console: &Console, text: &'static str) -> Self {
        Self::drawing(console, move || text.to_owned())
    }

    /// The same with a line that changes.
    fn drawing(console: &Console, draw: impl Fn() -> String + Send + 'static) -> Self {
        if !console.is_watched() {
            return Self::default();
        }
        let (done, is_done) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let (mut width, mut wait) = (0, PATIENCE);
            let mut stderr = std::io::stderr();
            while is_done.recv_timeout(wait) == Err(mpsc::RecvTimeoutError::Timeout) {
                let line = draw();
                // A sign of life that cannot be given is not missed.
                let _ = write!(stderr, "\r{line:<width$}").and_then(|()| stderr.flush());
                (width, wait) = (line.chars().count(), BEAT);
            }
            if width > 0 {
                let _ = write!(stderr, "\r{:width$}\r", "");
            }
        });
        Self { work: Some((done, thread)) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((done, thread)) = self.work.take() {
            drop(done);
            // The line must be gone before anything else is written.
            let _ = thread.join();
        }
    }
}

/// How often a line is drawn anew.
const BEAT: Duration = Duration::from_millis(200);
/// Signs of a bar.
const LENGTH: usize = 24;

/// How far work has come whose whole is known: bytes of files that are read.
#[derive(Debug, Default)]
pub(super) struct Bar {
    done: Arc<AtomicU64>,
    _line: Progress,
}

impl Bar {
    /// Starts a bar for so many bytes, if somebody watches; none: nobody knows how many there are.
    pub(super) fn start(console: &Console, text: &'static str, whole: Option<u64>) -> Self {
        let done = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&done);
        Self { done, _line: Progress::drawing(console, move || drawn(text, count.load(Ordering::Relaxed), whole)) }
    }

    /// What counts the bytes.
    pub(super) fn count(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.done)
    }
}

/// `reading the logs [########................]  33 %`
fn drawn(text: &str, done: u64, whole: Option<u64>) -> String {
    let Some(whole) = whole.filter(|whole| *whole > 0) else { return format!("{text} {} MB", done / 1_000_000) };
    let share = |of: u64| usize::try_from(done.min(whole) * of / whole).unwrap_or_default();
    let filled = share(LENGTH as u64);
    format!("{text} [{}{}] {:>3} %", "#".repeat(filled), ".".repeat(LENGTH - filled), share(100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_show_how_far_it_is() {
        assert_eq!(drawn("a", 1, Some(4)), "a [######..................]  25 %");
        assert_eq!(drawn("a", 9, Some(4)), "a [########################] 100 %");
        assert_eq!(drawn("a", 5_000_000, None), "a 5 MB");
    }
}
