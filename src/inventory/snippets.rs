//! Raw configuration by what its directives mean.

use std::collections::{BTreeMap, BTreeSet};

use super::model::Directive;
use crate::catalog::directives;
use crate::conf;
use crate::source::FileId;

/// Annotations and keys of the ConfigMap that hold directives of nginx.
const OF_NGINX: [&str; 8] = [
    "auth-snippet",
    "configuration-snippet",
    "global-auth-snippet",
    "http-snippet",
    "location-snippet",
    "main-snippet",
    "server-snippet",
    "stream-snippet",
];

/// Whether an annotation or key holds raw configuration, of nginx or of its firewall.
pub(super) fn is_raw(name: &str) -> bool {
    name.ends_with("-snippet")
}

/// Counts directives.
#[derive(Default)]
pub(super) struct Snippets {
    found: BTreeMap<String, Counted>,
}

#[derive(Default)]
struct Counted {
    count: usize,
    within: BTreeSet<String>,
    places: BTreeSet<String>,
}

impl Snippets {
    /// Looks at the text of an annotation or key.
    pub(super) fn look(&mut self, name: &str, text: &str, place: &str) {
        if !OF_NGINX.contains(&name) || text.trim().is_empty() {
            return;
        }
        let tree = conf::parse(FileId(0), text).value;
        for directive in tree.directives().flat_map(|directive| std::iter::once(directive).chain(directive.descendants())) {
            let counted = self.found.entry(directive.name().into_owned()).or_default();
            counted.count += 1;
            counted.within.insert(name.to_owned());
            if !place.is_empty() {
                counted.places.insert(place.to_owned());
            }
        }
    }

    pub(super) fn into_list(self) -> Vec<Directive> {
        let one = |(name, counted): (String, Counted)| {
            let known = directives::find(&name);
            let annotations = known.map_or(&[][..], |known| known.annotations);
            Directive {
                meaning: known.map_or("", |known| known.meaning).to_owned(),
                annotations: annotations.iter().map(|name| (*name).to_owned()).collect(),
                but: known.map_or("", |known| known.but).to_owned(),
                count: counted.count,
                within: counted.within.into_iter().collect(),
                places: counted.places.into_iter().collect(),
                name,
            }
        };
        let mut all: Vec<Directive> = self.found.into_iter().map(one).collect();
        all.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
        all
    }
}
