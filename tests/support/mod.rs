//! What tests share.

pub mod program;
