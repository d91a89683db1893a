//! Real traffic: nginx runs what is rendered, and answers as the controller does. Where nginx or Python is missing, that is said and
//! nothing is tried.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;

/// Rows of the reference that must be equal; those that are not are in `docs/leaving-for-nginx.md`.
const REFERENCE_ROWS: usize = 948;

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn is_installed(program: &str, argument: &str) -> bool {
    let run = Command::new(program).arg(argument).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let is_there = run.is_ok_and(|status| status.success());
    if !is_there {
        println!("left out: there is no `{program}`");
    }
    is_there
}

fn can_run() -> bool {
    is_installed("nginx", "-v") && is_installed("python3", "--version") && is_installed("openssl", "version")
}

/// The backends have fixed ports: where there is no network of one's own, one test after the other.
static BACKENDS: Mutex<()> = Mutex::new(());

/// Runs one of the tools in `tests/traffic`.
fn tool(name: &str, args: &[&str]) -> (Output, String) {
    let _turn = BACKENDS.lock();
    let mut command = Command::new("python3");
    command.arg(folder("tests/traffic").join(name)).args(["--target", "nginx"]).args(args);
    command.env("INGRESSC", env!("CARGO_BIN_EXE_ingressc")).env("PYTHONDONTWRITEBYTECODE", "1");
    let output = command.output().expect("Python starts");
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    (output, String::from_utf8_lossy(&text).into_owned())
}

/// How many rows were equal: the last line says `N of M rows equal`.
fn equal_rows(text: &str) -> usize {
    let last = text.lines().rev().find(|line| line.ends_with("rows equal"));
    last.and_then(|line| line.split(' ').next()?.parse().ok()).unwrap_or_default()
}

#[test]
fn scenarios_get_the_answers_of_the_controller() {
    if can_run() {
        let scenarios = folder("tests/traffic/scenarios");
        let (output, text) = tool("run", &[&scenarios.to_string_lossy(), "-v"]);
        assert!(output.status.success(), "{text}");
    }
}

#[test]
fn nginx_alone_is_enough() {
    if can_run() {
        let scenarios = folder("tests/traffic/scenarios");
        let (output, text) = tool("run", &[&scenarios.to_string_lossy(), "-v", "--stock"]);
        assert!(output.status.success(), "{text}");
    }
}

#[test]
fn a_reload_loses_no_request() {
    if can_run() {
        let manifests = folder("tests/traffic/scenarios/rollout.yaml");
        let (output, text) = tool("reload", &[&manifests.to_string_lossy(), "apple.test"]);
        assert!(output.status.success(), "{text}");
    }
}

#[test]
fn recorded_requests_get_the_recorded_answers() {
    let reference = folder("../shared/reference/traffic");
    if reference.is_dir() && can_run() {
        let (_, text) = tool("run", &[&reference.to_string_lossy(), "-v"]);
        assert!(equal_rows(&text) >= REFERENCE_ROWS, "{text}");
    }
}

#[test]
fn nginx_accepts_what_the_controllers_own_accepts() {
    let reference = folder("../shared/reference");
    if reference.is_dir() && can_run() {
        let part = |name: &str| reference.join(name).to_string_lossy().into_owned();
        let (output, text) = tool("accepts", &[&part("cases"), &part("1.15.1"), "--config", &part("environment.toml")]);
        assert!(output.status.success(), "{text}");
    }
}
