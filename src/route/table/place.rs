//! Where requests are dealt with: a location, or a server that looks for none.

use crate::route::config::Config;
use crate::route::model::{Inside, Level, Location, Step};

/// What holds there, and what the rewrite phase does.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) level: &'a Level,
    pub(super) steps: &'a [Step],
}

impl<'a> Place<'a> {
    pub(super) fn of_server(inside: &'a Inside) -> Self {
        Self { level: &inside.level, steps: &inside.rewrite }
    }

    pub(super) fn of(location: &'a Location) -> Self {
        Self { level: &location.level, steps: &location.rewrite }
    }

    /// A variable that gets a plain value there.
    pub(super) fn constant(self, config: &Config<'_>, name: &str) -> Option<String> {
        config.constant_in(self.steps, name)
    }
}
