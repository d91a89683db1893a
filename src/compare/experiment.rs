//! Which edit of the manifests makes which difference: each is taken back, and made alone, and what that comes to is looked at.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::alike::{Alike, Where};
use super::effects::{Effects, Sample, Texts, print, texts};
use super::supposition::Supposition;
use crate::catalog::{features, settings};
use crate::cause::edits::{self, Edit, Set, What};
use crate::cause::{self, Causes, Query};
use crate::diff::{Change, words};

/// The edits between two sets of manifests, and what each of them does.
pub(super) struct Experiments {
    edits: Vec<Edit>,
    /// Edits that are tried together: where there are very many, those that do the same to different objects.
    groups: Vec<Group>,
    /// The groups whose names govern anything, as the catalog says.
    governing: Vec<usize>,
    /// The annotations of Ingresses that come or go, which can reach paths of others.
    parts: Vec<Part>,
    /// Nothing but the edits tells the sides apart.
    is_all: bool,
    /// They are not too many to be tried.
    are_tried: bool,
}

struct Group {
    alike: Alike,
    /// What is otherwise where the edits are taken back, and where only they are made.
    effects: Option<[Effects; 2]>,
}

impl Group {
    /// Whether the catalog says that what is edited governs a directive.
    fn governs(&self, edits: &[Edit], query: &Query) -> bool {
        self.alike.members().first().is_some_and(|at| governs(&edits[*at], query))
    }
}

/// One annotation of an Ingress that comes or goes as a whole.
struct Part {
    /// The number of the edit of the whole.
    whole: usize,
    edit: Edit,
    /// What comes with it, or goes with it.
    effects: Effects,
}

/// What an edit has to do with a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Blamed {
    /// The number of the edit.
    pub(super) edit: usize,
    /// The number of the annotation in it, where the difference is about another Ingress.
    pub(super) part: Option<usize>,
    /// It was tried, or there is no other.
    pub(super) is_sure: bool,
}

impl Experiments {
    /// Finds the edits and tries them. `is_all`: the sides differ in nothing else, as the release.
    pub(super) fn new<'a>(before: &Sample<'a>, after: &Sample<'a>, supposed: &Supposition, is_all: bool) -> Self {
        let (guesses, edits) = edits::between(before.given, after.given).into_iter().partition::<Vec<_>, _>(|edit| supposed.makes(edit));
        let can_try = |times: usize| [before, after].iter().all(|side| side.affords(times * 2));
        let groups = if can_try(edits.len()) { (0..edits.len()).map(|at| vec![at]).collect() } else { alike(&edits) };
        let are_tried = can_try(groups.len());
        let is_open = groups.len() > 1 || !is_all;
        let of_group = |members: Vec<usize>| {
            let alike = Alike::new(&edits, members);
            let members: Vec<&Edit> = alike.members().iter().map(|at| &edits[*at]).collect();
            let with = |set: Set| members.iter().copied().chain(supposed.with(&guesses, &members, set));
            let effects =
                (is_open && are_tried).then(|| [undone(before, after, with(Set::Before)), made_alone(before, after, with(Set::After))]);
            Group { alike, effects }
        };
        let groups: Vec<Group> = groups.into_par_iter().map(of_group).collect();
        let is_governing = |group: &Group| group.alike.members().first().is_some_and(|at| !directives(&edits[*at]).is_empty());
        let governing = (0..groups.len()).filter(|at| is_governing(&groups[*at])).collect();
        let parts = parts(&edits, before, after);
        Self { edits, groups, governing, parts, is_all, are_tried }
    }

    /// An edit, or the part of it that was blamed.
    pub(super) fn edit(&self, blamed: Blamed) -> &Edit {
        blamed.part.map_or_else(|| &self.edits[blamed.edit], |part| &self.parts[part].edit)
    }

    /// How many edits there are.
    pub(super) fn count(&self) -> usize {
        self.edits.len()
    }

    /// Whether there is anything that could have made a difference.
    pub(super) fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// How many edits are too many to be tried; none where they were, or where only one can be the cause.
    pub(super) fn untried(&self) -> Option<usize> {
        let is_open = self.groups.len() > 1 || !self.is_all;
        (is_open && !self.are_tried && !self.edits.is_empty()).then_some(self.edits.len())
    }

    /// The edit that made a difference; none where it takes several, or something else.
    pub(super) fn blame(&self, file: &'static str, change: &Change, place: &Where) -> Option<Blamed> {
        let blamed = match self.groups.as_slice() {
            [only] if self.is_all => Some(Blamed { edit: place.choose(&self.edits, &only.alike), part: None, is_sure: true }),
            _ => self.of_several(file, change, place),
        };
        blamed.map(|blamed| Blamed { part: self.part(blamed.edit, file, change, place), ..blamed })
    }

    /// The annotation of an Ingress that comes or goes which makes a difference to another one.
    fn part(&self, whole: usize, file: &'static str, change: &Change, place: &Where) -> Option<usize> {
        if place.query.ingress.is_none() || Causes::is_of(&self.edits[whole], place.query.ingress) {
            return None;
        }
        let ((path, name), texts) = (print(change), texts(change));
        let makes =
            |part: &Part| part.effects.of(file, &path, &name).is_some_and(|all| all.iter().any(|found| likeness(found, &texts) > 0));
        let fitting = self.parts.iter().enumerate().filter(|(_, part)| part.whole == whole && makes(part));
        fitting.min_by_key(|(_, part)| part.effects.len()).map(|(at, _)| at)
    }

    /// Where nothing was tried: hosts, paths and Services are those of the Ingress, where its rules are others or it comes or goes.
    fn of_place(&self, change: &Change, place: &Where) -> Option<usize> {
        let alike = self.groups.iter().map(|group| &group.alike).filter(|_| is_of_rules(change));
        let is_of_rules = |at: &&usize| matches!(self.edits[**at].what, What::Rules | What::Object);
        alike.flat_map(|alike| alike.own(&self.edits, place.query)).filter(is_of_rules).max().copied()
    }

    fn of_several(&self, file: &'static str, change: &Change, place: &Where) -> Option<Blamed> {
        let ((path, name), texts) = (print(change), texts(change));
        let tried = self.groups.iter().filter_map(|group| {
            let [undone, alone] = group.effects.as_ref()?;
            let fit = |effects: &Effects| effects.of(file, &path, &name).map(|all| all.iter().map(|found| likeness(found, &texts)).max());
            let fits = [fit(undone), fit(alone)].map(|fit| fit.flatten().unwrap_or_default());
            (fits[0].max(fits[1]) > 0).then_some((fits[0] + fits[1], group.governs(&self.edits, place.query), group, undone.len()))
        });
        let best = tried.max_by(|a, b| (a.0, a.1, b.3).cmp(&(b.0, b.1, a.3)));
        if let Some((_, _, group, _)) = best {
            return Some(Blamed { edit: place.choose(&self.edits, &group.alike), part: None, is_sure: true });
        }
        if self.groups.iter().any(|group| group.effects.is_some()) {
            return None;
        }
        // Nothing was tried: what is left is the likeness of names.
        let governing = self.governing.iter().map(|at| &self.groups[*at]);
        let likely = || governing.clone().filter(|group| group.governs(&self.edits, place.query)).map(|group| &group.alike);
        let own = likely().flat_map(|alike| alike.own(&self.edits, place.query)).filter(|at| place.reaches(&self.edits[**at])).max();
        let reaching = || likely().filter_map(|alike| alike.reaching(&self.edits, place)).map(|ends| ends.last).max();
        let edit = own.copied().or_else(reaching).or_else(|| self.of_place(change, place))?;
        Some(Blamed { edit, part: None, is_sure: false })
    }
}

