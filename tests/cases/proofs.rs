//! What `prove` says of manifests and what the controller made of them, over a sample of the reference; `tests/proofs/run` takes all of it.

use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;

use crate::need::{self, Need, trial};

/// One case in so many is taken.
const STEP: &str = "40";

fn assert_all_are_as_wanted() {
    let mut command = Command::new("python3");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/proofs/run")).args(["--step", STEP]).arg(need::reference());
    command.env("INGRESSC", env!("CARGO_BIN_EXE_ingressc")).env("PYTHONDONTWRITEBYTECODE", "1");
    let output = command.output().expect("Python starts");
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&text));
}

pub fn trials() -> Vec<Trial> {
    let needs = [Need::Program("python3"), Need::Reference];
    vec![trial("proofs::manifests_are_equal_to_what_the_controller_wrote", &needs, assert_all_are_as_wanted)]
}
