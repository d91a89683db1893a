//! Real traffic: nginx and HAProxy run what is rendered, and answer as the controller does. Where a proxy or Python is missing, that is
//! said and nothing is tried.

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;

/// A proxy that runs what is rendered.
struct Product {
    name: &'static str,
    /// Rows of our own scenarios that may differ.
    own_unequal: usize,
    /// Rows of the reference that must be equal; the guide `docs/leaving-for-….md` names those that are not. One less than are, as
    /// limits depend on time, and a busy machine stretches it.
    reference_rows: usize,
}

const PRODUCTS: [Product; 2] = [
    Product { name: "nginx", own_unequal: 0, reference_rows: 948 },
    // HAProxy takes no snippets and no WebSocket without a key, and keeps connections with TLS and without apart.
    Product { name: "haproxy", own_unequal: 4, reference_rows: 919 },
];

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn is_installed(program: &str, argument: &str) -> bool {
    let run = Command::new(program).arg(argument).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let is_there = run.is_ok_and(|status| status.success());
    if !is_there {
        support::skipped(&format!("there is no `{program}`"));
    }
    is_there
}

/// The proxies that can be tried here.
fn products() -> impl Iterator<Item = &'static Product> {
    let has_tools = is_installed("python3", "--version") && is_installed("openssl", "version");
    PRODUCTS.iter().filter(move |product| has_tools && is_installed(product.name, "-v"))
}

/// The backends have fixed ports: where there is no network of one's own, one test after the other.
static BACKENDS: Mutex<()> = Mutex::new(());

/// Runs one of the tools in `tests/traffic`.
fn tool(name: &str, product: &Product, args: &[&str]) -> (Output, String) {
    let _turn = BACKENDS.lock();
    let mut command = Command::new("python3");
    command.arg(folder("tests/traffic").join(name)).args(["--target", product.name]).args(args);
    command.env("INGRESSC", env!("CARGO_BIN_EXE_ingressc")).env("PYTHONDONTWRITEBYTECODE", "1");
    let output = command.output().expect("Python starts");
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    (output, String::from_utf8_lossy(&text).into_owned())
}

/// How many rows were equal, and of how many: the last line says `N of M rows equal`.
fn equal_rows(text: &str) -> (usize, usize) {
    let last = text.lines().rev().find(|line| line.ends_with("rows equal")).unwrap_or_default();
    let mut numbers = last.split(' ').filter_map(|word| word.parse().ok());
    (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default())
}

/// Of each row that is not equal `check` tells, at the object that causes it, and nobody gets in by it who did not before.
fn assert_told(text: &str) {
    let untold: Vec<_> = text.lines().filter(|line| line.starts_with("not told: ")).collect();
    assert!(untold.is_empty(), "{untold:#?}\n{text}");
}

#[test]
fn scenarios_get_the_answers_of_the_controller() {
    for product in products() {
        let (_, text) = tool("run", product, &[&folder("tests/traffic/scenarios").to_string_lossy(), "-v", "--told"]);
        let (equal, all) = equal_rows(&text);
        assert!(all > 60 && equal + product.own_unequal >= all, "{text}");
        assert_told(&text);
    }
}

#[test]
fn nginx_alone_is_enough() {
    for product in products().filter(|product| product.name == "nginx") {
        let (output, text) = tool("run", product, &[&folder("tests/traffic/scenarios").to_string_lossy(), "-v", "--stock"]);
        assert!(output.status.success(), "{text}");
    }
}

#[test]
fn a_reload_loses_no_request() {
    for product in products() {
        let manifests = folder("tests/traffic/scenarios/rollout.yaml");
        let (output, text) = tool("reload", product, &[&manifests.to_string_lossy(), "apple.test"]);
        assert!(output.status.success(), "{text}");
    }
}

#[test]
fn neighbours_change_nothing() {
    for product in products() {
        let (output, text) = tool("neighbours", product, &["--batch", "60"]);
        assert!(output.status.success(), "{text}");
    }
}

#[test]
fn recorded_requests_get_the_recorded_answers() {
    let Some(reference) = support::reference() else { return };
    for product in products() {
        let (_, text) = tool("run", product, &[&reference.join("traffic").to_string_lossy(), "-v", "--told"]);
        assert!(equal_rows(&text).0 >= product.reference_rows, "{text}");
        assert_told(&text);
    }
}

/// How many attacks are drawn; `ATTACKS` may ask for more, and `ATTACKS=0` for all.
const ATTACKS: &str = "300";

#[test]
fn no_value_of_one_host_breaks_the_proxy_for_all() {
    let count = std::env::var("ATTACKS").unwrap_or_else(|_| ATTACKS.to_owned());
    for product in products() {
        let (output, text) = tool("attacks", product, &["--count", &count]);
        assert!(output.status.success(), "{text}");
    }
}

#[test]
fn whatever_the_manifests_say_is_accepted() {
    let Some(reference) = support::reference() else { return };
    for product in products() {
        let part = |name: &str| reference.join(name).to_string_lossy().into_owned();
        let (output, text) = tool("accepts", product, &[&part("cases"), "--config", &part("environment.toml")]);
        assert!(output.status.success(), "{text}");
    }
}
