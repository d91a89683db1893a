//! Manifests to decisions, in named passes, as the controller does it.

mod runtime;
mod settings;
mod world;

pub use world::{Controller, Environment, World};
