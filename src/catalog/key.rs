//! What the catalog knows of one annotation.

use std::fmt::Display;
use std::marker::PhantomData;

use super::gateway::{self, Gateway};
use super::releases::{Change, LINE_BREAKS};
use super::value::{self, Check, Fit};
use super::version::Version;
use crate::ir::Settings;

/// How far an annotation reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The whole Ingress, or every host of it.
    Ingress,
    /// Each path of the Ingress.
    Location,
}

/// How much harm an annotation can do, as the controller rates it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// One of a few values.
    Low,
    /// A few characters are free.
    Medium,
    /// Variables or regular expressions.
    High,
    /// Raw configuration.
    Critical,
}

impl Risk {
    /// The word for this risk in `annotations-risk-level`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
            Self::Critical => "Critical",
        }
    }

    /// The risk of a word, whatever its case. Quirk: a word that is none of the four means the lowest risk.
    #[must_use]
    pub fn of_word(word: &str) -> Self {
        let is = |risk: &Self| risk.name().eq_ignore_ascii_case(word);
        [Self::Critical, Self::High, Self::Medium].into_iter().find(is).unwrap_or(Self::Low)
    }
}

/// What the controller does about a bad value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The default applies.
    Ignored,
    /// The default applies, and a protection vanishes with the value.
    FailsOpen,
    /// The other annotations of the feature are ignored too.
    FeatureLost,
    /// The other annotations of the feature are ignored too, and a protection vanishes with them.
    ProtectionLost,
    /// The paths of the Ingress answer 503.
    LocationDenied,
    /// The Ingress is not served.
    IngressDropped,
}

/// What an annotation has no effect without.
#[derive(Debug, Clone, Copy)]
pub struct Needs {
    /// Annotations of which one is enough; empty: nothing is needed.
    pub names: &'static [&'static str],
    /// The word that it must have; empty: any.
    pub word: &'static str,
    /// Whether the settings of the whole controller do the same, where none of the annotations is there.
    pub is_set: fn(&Settings) -> bool,
}

impl Needs {
    /// Nothing else is needed.
    pub(crate) const NOTHING: Self = Self { names: &[], word: "", is_set: |_| false };

    /// One of these annotations.
    pub(crate) const fn one_of(names: &'static [&'static str]) -> Self {
        Self { names, ..Self::NOTHING }
    }

    /// The annotation must have this value.
    pub(crate) const fn being(self, word: &'static str) -> Self {
        Self { word, ..self }
    }

    /// Settings that do as well.
    pub(crate) const fn or(self, is_set: fn(&Settings) -> bool) -> Self {
        Self { is_set, ..self }
    }

    /// The first of the annotations; empty: nothing is needed.
    #[must_use]
    pub fn first(&self) -> &'static str {
        self.names.first().copied().unwrap_or_default()
    }

    /// Whether nothing is needed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether a value of one of the annotations does what is needed.
    #[must_use]
    pub fn is_met_by(&self, value: &str) -> bool {
        match self.word {
            "" => !value.is_empty(),
            "true" => value::parse_bool(value) == Some(true),
            word => value.eq_ignore_ascii_case(word),
        }
    }

    /// The annotations and the word as messages have them.
    #[must_use]
    pub fn shown(&self) -> String {
        let one = |name: &&str| match self.word {
            "" => format!("`{name}`"),
            "true" => format!("`{name}: \"true\"`"),
            word => format!("`{name}: {word}`"),
        };
        let names: Vec<String> = self.names.iter().map(one).collect();
        match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            _ => names.concat(),
        }
    }
}

/// Everything that is known of one annotation. Names are without the prefix.
#[derive(Debug)]
pub struct Spec {
    /// The name.
    pub name: &'static str,
    /// Older names; they count where the name is absent or empty.
    pub aliases: &'static [&'static str],
    /// What it does, in one or more sentences.
    pub doc: &'static str,
    /// A value that the controller accepts.
    pub example: &'static str,
    /// How far it reaches.
    pub scope: Scope,
    /// Whether it holds for the whole host, also for paths that other Ingresses declare there.
    pub for_host: bool,
    /// How much harm it can do.
    pub risk: Risk,
    /// The type that the controller reads it as.
    pub kind: Kind,
    /// What the controller checks before it reads the value; never for an empty value.
    pub check: Check,
    /// What was checked before a change, oldest first.
    pub before: &'static [(&'static Change, Check)],
    /// The first release that knows it; none: older than 0.34.
    pub since: Option<Version>,
    /// A release before that which knew it, though the next one did not.
    pub also: Option<Version>,
    /// The first release that no longer knows it; none: the last one does.
    pub gone: Option<Version>,
    /// What a value comes to that the check refuses.
    pub refused: Fate,
    /// What a value comes to that is empty, or that cannot be read where checks are switched off.
    pub unreadable: Fate,
    /// What it has no effect without.
    pub needs: Needs,
    /// Whether who writes it relies on it as a protection of its own.
    pub guards: bool,
    /// Whether it counts on a canary, of which the controller reads little.
    pub on_canary: bool,
    /// The directives of nginx that it governs.
    pub directives: &'static [&'static str],
    /// Who reads the value behind the controller's checks.
    pub fit: Option<Fit>,
    /// What the Gateway API has for it.
    pub gateway: Gateway,
}

