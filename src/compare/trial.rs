//! One name that is taken away from manifests or added to them, and how well that explains a difference.

use std::cmp::Reverse;

use super::alike::Alike;
use super::effects::{Effects, print, texts};
use crate::cause::edits::{Edit, What};
use crate::diff::{Change, Kind};

/// One annotation of all Ingresses, one key or one argument.
pub(super) struct Trial {
    /// What is taken away or added.
    pub(super) edits: Vec<Edit>,
    /// The same, as they are looked for.
    pub(super) alike: Alike,
    /// What differs without it, or with it.
    pub(super) effects: Effects,
    /// What differs where it has another value; none where nobody knows another one.
    pub(super) varied: Option<Effects>,
    /// What differs where nothing else is there; none where nobody asks.
    pub(super) alone: Option<Effects>,
    /// What differs where it has a value that the other side seems to have.
    pub(super) guessed: Vec<Guess>,
    /// How many of the differences it can have made.
    pub(super) covered: usize,
    /// How many blocks that only the other side has would be as they are there, to the last word in them.
    pub(super) restored: usize,
    /// How many Ingresses the differences are about that it can have made.
    pub(super) owners: usize,
}

/// What differs with one value, and how many of the differences are these.
pub(super) struct Guess {
    pub(super) effects: Effects,
    pub(super) covered: usize,
    pub(super) restored: usize,
}

impl Guess {
    pub(super) fn new(effects: Effects) -> Self {
        Self { effects, covered: 0, restored: 0 }
    }

    /// Whether it makes a difference to the letter.
    pub(super) fn makes(&self, seen: &Seen, own: usize) -> bool {
        let found = self.effects.of(seen.file, &seen.path, &seen.name);
        found.is_some_and(|all| all.iter().any(|texts| texts[1] == seen.texts[own] && texts[0] == seen.texts[1 - own]))
    }

    fn rank(&self, seen: &Seen, own: usize) -> Option<Rank> {
        let of_all = self.covered * ALL / self.effects.len().max(1);
        let within = || Reverse(self.effects.within(seen.file, &seen.path));
        self.makes(seen, own).then(|| (true, of_all.min(ALL), false, self.covered, self.restored, within()))
    }
}

/// Of a thousand differences that a name makes, all are seen.
pub(super) const ALL: usize = 1000;

/// How well a name explains a difference: it makes both texts, how much of what it does is seen, whether its value is in the text that
/// differs, how many of the differences it explains, how many blocks it brings back as they were, and how little else it does there.
pub(super) type Rank = (bool, usize, bool, usize, usize, Reverse<usize>);

impl Trial {
    pub(super) fn new(edits: Vec<Edit>, effects: Effects) -> Self {
        let alike = Alike::new(&edits, (0..edits.len()).collect());
        Self { edits, alike, effects, varied: None, alone: None, guessed: Vec::new(), covered: 0, restored: 0, owners: 0 }
    }

    /// Whether it makes a directive otherwise, which would be there all the same.
    pub(super) fn alters(&self, path: &str, name: &str, text: &str) -> bool {
        let all = [Some(&self.effects), self.alone.as_ref()];
        let found = all.into_iter().flatten().filter_map(|effects| effects.of("nginx.conf", path, name)).flatten();
        found.into_iter().any(|texts| texts[0].is_some() && texts[1].as_deref() == Some(text))
    }

    /// Whether it can have made a difference; whether with it, or without it, there would be none.
    pub(super) fn fits(&self, seen: &Seen, own: usize) -> Option<bool> {
        if self.guessed.iter().any(|guess| guess.makes(seen, own)) {
            return Some(true);
        }
        self.fits_at_all(seen, own)
    }

    /// The same, with the values that are there.
    pub(super) fn fits_at_all(&self, seen: &Seen, own: usize) -> Option<bool> {
        let found = self.effects.of(seen.file, &seen.path, &seen.name)?;
        // In effects, the side stands behind.
        let (mine, other) = (&seen.texts[own], &seen.texts[1 - own]);
        let fitting: Vec<bool> = found.iter().filter(|texts| texts[1] == *mine).map(|texts| texts[0] == *other).collect();
        let is_exact = fitting.iter().any(|is_exact| *is_exact);
        let can_vary = || self.varied.as_ref().is_none_or(|varied| varied.of(seen.file, &seen.path, &seen.name).is_some());
        (!fitting.is_empty() && (is_exact || seen.kind != Kind::Changed || can_vary())).then_some(is_exact)
    }

