//! From an `nginx.conf` to the model: what each directive comes to for the way of a request.
//!
//! Everything that changes that way is read here or ends up as something opaque, with its name: nothing is passed over in silence.
//! Servers are read when they are first asked, so that one question to ten thousand hosts costs one of them.

mod harmless;
mod include;
mod instruction;
mod level;
mod location;
mod lua;
mod server;
mod stream;
mod values;
mod variables;

pub(super) use include::Lines;
pub(super) use location::inside;
pub(super) use server::{listeners, names};
pub(super) use stream::streams;
pub(super) use values::Names;
pub(super) use variables::{beyond, variables};

use crate::conf::Directive;
use crate::route::model::Level;

/// What holds around all servers.
pub(super) fn level(http: &[Directive<'_>], names: Names<'_>) -> Level {
    level::under(&Level::default(), http, names, false)
}