impl Spec {
    /// What holds where an entry says nothing else.
    pub(crate) const DEFAULT: Self = Self {
        name: "",
        aliases: &[],
        doc: "",
        example: "",
        scope: Scope::Location,
        for_host: false,
        risk: Risk::Low,
        kind: Kind::Text,
        check: Check::Nothing,
        before: &[],
        since: None,
        also: None,
        gone: None,
        refused: Fate::Ignored,
        unreadable: Fate::Ignored,
        needs: Needs::NOTHING,
        guards: false,
        on_canary: false,
        directives: &[],
        fit: None,
        gateway: gateway::UNJUDGED,
    };

    /// Whether something is open to everybody, or to more than was meant, where the annotation has no effect.
    #[must_use]
    pub fn is_protection(&self) -> bool {
        let opens = |fate| matches!(fate, Fate::FailsOpen | Fate::LocationDenied);
        opens(self.unreadable) || self.refused == Fate::FailsOpen
    }

    /// Whether a release of the controller knows the annotation.
    #[must_use]
    pub fn is_known_to(&self, version: Version) -> bool {
        self.also == Some(version) || self.since.is_none_or(|since| since <= version) && self.gone.is_none_or(|gone| version < gone)
    }

    /// What a release checks before it reads the value.
    #[must_use]
    pub fn check_in(&self, version: Version) -> &Check {
        self.before.iter().find(|(change, _)| !change.holds(version)).map_or(&self.check, |(_, check)| check)
    }

    /// Whether a release accepts a value.
    #[must_use]
    pub fn accepts(&self, value: &str, version: Version) -> bool {
        let check = self.check_in(version);
        if LINE_BREAKS.holds(version) { check.accepts(value) } else { check.accepts_line_breaks(value) }
    }
}

/// The type that an annotation is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// A text.
    Text,
}

/// A type that annotations are read as.
pub trait Value: Sized {
    /// The name of the type.
    const KIND: Kind;

    /// Reads a value as the controller does; none where it cannot.
    fn read(raw: &str) -> Option<Self>;
}

impl Value for bool {
    const KIND: Kind = Kind::Bool;

    fn read(raw: &str) -> Option<Self> {
        value::parse_bool(raw)
    }
}

impl Value for i64 {
    const KIND: Kind = Kind::Int;

    fn read(raw: &str) -> Option<Self> {
        value::parse_int(raw)
    }
}

impl Value for String {
    const KIND: Kind = Kind::Text;

    fn read(raw: &str) -> Option<Self> {
        value::parse_text(raw)
    }
}

/// The entry of an annotation that is read as a `T`: who holds it can read the annotation, and nobody else can.
#[derive(Debug)]
pub struct Key<T> {
    /// What is known of the annotation.
    pub spec: Spec,
    value: PhantomData<fn() -> T>,
}

impl<T: Value> Key<T> {
    /// An entry.
    #[must_use]
    pub(crate) const fn new(spec: Spec) -> Self {
        Self { spec: Spec { kind: T::KIND, ..spec }, value: PhantomData }
    }
}

/// Where values of annotations are read.
pub(crate) trait Source {
    /// Why nothing more is read.
    type Stop;

    /// The value of an annotation, or what applies instead.
    fn or<T: Value + Display>(&mut self, key: &'static Key<T>, default: T) -> Result<T, Self::Stop>;
}

/// Declares the annotations of a feature, each as a typed [`Key`], and the table of them all. Their documentation is text of the
/// catalog. Where the feature is `of` a struct of the IR, an entry may name the field that takes its value as it is read: `fill` does
/// that for all of them, and what applies where nothing is said is what the field holds before.
macro_rules! keys {
    (of $filled:ty;
     $($(#[doc = $doc:literal])+ $key:ident: $type:ty = $name:literal $(=> $place:ident)? { $($field:ident: $value:expr),+ $(,)? })+) => {
        $crate::catalog::key::keys! { $($(#[doc = $doc])+ $key: $type = $name { $($field: $value),+ })+ }

        /// Puts the values of annotations where they belong.
        pub(crate) fn fill<S: $crate::catalog::key::Source>(source: &mut S, filled: &mut $filled) -> Result<(), S::Stop> {
            $($(filled.$place = source.or(&$key, std::mem::take(&mut filled.$place))?;)?)+
            Ok(())
        }
    };
    ($($(#[doc = $doc:literal])+ $key:ident: $type:ty = $name:literal { $($field:ident: $value:expr),+ $(,)? })+) => {
        $(
            $(#[doc = $doc])+
            pub static $key: $crate::catalog::key::Key<$type> = $crate::catalog::key::Key::new($crate::catalog::key::Spec {
                name: $name,
                doc: concat!($($doc),+),
                $($field: $value,)+
                ..$crate::catalog::key::Spec::DEFAULT
            });
        )+

        /// The annotations of this feature.
        pub static KEYS: &[&$crate::catalog::key::Spec] = &[$(&$key.spec),+];
    };
}

pub(crate) use keys;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_risk_is_the_lowest() {
        for (word, expected) in [
            ("Critical", Risk::Critical),
            ("high", Risk::High),
            ("MEDIUM", Risk::Medium),
            ("low", Risk::Low),
            ("none", Risk::Low),
            ("", Risk::Low),
        ] {
            assert_eq!(Risk::of_word(word), expected, "{word}");
        }
    }
}
