//! Names that people write by analogy, and what they mean by them.
//!
//! Most names that do not exist are no typing errors: they are keys of the ConfigMap, directives of nginx, or annotations of other
//! controllers. What can be derived from the tables of those is derived; the tables here hold what cannot. Names stand in kebab
//! case, without a prefix.

mod access;
mod explain;
mod proxying;
mod routing;

use std::sync::LazyLock;

pub use explain::{Unknown, explain, recognise};
use hashbrown::HashMap;

use super::families::Family;

/// A name that no release knows, and what is meant by it.
#[derive(Debug)]
pub struct Analogy {
    /// The name, in kebab case.
    pub name: &'static str,
    /// The controller whose annotation it is; none: people make it up.
    pub family: Option<&'static Family>,
    /// The annotations that do it.
    pub instead: &'static [&'static str],
    /// The key of the ConfigMap that does it for all Ingresses; empty: none.
    pub setting: &'static str,
    /// What else is to be known, as a sentence without a full stop; empty: nothing.
    pub advice: &'static str,
}

impl Analogy {
    /// It is an annotation of this controller.
    const fn of(mut self, family: &'static Family) -> Self {
        self.family = Some(family);
        self
    }

    /// More is to be known.
    const fn but(mut self, advice: &'static str) -> Self {
        self.advice = advice;
        self
    }

    /// A key of the ConfigMap does it for all Ingresses.
    const fn or_setting(mut self, setting: &'static str) -> Self {
        self.setting = setting;
        self
    }
}

/// A name for which there are annotations.
const fn means(name: &'static str, instead: &'static [&'static str]) -> Analogy {
    Analogy { name, family: None, instead, setting: "", advice: "" }
}

/// A name for which there is a key of the ConfigMap only.
const fn means_setting(name: &'static str, setting: &'static str) -> Analogy {
    Analogy { name, family: None, instead: &[], setting, advice: "" }
}

/// A name for which there is neither.
const fn means_nothing(name: &'static str, advice: &'static str) -> Analogy {
    Analogy { name, family: None, instead: &[], setting: "", advice }
}

/// All of them, subject by subject.
pub fn all() -> impl Iterator<Item = &'static Analogy> {
    [access::ANALOGIES, routing::ANALOGIES, proxying::ANALOGIES].into_iter().flatten()
}

/// The entry of a name in kebab case.
#[must_use]
pub fn find(name: &str) -> Option<&'static Analogy> {
    static BY_NAME: LazyLock<HashMap<&str, &Analogy>> = LazyLock::new(|| all().map(|analogy| (analogy.name, analogy)).collect());
    BY_NAME.get(name).copied()
}

#[cfg(test)]
mod tests {
    use hashbrown::HashSet;

    use super::*;
    use crate::catalog::{features, removed, settings, spelling};

    #[test]
    fn analogies_lead_from_unknown_names_to_known_ones() {
        let mut seen = HashSet::new();
        for Analogy { name, instead, setting, advice, .. } in all() {
            assert!(seen.insert(*name), "{name} stands twice");
            assert_eq!(spelling::kebab(name), *name);
            assert!(features::find(name).is_none() && removed::find(name).is_none(), "{name} is known");
            assert!(instead.iter().all(|instead| features::find(instead).is_some_and(|spec| spec.name == *instead)), "{name}");
            assert!(setting.is_empty() || settings::find(setting).is_some(), "{name}");
            assert!(!instead.is_empty() || !setting.is_empty() || !advice.is_empty(), "{name} says nothing");
            assert!(!advice.ends_with('.'), "{name}");
        }
    }
}
