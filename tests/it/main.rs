//! Tests that need nothing but this crate. What needs other programs, and what is one case of many, stands in `tests/cases`.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed, and it runs programs"
)]
#![expect(clippy::print_stdout, unreachable_pub, reason = "what tests share is public to them, and figures are shown")]

mod accepted;
mod among;
mod any_text;
mod built;
mod causes;
mod check;
mod cli;
mod cluster;
mod conf;
mod credentials;
mod diff;
mod expectations;
mod explained;
mod faults;
mod fix;
mod formats;
mod hostile;
mod judged;
mod left_out;
mod links;
mod lists;
mod looked;
mod manifests;
mod neutral;
mod part;
mod plugin;
mod portions;
mod proofs;
mod properties;
mod protections;
mod readme;
mod refused;
mod replay;
mod route_table;
mod routing;
mod rules;
mod secrets;
mod settled;
#[path = "../support/mod.rs"]
mod support;
mod tenants;
mod tidy;
mod told;
mod watch;
