//! Single changes of protections, drawn over manifests that have others, in directions known by construction.

use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;

use crate::need::{Need, trial};

/// A few of the thousands that `tests/mutations/run` can draw.
const COUNT: &str = "24";

fn no_change_is_told_the_wrong_way_round() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new("python3");
    command.arg(root.join("tests/mutations/run")).args(["--count", COUNT, "--binary", env!("CARGO_BIN_EXE_ingressc"), "golden/render"]);
    let output = command.current_dir(root).env("PYTHONDONTWRITEBYTECODE", "1").output().expect("Python starts");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains(" right"), "{text}{}", String::from_utf8_lossy(&output.stderr));
}

pub fn trials() -> Vec<Trial> {
    let needs = [Need::Program("python3"), Need::Program("openssl"), Need::PythonModule("yaml")];
    vec![trial("mutations::no_change_is_told_the_wrong_way_round", &needs, no_change_is_told_the_wrong_way_round)]
}
