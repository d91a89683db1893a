//! Where that which happens on a route was asked for: at an annotation, else at a key of the ConfigMap.

use hashbrown::HashMap;

use crate::catalog::key::Spec;
use crate::ir::{Asked, Features, Origin};
use crate::lower::settings;
use crate::lower::world::World;

/// Keys of the ConfigMap that ask something of routes.
const KEYS: [&str; 6] =
    ["custom-http-errors", "denylist-source-range", "force-ssl-redirect", "global-auth-url", "ssl-redirect", "whitelist-source-range"];

/// Where those keys stand.
pub(super) type Keys = HashMap<&'static str, Origin>;

/// Looks up where keys of the ConfigMap stand.
pub(super) fn keys(world: &World) -> Keys {
    let config = settings::config_map(world.cluster, world.controller).map(|config| settings::origin(config, world.controller));
    KEYS.into_iter().filter_map(|key| Some((key, config.as_ref()?.place(key)?))).collect()
}

/// The places of one route.
pub(super) struct Places<'p> {
    /// The annotations that were written.
    pub(super) written: &'p Features,
    /// Keys of the ConfigMap.
    pub(super) keys: &'p Keys,
}

impl Places<'_> {
    /// A value with the place of the first of the annotations that was written, else of the key.
    pub(super) fn asked<T>(&self, value: T, by: &[&'static Spec], key: &str) -> Asked<T> {
        let mut names = by.iter().flat_map(|spec| std::iter::once(&spec.name).chain(spec.aliases));
        let written = names.find_map(|name| self.written.cause(name)).map(|(_, span)| Origin::Manifest(*span));
        Asked { value, origin: written.or_else(|| self.keys.get(key).copied()).unwrap_or_default() }
    }
}