    pub(super) fn rank(&self, seen: &Seen, own: usize) -> Option<Rank> {
        let guessed = self.guessed.iter().filter_map(|guess| guess.rank(seen, own)).max();
        self.rank_at_all(seen, own).max(guessed)
    }

    fn rank_at_all(&self, seen: &Seen, own: usize) -> Option<Rank> {
        let is_exact = self.fits_at_all(seen, own)?;
        let effects = self.varied.as_ref().filter(|_| !is_exact && seen.kind == Kind::Changed).unwrap_or(&self.effects);
        let seen_of_all = self.covered * ALL / effects.len().max(1);
        let shows = self.edits.first().and_then(Edit::text).is_some_and(|value| seen.is_where_they_differ(value, own));
        Some((is_exact, seen_of_all.min(ALL), shows, self.covered, self.restored, Reverse(effects.within(seen.file, &seen.path))))
    }

    /// Whether all that it does is among the differences.
    pub(super) fn is_all_seen(&self) -> bool {
        self.covered >= self.effects.len() || self.guessed.iter().any(|guess| guess.covered >= guess.effects.len())
    }

    /// Whether it can be what is missing: what holds everywhere and would change much that is as it was is not.
    pub(super) fn can_be_missing(&self) -> bool {
        let is_everywhere = self.edits.first().is_some_and(|edit| matches!(edit.what, What::Argument(_) | What::Key));
        let is_seen = |covered: usize, effects: &Effects| 2 * covered >= effects.len();
        !is_everywhere || is_seen(self.covered, &self.effects) || self.guessed.iter().any(|guess| is_seen(guess.covered, &guess.effects))
    }
}

/// A difference as far as it matters here.
pub(super) struct Seen {
    pub(super) file: &'static str,
    pub(super) path: String,
    pub(super) name: String,
    kind: Kind,
    texts: [Option<String>; 2],
    inside: [Option<u64>; 2],
    /// Namespace and name of the Ingress whose location it is in.
    pub(super) owner: Option<(String, String)>,
}

impl Seen {
    pub(super) fn of(file: &'static str, change: &Change) -> Self {
        let (path, name) = print(change);
        let inside = [&change.before, &change.after].map(|side| side.as_ref()?.inside);
        let targets = change.place.after.iter().chain(&change.place.before);
        let owner =
            targets.filter(|target| !target.ingress.is_empty()).map(|target| (target.namespace.clone(), target.ingress.clone())).next();
        Self { file, path, name, kind: change.kind, texts: texts(change), inside, owner }
    }

    /// Whether the catalog says that a name with such directives may have to do with it.
    pub(super) fn may_come_from(&self, directives: &[&str]) -> bool {
        match self.file {
            "nginx.conf" => directives.iter().any(|directive| self.is_about(directive)),
            _ => directives.is_empty(),
        }
    }

    /// Whether an entry of the catalog is about its directive, or about the block around it.
    fn is_about(&self, directive: &str) -> bool {
        fn word(text: &str) -> &str {
            text.split(' ').next().unwrap_or_default()
        }
        let around = self.path.rsplit('\n').next().unwrap_or_default();
        word(directive) == word(&self.name) || word(directive) == word(around)
    }

    /// Whether only the other side has it.
    pub(super) fn is_lost(&self, own: usize) -> bool {
        self.texts[own].is_none()
    }

    /// Whether it is a block that only the other side has, and that a state has with the same words in it.
    pub(super) fn is_restored(&self, effects: &Effects, own: usize) -> bool {
        self.texts[own].is_none() && self.inside[1 - own].is_some_and(|inside| effects.has_block(&self.path, inside))
    }

    /// The text of one of the sides.
    pub(super) fn text(&self, side: usize) -> Option<&str> {
        self.texts[side].as_deref()
    }

    /// Whether a value is in the text of one side alone.
    fn is_where_they_differ(&self, value: &str, own: usize) -> bool {
        let has = |side: usize| self.texts[side].as_deref().is_some_and(|text| text.contains(value));
        !value.is_empty() && has(own) && !has(1 - own)
    }
}
