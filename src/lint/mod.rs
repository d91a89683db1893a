//! Checks: what goes wrong later, found before anything is applied.

pub mod reload;
