//! What tests share.

#![allow(dead_code, reason = "each test uses its part")]

pub mod program;

use std::io::Write as _;
use std::path::PathBuf;

/// Says why something is not tried, where everybody sees it: the output of a test that passes is not shown, but for this.
pub fn skipped(reason: &str) {
    // Where standard error is closed, nobody can be told.
    let _ = writeln!(std::io::stderr(), "skipped: {reason}");
}

/// The recorded answers of the real controller, which lie beside the clone where they are at hand.
pub fn reference() -> Option<PathBuf> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/reference"));
    let found = folder.is_dir().then_some(folder);
    if found.is_none() {
        skipped("there is no ../shared/reference");
    }
    found
}
