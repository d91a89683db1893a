//! Secrets and the like that manifests name and do not hold: what a comparison supposes of them is no change that anybody made. Where a
//! change is tried, what is supposed for its sake goes with it.

use hashbrown::HashSet;

use crate::cause::edits::{Edit, Set, What};
use crate::compile::Declared;
use crate::diagnostic::ObjectRef;

/// What both sides suppose.
pub(super) struct Supposition<'a> {
    sides: [&'a Declared; 2],
}

impl<'a> Supposition<'a> {
    pub(super) fn of(sides: [&'a Declared; 2]) -> Self {
        Self { sides }
    }

    /// Whether an edit is about an object that is not in the manifests of either side that has it.
    pub(super) fn makes(&self, edit: &Edit) -> bool {
        let Some(object) = edit.object.as_ref().filter(|object| matches!(object.kind.as_str(), "Secret" | "ConfigMap")) else {
            return false;
        };
        let is_there = [edit.before.is_some(), edit.after.is_some()];
        let is_guess = |side: usize| self.sides[side].supposed.users_of(object).is_some();
        matches!(edit.what, What::Object | What::Field) && (0..2).all(|side| !is_there[side] || is_guess(side))
    }

    /// What of it goes with edits that are made as one of the sets has them: objects that only this one has are no harm to anything else,
    /// and what is in them is what the Ingresses of these edits ask for.
    pub(super) fn with<'e>(&self, guesses: &'e [Edit], edits: &[&Edit], set: Set) -> Vec<&'e Edit> {
        if guesses.is_empty() {
            return Vec::new();
        }
        let edited: HashSet<(&str, &str)> =
            edits.iter().filter_map(|edit| edit.object.as_ref()).map(|object| (object.namespace.as_str(), object.name.as_str())).collect();
        let side = self.sides[usize::from(set == Set::After)];
        let is_asked = |object: &ObjectRef| {
            let users = side.supposed.users_of(object).unwrap_or_default();
            users.iter().any(|(namespace, name)| edited.contains(&(namespace.as_str(), name.as_str())))
        };
        let comes = |guess: &Edit| if set == Set::Before { guess.after.is_none() } else { guess.before.is_none() };
        let goes = |guess: &Edit| if set == Set::Before { guess.before.is_none() } else { guess.after.is_none() };
        guesses.iter().filter(|guess| comes(guess) || !goes(guess) && guess.object.as_ref().is_some_and(is_asked)).collect()
    }
}
