//! What `prove` says of manifests, what the controller made of them and what targets make of them, over a sample of the reference;
//! `tests/proofs/run` and `tests/proofs/attack` take all of it.

use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;

use crate::need::{self, Need, trial};

/// One case in so many is taken.
const STEP: &str = "40";
/// How many pairs are attacked; `ATTACKED_PAIRS` may ask for more.
const PAIRS: &str = "40";
/// And how many of them by two nginx that run.
const RUNNING: &str = "2";

fn assert_ends_well(tool: &str, args: &[&str]) {
    let mut command = Command::new("python3");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/proofs").join(tool)).args(args).arg(need::reference());
    command.env("INGRESSC", env!("CARGO_BIN_EXE_ingressc")).env("PYTHONDONTWRITEBYTECODE", "1");
    let output = command.output().expect("Python starts");
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&text));
}

fn assert_withstands() {
    let pairs = std::env::var("ATTACKED_PAIRS").unwrap_or_else(|_| PAIRS.to_owned());
    assert_ends_well("attack", &["--pairs", &pairs, "--running", RUNNING]);
}

pub fn trials() -> Vec<Trial> {
    let needs = [Need::Program("python3"), Need::Reference];
    vec![
        trial("proofs::manifests_are_equal_to_what_the_controller_wrote", &needs, || assert_ends_well("run", &["--step", STEP])),
        trial("proofs::what_is_not_equal_in_nginx_is_told", &needs, || assert_ends_well("run", &["--with", "nginx", "--step", STEP])),
        trial("proofs::what_is_equal_withstands_attacks", &needs, assert_withstands),
    ]
}
