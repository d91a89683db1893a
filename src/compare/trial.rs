//! One name that is taken away from manifests or added to them, and how well that explains a difference.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use hashbrown::HashSet;

use super::alike::Alike;
use super::effects::Effects;
use super::seen::Seen;
use crate::cause::edits::{Edit, What};
use crate::diagnostic::ObjectRef;
use crate::diff::Kind;

/// One annotation of all Ingresses, one key or one argument.
pub(super) struct Trial {
    /// What is taken away or added.
    pub(super) edits: Vec<Edit>,
    /// The same, as they are looked for.
    pub(super) alike: Alike,
    /// What differs without it, or with it.
    pub(super) effects: Effects,
    /// What differs where it has another value; none where nobody knows another one.
    pub(super) varied: Option<Guess>,
    /// What differs where nothing else is there; none where nobody asks.
    pub(super) alone: Option<Effects>,
    /// What differs where it has a value that the other side seems to have.
    pub(super) guessed: Vec<Guess>,
    /// How that fits the differences.
    pub(super) fit: Fit,
    /// Several objects have it, or would, and each can be the only one.
    pub(super) is_spread: bool,
    /// How many Ingresses the differences are about that it can have made.
    pub(super) owners: usize,
}

/// What differs with one value, and how that fits the differences.
pub(super) struct Guess {
    pub(super) effects: Effects,
    pub(super) fit: Fit,
    /// The object that has the value, where others could have it too.
    pub(super) only: Option<ObjectRef>,
}

impl Guess {
    pub(super) fn new(effects: Effects) -> Self {
        Self { effects, fit: Fit::default(), only: None }
    }

    /// Whether it makes a difference to the letter.
    pub(super) fn makes(&self, seen: &Seen, own: usize) -> bool {
        seen.likeness(&self.effects, own) == Some(true)
    }

    fn rank(&self, seen: &Seen, own: usize) -> Option<Rank> {
        let within = || Reverse(self.effects.within(seen.file, &seen.path));
        self.makes(seen, own).then(|| (true, self.fit.gains(), false, self.fit.covered, within()))
    }
}

/// How what a change does fits all differences.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Fit {
    /// How many of the differences it can have made.
    covered: usize,
    /// How many fewer differences there would be with it. What it does and nobody sees is one more.
    gain: i64,
    /// The same where all objects have it.
    whole: i64,
    /// All that it does is seen where all objects have it, where only some need have it, or half of it.
    is_whole: bool,
    is_all: bool,
    is_half: bool,
    /// It makes differences to the letter, and does nothing else.
    is_clean: bool,
}

impl Fit {
    fn gains(&self) -> [i64; 2] {
        [self.gain, self.whole]
    }

    /// Of what differs with one value. `is_spread`: several objects have it, each of which can be the only one.
    pub(super) fn of(effects: &Effects, seen: &[Seen], own: usize, is_spread: bool) -> Self {
        let alike: Vec<(&Seen, bool)> = seen.iter().filter_map(|seen| Some((seen, seen.likeness(effects, own)?))).collect();
        let made = alike.iter().filter(|(seen, is_exact)| *is_exact && seen.is_as_there(effects, own)).count();
        let parts = || alike.iter().map(|(seen, _)| seen.part.as_str()).collect::<BTreeSet<_>>();
        let all = if is_spread { parts().into_iter().map(|part| effects.in_part(part)).sum() } else { effects.len() };
        let (covered, len) = (alike.len(), effects.len());
        let gain = |all: usize| signed(made + covered) - signed(all);
        let [is_whole, is_all, is_half] = [covered >= len, covered >= all, 2 * covered >= all];
        let is_clean = made == len && made > 0;
        Self { covered, gain: gain(all), whole: gain(len), is_whole, is_all, is_half, is_clean }
    }
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// How well a name explains a difference: it makes both texts, how many differences would be left with it, on the objects that need
/// have it and on all, whether its value is in the text that differs, how many of the differences it explains, and how little else it
/// does there.
pub(super) type Rank = (bool, [i64; 2], bool, usize, Reverse<usize>);

impl Trial {
    pub(super) fn new(edits: Vec<Edit>, effects: Effects) -> Self {
        let alike = Alike::new(&edits, (0..edits.len()).collect());
        Self { edits, alike, effects, varied: None, alone: None, guessed: Vec::new(), fit: Fit::default(), is_spread: false, owners: 0 }
    }

