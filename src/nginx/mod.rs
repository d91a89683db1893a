//! What nginx itself knows, whatever the configuration says: its variables, what its regular expressions may look like, and what it
//! refuses of a configuration.

mod javascript;
mod pattern;
mod pcre;
mod reload;
pub mod shape;
mod variables;

pub use javascript::javascript;
pub use pattern::problem;
pub use pcre::Pattern;
pub use reload::{Build, Judge, Refusal, Release, is_curve_list, outside, refusals, run_on, upstreams};
pub use variables::{is_builtin, is_builtin_of_streams, is_fixed, used};