/// Whether a change is about who is served and by which Service.
fn is_of_rules(change: &Change) -> bool {
    words::family(change).is_some() || change.is_block() && ["server ", "location "].iter().any(|word| change.name.starts_with(word))
}

/// The annotations of Ingresses that come or go, each taken away; none where they are too many.
fn parts<'a>(edits: &[Edit], before: &Sample<'a>, after: &Sample<'a>) -> Vec<Part> {
    let whole = edits.iter().enumerate().filter(|(_, edit)| edit.what == What::Object);
    let all: Vec<(usize, &Sample, Edit)> = whole
        .flat_map(|(at, edit)| {
            let side = if edit.after.is_some() { after } else { before };
            edit.annotations(side.given).into_iter().map(move |part| (at, side, part))
        })
        .collect();
    if ![before, after].iter().all(|side| side.affords(all.len())) {
        return Vec::new();
    }
    let tried = all.into_par_iter().map(|(whole, side, edit)| {
        let without = side.changed([&edit], Set::Before, side.given);
        let is_gone = edit.after.is_none();
        let effects = if is_gone { side.effects(side.written(), &without) } else { side.effects(&without, side.written()) };
        Part { whole, edit, effects }
    });
    tried.collect()
}

/// The edits that do the same to different objects.
fn alike(edits: &[Edit]) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, edit) in edits.iter().enumerate() {
        groups.entry(edit.signature()).or_default().push(at);
    }
    groups.into_values().collect()
}

/// Whether the catalog says that what is edited governs a directive.
pub(super) fn governs(edit: &Edit, query: &Query) -> bool {
    cause::governs(directives(edit), query.name)
}

/// How many directives an edit governs, where a certain one is among them.
pub(super) fn scope(edit: &Edit, name: &str) -> Option<usize> {
    let all = directives(edit);
    cause::governs(all, name).then_some(all.len())
}

/// The directives that it governs.
fn directives(edit: &Edit) -> &'static [&'static str] {
    let known = match edit.what {
        What::Annotation => features::find(&edit.short_name()).map(|spec| spec.directives),
        What::Key => settings::find(&edit.name()).map(|setting| setting.directives),
        What::Argument(_) | What::Rules | What::Field | What::Object => None,
    };
    known.unwrap_or_default()
}

/// What differs where edits are taken back.
fn undone<'e>(before: &Sample, after: &Sample, edits: impl Iterator<Item = &'e Edit>) -> Effects {
    after.effects(&after.changed(edits, Set::Before, before.given), after.written())
}

/// What differs where only these edits are made.
fn made_alone<'e>(before: &Sample, after: &Sample, edits: impl Iterator<Item = &'e Edit>) -> Effects {
    before.effects(before.written(), &before.changed(edits, Set::After, after.given))
}

/// How many sides are the same.
fn likeness(one: &Texts, other: &Texts) -> u8 {
    u8::from(one[0] == other[0]) + u8::from(one[1] == other[1])
}
