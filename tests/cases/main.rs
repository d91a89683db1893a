//! Cases, each a test with a name of its own: goldens, the examples of rules, and what real programs and the recorded controller say.
//!
//! `cargo test --test cases golden` runs those whose name contains a word, `-- --list` names them all. A case whose program or data is
//! not there is counted as ignored, with what is missing before its name.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed, and it runs programs"
)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    unreachable_pub,
    reason = "what tests share is public to them, and figures are shown"
)]

mod browser;
mod controller_log;
mod entry_pages;
mod expectations;
mod golden;
mod mutations;
mod need;
mod order;
mod packaging;
mod pages;
mod patch;
mod proofs;
mod recorded;
mod reference;
mod route_page;
mod routes;
#[path = "../support/mod.rs"]
mod support;
mod traffic;

use std::process::ExitCode;

use libtest_mimic::Arguments;

fn main() -> ExitCode {
    let trials = [
        controller_log::trials(),
        expectations::trials(),
        golden::trials(),
        mutations::trials(),
        order::trials(),
        packaging::trials(),
        pages::trials(),
        patch::trials(),
        proofs::trials(),
        recorded::trials(),
        reference::trials(),
        routes::trials(),
        route_page::trials(),
        entry_pages::trials(),
        traffic::trials(),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials.into_iter().flatten().collect()).exit_code()
}
