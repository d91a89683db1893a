//! A sign of life for people who wait.

use std::io::Write as _;
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
        if !console.is_watched() {
            return Self::default();
        }
        let (done, is_done) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            if is_done.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
                let mut stderr = std::io::stderr();
                // A sign of life that cannot be given is not missed.
                let _ = write!(stderr, "{text}").and_then(|()| stderr.flush());
                let _ = is_done.recv();
                let _ = write!(stderr, "\r{:1$}\r", "", text.len());
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
