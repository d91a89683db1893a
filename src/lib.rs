//! A compiler from Kubernetes Ingress manifests to proxy configuration.
//!
//! ```text
//! bytes -> source -> manifest -> lower (with catalog) -> ir -> emit -> text -> cli
//! ```
//!
//! Arrows run one way; `tests/it/tidy/mod.rs` holds the table of allowed ones. Only `cli` does IO, only `main` ends the process, a user's
//! mistake is a [`diagnostic::Diagnostic`] and never an error or a panic, and the same objects give the same bytes in any order.

pub mod access_log;
pub mod catalog;
pub mod cause;
pub mod check;
pub mod cli;
pub mod compare;
pub mod compile;
pub mod conf;
pub mod credentials;
pub mod diagnostic;
pub mod diff;
pub mod emit;
pub mod expect;
pub mod inventory;
pub mod ir;
pub mod lint;
pub mod lower;
pub mod manifest;
pub mod nginx;
pub mod output;
mod pool;
pub mod protection;
pub mod prove;
pub mod replay;
pub mod route;
pub mod source;
