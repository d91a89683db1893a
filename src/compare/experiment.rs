//! Which edit of the manifests makes which difference: each is taken back, and made alone, and what that comes to is looked at.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::effects::{Effects, Sample, Texts, print, texts};
use crate::cause::edits::{self, Edit, Set, What};
use crate::cause::{Causes, Query, governs_annotation, governs_key};
use crate::diff::Change;

/// The edits between two sets of manifests, and what each of them does.
pub(super) struct Experiments {
    edits: Vec<Edit>,
    /// Edits that are tried together: where there are very many, those that do the same to different objects.
    groups: Vec<Group>,
    /// The annotations of Ingresses that come or go, which can reach paths of others.
    parts: Vec<Part>,
    /// Nothing but the edits tells the sides apart.
    is_all: bool,
}

struct Group {
    members: Vec<usize>,
    /// What is otherwise where the edits are taken back, and where only they are made.
    effects: Option<[Effects; 2]>,
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
    pub(super) fn new(before: &Sample, after: &Sample, is_all: bool) -> Self {
        let edits = edits::between(before.given, after.given);
        let can_try = |times: usize| [before, after].iter().all(|side| side.affords(times * 2));
        let groups = if can_try(edits.len()) { (0..edits.len()).map(|at| vec![at]).collect() } else { alike(&edits) };
        let are_tried = (groups.len() > 1 || !is_all) && can_try(groups.len());
        let of_group = |members: Vec<usize>| {
            let members_of = || members.iter().map(|at| &edits[*at]);
            let effects = are_tried.then(|| [undone(before, after, members_of()), made_alone(before, after, members_of())]);
            Group { members, effects }
        };
        let groups = groups.into_par_iter().map(of_group).collect();
        let parts = parts(&edits, before, after);
        Self { edits, groups, parts, is_all }
    }

    /// An edit, or the part of it that was blamed.
    pub(super) fn edit(&self, blamed: Blamed) -> &Edit {
        blamed.part.map_or_else(|| &self.edits[blamed.edit], |part| &self.parts[part].edit)
    }

    /// Whether there is anything that could have made a difference.
    pub(super) fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// The edit that made a difference; none where it takes several, or something else.
    pub(super) fn blame(&self, file: &'static str, change: &Change, place: &Where) -> Option<Blamed> {
        let blamed = match self.groups.as_slice() {
            [only] if self.is_all => Some(Blamed { edit: place.choose(&self.edits, &only.members), part: None, is_sure: true }),
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

    fn of_several(&self, file: &'static str, change: &Change, place: &Where) -> Option<Blamed> {
        let ((path, name), texts) = (print(change), texts(change));
        let tried = self.groups.iter().filter_map(|group| {
            let [undone, alone] = group.effects.as_ref()?;
            let fit = |effects: &Effects| effects.of(file, &path, &name).map(|all| all.iter().map(|found| likeness(found, &texts)).max());
            let fits = [fit(undone), fit(alone)].map(|fit| fit.flatten().unwrap_or_default());
            (fits[0].max(fits[1]) > 0).then_some((
                fits[0] + fits[1],
                governs(&self.edits[group.members[0]], place.query),
                group,
                undone.len(),
            ))
        });
        let best = tried.max_by(|a, b| (a.0, a.1, b.3).cmp(&(b.0, b.1, a.3)));
        if let Some((_, _, group, _)) = best {
            return Some(Blamed { edit: place.choose(&self.edits, &group.members), part: None, is_sure: true });
        }
        if self.groups.iter().any(|group| group.effects.is_some()) {
            return None;
        }
        let is_likely = |edit: &Edit| place.reaches(edit) && governs(edit, place.query);
        let is_own = |edit: &Edit| Causes::is_of(edit, place.query.ingress) && is_likely(edit);
        let own = self.edits.iter().rposition(is_own);
        let edit = own.or_else(|| self.edits.iter().rposition(is_likely))?;
        Some(Blamed { edit, part: None, is_sure: false })
    }
}

/// The annotations of Ingresses that come or go, each taken away; none where they are too many.
fn parts(edits: &[Edit], before: &Sample, after: &Sample) -> Vec<Part> {
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
        let effects = if is_gone { side.effects(side.written, &without) } else { side.effects(&without, side.written) };
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

/// Where a difference is.
pub(super) struct Where<'q, 'c> {
    pub(super) query: &'q Query<'q>,
    pub(super) causes: [Option<&'q Causes<'c>>; 2],
    /// The object that seems to be its cause.
    pub(super) likely: Option<&'q crate::diagnostic::ObjectRef>,
}

impl Where<'_, '_> {
    fn reaches(&self, edit: &Edit) -> bool {
        self.causes.iter().flatten().any(|causes| causes.reaches(edit, self.query.host))
    }

    /// Of edits that do the same to different objects, the one whose object is the nearest: that of the Ingress, else the likely one, else
    /// the first that reaches the place. There may be thousands, for each of thousands of differences: few are looked at closely.
    pub(super) fn choose(&self, edits: &[Edit], members: &[usize]) -> usize {
        let is_likely = |edit: &Edit| self.likely.is_some() && edit.object.as_ref() == self.likely;
        let is_near = |edit: &Edit| Causes::is_of(edit, self.query.ingress) || is_likely(edit);
        let near = members.iter().copied().filter(|at| is_near(&edits[*at]));
        let nearest = near.max_by_key(|at| {
            let edit = &edits[*at];
            (Causes::is_of(edit, self.query.ingress), is_likely(edit), self.reaches(edit), std::cmp::Reverse(*at))
        });
        let first = || members.iter().copied().find(|at| self.reaches(&edits[*at])).or(members.first().copied());
        nearest.or_else(first).unwrap_or_default()
    }
}

/// Whether the catalog says that what is edited governs a directive.
pub(super) fn governs(edit: &Edit, query: &Query) -> bool {
    match edit.what {
        What::Annotation => governs_annotation(&edit.name(), query.name),
        What::Key => governs_key(&edit.name(), query.name),
        What::Argument(_) | What::Rules | What::Field | What::Object => false,
    }
}

/// What differs where edits are taken back.
fn undone<'e>(before: &Sample, after: &Sample, edits: impl Iterator<Item = &'e Edit>) -> Effects {
    after.effects(&after.changed(edits, Set::Before, before.given), after.written)
}

/// What differs where only these edits are made.
fn made_alone<'e>(before: &Sample, after: &Sample, edits: impl Iterator<Item = &'e Edit>) -> Effects {
    before.effects(before.written, &before.changed(edits, Set::After, after.given))
}

/// How many sides are the same.
fn likeness(one: &Texts, other: &Texts) -> u8 {
    u8::from(one[0] == other[0]) + u8::from(one[1] == other[1])
}
