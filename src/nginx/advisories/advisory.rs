//! What is known of a fault of nginx.

use super::block::{Block, Found};

/// A version of nginx, as `(1, 27, 1)`.
pub type Version = (u16, u16, u16);

/// A fault of nginx that was published.
#[derive(Debug)]
pub struct Advisory {
    /// The names under which it was published.
    pub ids: &'static [&'static str],
    /// What happens, in words that follow "there".
    pub what: &'static str,
    /// What that costs.
    pub cost: Cost,
    /// Who makes it happen.
    pub attacker: Attacker,
    /// The configuration that it takes, in a sentence.
    pub reached_by: &'static str,
    /// What to write instead, where that is in the hands of whoever writes the configuration; empty: update.
    pub cure: &'static str,
    /// The first version that has it.
    pub since: Version,
    /// The first version of each line that is free of it, oldest first. Lines between them have it.
    pub fixed: &'static [Version],
    /// Where that is known from.
    pub source: &'static str,
    /// How it was confirmed which configuration reaches it.
    pub confirmed: Confirmed,
    /// What is not looked at; empty: nothing that is known.
    pub beyond: &'static str,
    /// Looks for it.
    pub(super) judge: Option<Judge>,
    /// What stands in `http` of a configuration that reaches it, and of one that does not.
    pub examples: &'static [(&'static str, bool)],
}

/// Who looks for a fault in blocks that hold certain directives.
#[derive(Debug)]
pub(super) struct Judge {
    /// The directives without which a block is not looked at; none: it looks at the text of all.
    pub(super) directives: &'static [&'static str],
    pub(super) look: for<'b, 't> fn(&Block<'b, 't>) -> Vec<Found<'t>>,
}

/// What a fault costs, as bands of the usual numbers from 0 to 10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cost {
    /// Somebody waits or is turned away, or learns what matters little.
    Nuisance,
    /// The memory of other requests is read, or answers are mixed up.
    Disclosure,
    /// What protects is passed.
    Bypass,
    /// Memory is written: nginx ends, or runs what others bring.
    Memory,
}

/// Who makes a fault happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attacker {
    /// Whoever may send a request.
    Client,
    /// Whoever holds a backend, or stands before it.
    Backend,
    /// Whoever answers questions for names.
    Resolver,
}

/// How it was confirmed which configuration reaches a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// An nginx that has it was run with configurations of either kind, and watched.
    Run,
    /// The change that put it right was read.
    Read,
    /// Nothing but what was published is known.
    Told,
}

impl Advisory {
    /// The first of its names.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.ids.first().copied().unwrap_or_default()
    }

    /// Whether a version of nginx has it.
    #[must_use]
    pub fn concerns(&self, version: Version) -> bool {
        let line = |version: Version| (version.0, version.1);
        let own = self.fixed.iter().find(|fixed| line(**fixed) == line(version));
        version >= self.since && own.or(self.fixed.last()).is_none_or(|fixed| version < *fixed)
    }

    /// Whether it can be seen in a configuration whether it is reached.
    #[must_use]
    pub fn is_judged(&self) -> bool {
        self.judge.is_some()
    }
}

impl Cost {
    /// The number, from 0 to 10.
    #[must_use]
    pub fn score(self) -> &'static str {
        match self {
            Self::Nuisance => "4.0",
            Self::Disclosure => "6.5",
            Self::Bypass => "7.5",
            Self::Memory => "9.2",
        }
    }

    /// The same in words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Nuisance => "nuisance",
            Self::Disclosure => "disclosure",
            Self::Bypass => "bypass",
            Self::Memory => "memory",
        }
    }
}

impl Attacker {
    /// Who that is, in words.
    #[must_use]
    pub fn who(self) -> &'static str {
        match self {
            Self::Client => "whoever may send a request",
            Self::Backend => "whoever holds a backend or stands before it",
            Self::Resolver => "whoever answers for names",
        }
    }
}

impl Confirmed {
    /// How, in a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Read => "read in the fix",
            Self::Told => "as published",
        }
    }
}
