//! Which edit of the manifests makes which difference: each is taken back, and made alone, and what that comes to is looked at.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::effects::{Effects, Texts, affordable, print, texts};
use super::side::Declared;
use crate::cause::edits::{self, Edit, Set, What};
use crate::cause::{Causes, Query, governs_annotation, governs_key};
use crate::diff::Change;

/// The edits between two sets of manifests, and what each of them does.
pub(super) struct Experiments {
    edits: Vec<Edit>,
    /// Edits that are tried together: where there are very many, those that do the same to different objects.
    groups: Vec<Group>,
    /// Nothing but the edits tells the sides apart.
    is_all: bool,
}

struct Group {
    members: Vec<usize>,
    /// What is otherwise where the edits are taken back, and where only they are made.
    effects: Option<[Effects; 2]>,
}

/// What an edit has to do with a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Blamed {
    /// The number of the edit.
    pub(super) edit: usize,
    /// It was tried, or there is no other.
    pub(super) is_sure: bool,
}

impl Experiments {
    /// Finds the edits and tries them. `is_all`: the sides differ in nothing else, as the release.
    pub(super) fn new(before: &Declared, after: &Declared, is_all: bool) -> Self {
        let edits = edits::between(before.given(), after.given());
        let can_try = |times: usize| [before, after].iter().all(|side| affordable(times * 2, side));
        let groups = if can_try(edits.len()) { (0..edits.len()).map(|at| vec![at]).collect() } else { alike(&edits) };
        let are_tried = (groups.len() > 1 || !is_all) && can_try(groups.len());
        let of_group = |members: Vec<usize>| {
            let members_of = || members.iter().map(|at| &edits[*at]);
            let effects = are_tried.then(|| [undone(before, after, members_of()), made_alone(before, after, members_of())]);
            Group { members, effects }
        };
        let groups = groups.into_par_iter().map(of_group).collect();
        Self { edits, groups, is_all }
    }

    /// An edit.
    pub(super) fn edit(&self, number: usize) -> &Edit {
        &self.edits[number]
    }

    /// Whether there is anything that could have made a difference.
    pub(super) fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// The edit that made a difference; none where it takes several, or something else.
    pub(super) fn blame(&self, file: &'static str, change: &Change, place: &Where) -> Option<Blamed> {
        let [only] = self.groups.as_slice() else { return self.of_several(file, change, place) };
        if self.is_all {
            return Some(Blamed { edit: place.choose(&self.edits, &only.members), is_sure: true });
        }
        self.of_several(file, change, place)
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
            return Some(Blamed { edit: place.choose(&self.edits, &group.members), is_sure: true });
        }
        if self.groups.iter().any(|group| group.effects.is_some()) {
            return None;
        }
        let in_reach = |edit: &&Edit| place.reaches(edit);
        let likely = self.edits.iter().enumerate().filter(|(_, edit)| in_reach(edit) && governs(edit, place.query));
        let (edit, _) = likely.max_by_key(|(_, edit)| Causes::is_of(edit, place.query.ingress))?;
        Some(Blamed { edit, is_sure: false })
    }
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

    /// Of edits that do the same to different objects, the one whose object is the nearest.
    fn choose(&self, edits: &[Edit], members: &[usize]) -> usize {
        let nearness = |at: &&usize| {
            let edit = &edits[**at];
            let is_likely = self.likely.is_some() && edit.object.as_ref() == self.likely;
            (Causes::is_of(edit, self.query.ingress), is_likely, self.reaches(edit), std::cmp::Reverse(**at))
        };
        members.iter().max_by_key(nearness).copied().unwrap_or_default()
    }
}

/// Whether the catalog says that what is edited governs a directive.
fn governs(edit: &Edit, query: &Query) -> bool {
    match edit.what {
        What::Annotation => governs_annotation(&edit.name(), query.name),
        What::Key => governs_key(&edit.name(), query.name),
        What::Argument(_) | What::Rules | What::Field | What::Object => false,
    }
}

/// What differs where edits are taken back.
fn undone<'e>(before: &Declared, after: &Declared, edits: impl Iterator<Item = &'e Edit>) -> Effects {
    let (mut cluster, mut controller) = (after.project.cluster.clone(), after.project.controller.clone());
    edits.for_each(|edit| edit.put(Set::Before, before.given(), &mut cluster, &mut controller));
    Effects::between(&after.what_if(&cluster, &controller), after.written())
}

/// What differs where only these edits are made.
fn made_alone<'e>(before: &Declared, after: &Declared, edits: impl Iterator<Item = &'e Edit>) -> Effects {
    let (mut cluster, mut controller) = (before.project.cluster.clone(), before.project.controller.clone());
    edits.for_each(|edit| edit.put(Set::After, after.given(), &mut cluster, &mut controller));
    Effects::between(before.written(), &before.what_if(&cluster, &controller))
}

/// How many sides are the same.
fn likeness(one: &Texts, other: &Texts) -> u8 {
    u8::from(one[0] == other[0]) + u8::from(one[1] == other[1])
}
