//! Annotations: how often, where, and with which values.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Annotation, Use};
use super::snippets::is_raw;
use crate::catalog::features::{self, FEATURES};
use crate::catalog::gateway::Reach;
use crate::credentials::{self, HIDDEN};

/// Counts annotations.
#[derive(Default)]
pub(super) struct Annotations {
    found: BTreeMap<String, Counted>,
    /// Those of others, by the part before the slash.
    others: BTreeMap<String, usize>,
}

#[derive(Default)]
struct Counted {
    values: BTreeMap<String, usize>,
    places: BTreeSet<String>,
}

impl Annotations {
    /// Looks at an annotation of the controller.
    pub(super) fn look(&mut self, name: &str, value: &str, place: String) {
        let counted = self.found.entry(name.to_owned()).or_default();
        counted.places.insert(place);
        if !is_raw(name) {
            *counted.values.entry(shown(name, value)).or_default() += 1;
        }
    }

    /// Looks at an annotation of others.
    pub(super) fn other(&mut self, name: &str) {
        let prefix = name.split_once('/').map_or(name, |(prefix, _)| prefix);
        *self.others.entry(prefix.to_owned()).or_default() += 1;
    }

    pub(super) fn into_lists(self) -> (Vec<Annotation>, BTreeMap<String, usize>) {
        let one = |(name, counted): (String, Counted)| {
            let spec = features::find(&name);
            let feature = spec.and_then(|spec| FEATURES.iter().find(|feature| feature.keys.iter().any(|key| std::ptr::eq(*key, spec))));
            let mut values: Vec<Use> = counted.values.into_iter().map(|(value, count)| Use { value, count }).collect();
            values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
            Annotation {
                feature: feature.map_or("", |feature| feature.name).to_owned(),
                gateway_api: spec.map_or("", |spec| word(spec.gateway.reach)).to_owned(),
                values,
                places: counted.places.into_iter().collect(),
                name,
            }
        };
        let mut all: Vec<Annotation> = self.found.into_iter().map(one).collect();
        all.sort_by(|a, b| b.places.len().cmp(&a.places.len()).then_with(|| a.name.cmp(&b.name)));
        (all, self.others)
    }
}

fn word(reach: Reach) -> &'static str {
    match reach {
        Reach::Standard => "standard",
        Reach::Experimental => "experimental",
        Reach::Implementation => "implementation",
        Reach::Nothing => "nothing",
    }
}

/// A value without what is secret: with its name, as the name may say that it is.
fn shown(name: &str, value: &str) -> String {
    let prefix = format!("{name}: ");
    let line = format!("{prefix}{}", value.trim());
    credentials::hide(&line).strip_prefix(&prefix).map_or_else(|| HIDDEN.to_owned(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_among_values_are_hidden() {
        for (name, value, expected) in [
            ("proxy-body-size", "8m", "8m"),
            ("auth-url", "https://user:pw@auth.example/x", "https://<hidden>@auth.example/x"),
            ("custom-token", "abc", "<hidden>"),
        ] {
            assert_eq!(shown(name, value), expected);
        }
    }

    #[test]
    fn raw_configuration_is_no_value() {
        let mut annotations = Annotations::default();
        annotations.look("configuration-snippet", "set $a secret;", String::from("a.yaml:1"));
        let (all, _) = annotations.into_lists();
        assert!(all.iter().all(|annotation| annotation.values.is_empty() && annotation.gateway_api == "nothing"));
    }
}
