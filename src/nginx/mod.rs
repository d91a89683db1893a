//! What nginx itself knows, whatever the configuration says: its variables, what its regular expressions may look like, and what it
//! refuses of a configuration.

mod advisories;
mod beginning;
mod fastcgi;
mod javascript;
mod language;
mod pattern;
mod pcre;
mod reload;
mod rewrite;
mod samples;
pub mod shape;
mod variables;

pub use advisories::{Advisory, Attacker, Confirmed, Cost, Reached, Version, advisories};
pub use beginning::beginning;
pub use fastcgi::FASTCGI_PARAMS;
pub use javascript::javascript;
pub use language::{capture, hir};
pub use pattern::problem;
pub(crate) use pcre::parsed;
pub use pcre::{Groups, Pattern};
pub use reload::{Build, Judge, Refusal, Release, TakePortions, is_curve_list, outside, refusals, run_on, size, upstreams};
pub use rewrite::is_underestimated;
pub use samples::samples;
pub use variables::{is_builtin, is_builtin_of_streams, is_fixed, used};