    /// Looks at how all that was tried fits the differences.
    pub(super) fn weigh(&mut self, seen: &[Seen], own: usize) {
        self.fit = Fit::of(&self.effects, seen, own, self.is_spread);
        for guess in self.guessed.iter_mut().chain(&mut self.varied) {
            guess.fit = Fit::of(&guess.effects, seen, own, self.is_spread);
        }
        let owners = seen.iter().filter(|seen| self.fits(seen, own).is_some()).filter_map(|seen| seen.owner.as_ref());
        self.owners = owners.collect::<HashSet<_>>().len();
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
        let is_exact = seen.likeness(&self.effects, own)?;
        let can_vary = || self.varied.as_ref().is_none_or(|varied| varied.effects.of(seen.file, &seen.path, &seen.name).is_some());
        (is_exact || seen.kind != Kind::Changed || can_vary()).then_some(is_exact)
    }

    pub(super) fn rank(&self, seen: &Seen, own: usize) -> Option<Rank> {
        let guessed = self.guessed.iter().filter_map(|guess| guess.rank(seen, own)).max();
        self.rank_at_all(seen, own).max(guessed)
    }

    fn rank_at_all(&self, seen: &Seen, own: usize) -> Option<Rank> {
        let is_exact = self.fits_at_all(seen, own)?;
        let varied = self.varied.as_ref().filter(|_| !is_exact && seen.kind == Kind::Changed);
        let (effects, fit) = varied.map_or((&self.effects, &self.fit), |varied| (&varied.effects, &varied.fit));
        let shows = self.edits.first().and_then(Edit::text).is_some_and(|value| seen.is_where_they_differ(value, own));
        Some((is_exact, fit.gains(), shows, fit.covered, Reverse(effects.within(seen.file, &seen.path))))
    }

    /// How all values that were tried fit the differences.
    fn fits_of_all(&self) -> impl Iterator<Item = &Fit> {
        std::iter::once(&self.fit).chain(self.guessed.iter().map(|guess| &guess.fit))
    }

    /// What was tried that makes differences to the letter, and does nothing else: the object that it was tried on, where it
    /// was one of several.
    pub(super) fn clean(&self) -> impl Iterator<Item = (Option<&ObjectRef>, &Effects)> {
        let usual = Some((None, &self.effects)).filter(|_| self.fit.is_clean);
        usual.into_iter().chain(self.guessed.iter().filter(|guess| guess.fit.is_clean).map(|guess| (guess.only.as_ref(), &guess.effects)))
    }

    /// How many of the differences it can have made.
    pub(super) fn covered(&self) -> usize {
        self.fits_of_all().map(|fit| fit.covered).max().unwrap_or_default()
    }

    /// Whether all that it does is among the differences.
    pub(super) fn is_all_seen(&self) -> bool {
        self.fits_of_all().any(|fit| fit.is_all)
    }

    /// Whether all that it does is among the differences, and a difference is made to the letter.
    pub(super) fn is_clear_of(&self, seen: &Seen, own: usize) -> bool {
        let usual = (&self.effects, &self.fit);
        let all = std::iter::once(usual).chain(self.guessed.iter().map(|guess| (&guess.effects, &guess.fit)));
        all.into_iter().any(|(effects, fit)| fit.is_whole && seen.is_made(effects, own))
    }

    /// Whether it makes a difference to the letter, and all that it does is among the differences.
    pub(super) fn is_clear(&self, seen: &Seen, own: usize) -> bool {
        let is_guess = |guess: &Guess| guess.fit.is_all && guess.makes(seen, own);
        (self.fit.is_all && self.fits_at_all(seen, own) == Some(true)) || self.guessed.iter().any(is_guess)
    }

    /// Whether it is a key of the ConfigMap.
    pub(super) fn is_of_key(&self) -> bool {
        self.edits.first().is_some_and(|edit| edit.what == What::Key)
    }

