//! What `explain` says of requests, against what real programs do with them.

use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Trial;

use crate::need::{self, Need, trial};

/// How many requests are drawn; `REQUESTS` may ask for more.
const REQUESTS: &str = "20000";

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Runs one of the tools in `tests/traffic`, which must find nothing.
fn assert_agrees(name: &str, args: &[&str]) {
    let mut command = Command::new("python3");
    command.arg(folder("tests/traffic").join(name)).args(args);
    command.env("INGRESSC", env!("CARGO_BIN_EXE_ingressc")).env("PYTHONDONTWRITEBYTECODE", "1");
    let output = command.output().expect("Python starts");
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&text));
}

/// The answers of the controller to the requests of our own scenarios.
fn our_recorded_rows_are_told() {
    assert_agrees("explains", &[&folder("tests/traffic/scenarios").to_string_lossy(), "--recorded"]);
}

/// The answers of the controller to the requests of the reference.
fn all_recorded_rows_are_told() {
    assert_agrees("explains", &[&need::reference().join("traffic").to_string_lossy()]);
}

/// Requests in all spellings, asked of nginx with what is rendered for it.
fn nginx_does_what_is_told() {
    let count = std::env::var("REQUESTS").unwrap_or_else(|_| REQUESTS.to_owned());
    assert_agrees("agrees", &[&folder("tests/recorded").to_string_lossy(), "--requests", &count]);
}

pub fn trials() -> Vec<Trial> {
    let tools = [Need::Program("python3"), Need::Program("openssl")];
    let real = [tools[0], tools[1], Need::Program("nginx"), Need::Network];
    vec![
        trial("routes::our_recorded_rows_are_told".to_owned(), &tools, our_recorded_rows_are_told),
        trial("routes::all_recorded_rows_are_told".to_owned(), &[tools[0], tools[1], Need::Reference], all_recorded_rows_are_told),
        trial("routes::nginx_does_what_is_told".to_owned(), &real, nginx_does_what_is_told),
    ]
}
