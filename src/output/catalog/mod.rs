//! What the controller knows, for people, scripts, editors and documentation: all from the one table.

pub mod json;
pub mod markdown;
pub mod schema;
pub mod text;

use crate::catalog::features::{FEATURES, FORMER, Feature};
use crate::catalog::key::{Fate, Kind, Scope, Spec};
use crate::catalog::settings::{GROUPS, Group, Setting};
use crate::catalog::version::Version;

/// The part of the catalog that is shown.
#[derive(Debug)]
pub struct Selection {
    /// Annotations, with the feature that each belongs to.
    pub annotations: Vec<(&'static Feature, &'static Spec)>,
    /// Keys of the ConfigMap, with the subject that each belongs to.
    pub settings: Vec<(&'static Group, &'static Setting)>,
    /// The version of the controller that knows them.
    pub version: Version,
}

impl Selection {
    /// All that a version knows.
    #[must_use]
    pub fn of(version: Version) -> Self {
        let annotations = FEATURES.iter().chain(FORMER).flat_map(|feature| feature.keys.iter().map(move |spec| (feature, *spec)));
        let settings = GROUPS.iter().flat_map(|group| group.settings.iter().map(move |setting| (*group, setting)));
        Self {
            annotations: annotations.filter(|(_, spec)| spec.is_known_to(version)).collect(),
            settings: settings.filter(|(_, setting)| setting.is_known_to(version)).collect(),
            version,
        }
    }

    /// Keeps what has a name, which may be an older one.
    pub fn narrow(&mut self, name: &str) {
        self.annotations.retain(|(_, spec)| spec.name == name || spec.aliases.contains(&name));
        self.settings.retain(|(_, setting)| setting.name == name);
    }

    /// Whether nothing is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.annotations.is_empty() && self.settings.is_empty()
    }
}

/// The text of an entry, which starts with the space of its comment.
fn doc(spec: &Spec) -> &'static str {
    spec.doc.trim()
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Bool => "boolean",
        Kind::Int => "integer",
        Kind::Text => "text",
    }
}

fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Ingress => "ingress",
        Scope::Location => "location",
    }
}

/// The word for a fate in machine formats.
fn fate(fate: Fate) -> &'static str {
    match fate {
        Fate::Ignored => "ignored",
        Fate::FailsOpen => "fails-open",
        Fate::FeatureLost => "feature-lost",
        Fate::ProtectionLost => "protection-lost",
        Fate::LocationDenied => "location-denied",
        Fate::IngressDropped => "ingress-dropped",
    }
}

/// What a fate means, as a clause.
fn meaning(fate: Fate) -> &'static str {
    match fate {
        Fate::Ignored => "the default applies",
        Fate::FailsOpen => "the default applies, and a protection is lost",
        Fate::FeatureLost => "the other annotations of the feature are ignored too",
        Fate::ProtectionLost => "the other annotations of the feature are ignored too, and a protection is lost",
        Fate::LocationDenied => "all paths of the Ingress answer 503",
        Fate::IngressDropped => "the Ingress is not served",
    }
}
