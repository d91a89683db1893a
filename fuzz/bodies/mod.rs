//! What must hold for any bytes: one body for each target of the fuzzer. `tests/it/any_text.rs` runs the same bodies on the stable
//! toolchain.
#![allow(dead_code, unused_imports, reason = "a target of the fuzzer runs one of the bodies")]

mod attack;
mod compile;
mod configurations;
mod manifests;
mod private;

pub use attack::hostile;
pub use configurations::{conf, diff, lua};
pub use manifests::{render, settings};
pub use private::{certificates, htpasswd, secrets};
