//! Tests that need nothing but this crate. What needs other programs, and what is one case of many, stands in `tests/cases`.

mod any_text;
mod check;
mod cli;
mod conf;
mod credentials;
mod diff;
mod fix;
mod formats;
mod hostile;
mod links;
mod manifests;
mod properties;
mod readme;
mod refused;
mod rules;
mod secrets;
#[path = "../support/mod.rs"]
mod support;
mod tenants;
mod tidy;
mod told;
