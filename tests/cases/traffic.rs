//! Real traffic: nginx and HAProxy run what is rendered, and answer as the controller does.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

use libtest_mimic::Trial;

use crate::need::{self, Need, trial};

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
    // nginx has no date of its own for a cookie.
    Product { name: "nginx", own_unequal: 1, reference_rows: 948 },
    // HAProxy takes no snippets and no WebSocket without the proof of the server, keeps no answers of an authentication service, says
    // HTTP/1.0 where the client does, keeps connections with TLS and without apart, and sends no large body to mirrors and error pages.
    Product { name: "haproxy", own_unequal: 12, reference_rows: 919 },
];

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
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

/// The tool ended well, and otherwise what it said.
fn assert_passes((output, text): &(Output, String)) {
    assert!(output.status.success(), "{text}");
}

/// Of each row that is not equal `check` tells, at the object that causes it, and nobody gets in by it who did not before.
fn assert_told(text: &str) {
    let untold: Vec<_> = text.lines().filter(|line| line.starts_with("not told: ")).collect();
    assert!(untold.is_empty(), "{untold:#?}\n{text}");
}

fn scenarios_get_the_answers_of_the_controller(product: &Product) {
    let (_, text) = tool("run", product, &[&folder("tests/traffic/scenarios").to_string_lossy(), "-v", "--told"]);
    let (equal, all) = equal_rows(&text);
    assert!(all > 700 && equal + product.own_unequal >= all, "{text}");
    assert_told(&text);
}

fn nginx_alone_is_enough(product: &Product) {
    let (_, text) = tool("run", product, &[&folder("tests/traffic/scenarios").to_string_lossy(), "-v", "--stock"]);
    let (equal, all) = equal_rows(&text);
    assert!(all > 700 && equal + product.own_unequal >= all, "{text}");
}

fn a_reload_loses_no_request(product: &Product) {
    let manifests = folder("tests/traffic/scenarios/rollout.yaml");
    assert_passes(&tool("reload", product, &[&manifests.to_string_lossy(), "apple.test"]));
}

fn neighbours_change_nothing(product: &Product) {
    assert_passes(&tool("neighbours", product, &["--batch", "60"]));
}

fn recorded_requests_get_the_recorded_answers(product: &Product) {
    let (_, text) = tool("run", product, &[&need::reference().join("traffic").to_string_lossy(), "-v", "--told"]);
    assert!(equal_rows(&text).0 >= product.reference_rows, "{text}");
    assert_told(&text);
}

/// How many attacks are drawn; `ATTACKS` may ask for more.
const ATTACKS: &str = "300";

fn no_value_of_one_host_breaks_the_proxy_for_all(product: &Product) {
    let count = std::env::var("ATTACKS").unwrap_or_else(|_| ATTACKS.to_owned());
    assert_passes(&tool("attacks", product, &["--count", &count]));
}

fn whatever_the_manifests_say_is_served(product: &Product) {
    let part = |name: &str| need::reference().join(name).to_string_lossy().into_owned();
    assert_passes(&tool("serves", product, &[&part("cases"), "--config", &part("environment.toml")]));
}

/// What is demanded of a proxy, and what it needs besides.
type Demand = (&'static str, fn(&Product), &'static [Need]);

/// `demands![name, …]`: a demand has the name of its function.
macro_rules! demands {
    ($($name:ident: $needs:expr),* $(,)?) => {
        &[$((stringify!($name), $name, &$needs)),*]
    };
}

const DEMANDS: &[Demand] = demands![
    scenarios_get_the_answers_of_the_controller: [],
    nginx_alone_is_enough: [],
    a_reload_loses_no_request: [],
    neighbours_change_nothing: [],
    recorded_requests_get_the_recorded_answers: [Need::Reference],
    no_value_of_one_host_breaks_the_proxy_for_all: [Need::Network],
    whatever_the_manifests_say_is_served: [Need::Network, Need::Reference],
];

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for product in &PRODUCTS {
        for (name, demand, more) in DEMANDS.iter().filter(|(name, ..)| product.name == "nginx" || !name.starts_with("nginx")) {
            let mut needs = vec![Need::Program("python3"), Need::Program("openssl"), Need::Program(product.name)];
            needs.extend(*more);
            trials.push(trial(format!("traffic::{}::{name}", product.name), &needs, || demand(product)));
        }
    }
    trials
}
