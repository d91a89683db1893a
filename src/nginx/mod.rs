//! What nginx itself knows, whatever the configuration says: its variables, and what its regular expressions may look like.

mod pattern;
mod variables;

pub use pattern::problem;
pub use variables::{is_builtin, used};