    /// Whether it can be what is missing: what holds everywhere and would change much that is as it was is not.
    pub(super) fn can_be_missing(&self) -> bool {
        let is_everywhere = self.edits.first().is_some_and(|edit| matches!(edit.what, What::Argument(_) | What::Key));
        !is_everywhere || self.fits_of_all().any(|fit| fit.is_half)
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::diagnostic::ObjectRef;
    use crate::source::FileId;
    use crate::{conf, diff};

    /// The differences from one configuration to another.
    fn report(before: &str, after: &str) -> diff::Report {
        let [before, after] = [before, after].map(|text| conf::parse(FileId(0), text).value);
        diff::compare(&after, &before)
    }

    /// How it fits the differences of a configuration that runs from the own one, that the own one would be another.
    fn fit(running: &str, own: &str, other: &str, is_spread: bool) -> (i64, bool, bool) {
        let seen: Vec<Seen> = report(running, own).changes.iter().map(|change| Seen::of("nginx.conf", change)).collect();
        let mut effects = Effects::default();
        effects.note("nginx.conf", report(other, own));
        let fit = Fit::of(&effects, &seen, 1, is_spread);
        (fit.gain, fit.is_all, fit.is_half)
    }

    fn hosts(one: &str, two: &str) -> String {
        format!("http {{ server {{ server_name one; {one} }} server {{ server_name two; {two} }} }}")
    }

    #[test]
    fn what_would_be_left_over_says_how_well_a_change_fits() {
        let own = hosts("a 1; b 1;", "a 1;");
        for (running, other, is_spread, expected, why) in [
            (hosts("a 2; b 2;", "a 1;"), hosts("a 2; b 2;", "a 1;"), false, (2, true, true), "both differences are gone"),
            (hosts("a 2; b 2;", "a 1;"), hosts("a 2; b 1;", "a 1;"), false, (1, true, true), "one is gone"),
            (hosts("a 2; b 2;", "a 1;"), hosts("a 3; b 3;", "a 1;"), false, (0, true, true), "each has another value"),
            (hosts("a 2; b 1;", "a 1;"), hosts("a 2; b 2;", "a 1;"), false, (0, false, true), "one is gone, and another is there"),
            (hosts("a 2; b 1;", "a 1;"), hosts("a 2; b 2;", "a 2;"), false, (-1, false, false), "and two others are there"),
            (hosts("a 2; b 1;", "a 1;"), hosts("a 2; b 1;", "a 2;"), true, (1, true, true), "of several objects only one need have it"),
            (hosts("c { d; }", "a 1;"), hosts("c { e; }", "a 1;"), false, (2, true, true), "a block with other words is another one"),
        ] {
            assert_eq!(fit(&running, &own, &other, is_spread), expected, "{why}");
        }
    }

    #[test]
    fn what_holds_everywhere_is_missing_only_where_half_of_it_is_seen() {
        let object = |kind: &str| ObjectRef { kind: kind.to_owned(), namespace: String::from("d"), name: String::from("o") };
        let (key, annotation) = (Edit::key(&object("ConfigMap"), "k", "x"), Edit::annotation(&object("Ingress"), "a/b", "x"));
        let own = hosts("a 1; b 1;", "a 1;");
        let one = hosts("a 2; b 1;", "a 1;");
        for (edit, other, expected) in [
            (&key, hosts("a 2; b 2;", "a 1;"), true),
            (&key, hosts("a 2; b 2;", "a 2;"), false),
            (&Edit::argument("http-port"), hosts("a 2; b 2;", "a 2;"), false),
            (&annotation, hosts("a 2; b 2;", "a 2;"), true),
        ] {
            let seen: Vec<Seen> = report(&one, &own).changes.iter().map(|change| Seen::of("nginx.conf", change)).collect();
            let mut effects = Effects::default();
            effects.note("nginx.conf", report(&other, &own));
            let mut trial = Trial::new(vec![edit.clone()], effects);
            trial.weigh(&seen, 1);
            assert_eq!(trial.can_be_missing(), expected, "{edit:?} {other}");
        }
    }
}
