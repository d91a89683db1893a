//! A configuration that is judged in portions, so that neither its text nor its tree is there as a whole.

use hashbrown::HashSet;

use super::refusal::Refusal;
use super::{Build, walk};
use crate::conf;
use crate::nginx::advisories::{Reached, reached};
use crate::source::FileId;

/// Who takes a configuration that comes in portions.
pub trait TakePortions: Send {
    /// Takes a portion of a file of this name, or all of it.
    fn take(&mut self, file: &str, text: &str);

    /// Whether nothing was found in what was taken of a host, so that what has the words of one of its locations need not be taken again.
    fn is_clean(&self, host: &str) -> bool;
}

/// Whoever only reads needs all of it.
impl<F: FnMut(&str, &str) + Send> TakePortions for F {
    fn take(&mut self, file: &str, text: &str) {
        self(file, text);
    }

    fn is_clean(&self, _: &str) -> bool {
        false
    }
}

/// Judges a configuration in portions: each is a configuration of its own, with all that holds for all hosts and with some of the hosts
/// or of their locations. Hosts know nothing of each other but the variables that they define.
#[derive(Debug)]
pub struct Judge {
    build: Build,
    refusals: Vec<Refusal>,
    reached: Vec<Reached>,
    /// The faults outside of hosts, which every portion reaches.
    known: HashSet<(&'static str, String)>,
    defined: HashSet<String>,
    missing: HashSet<String>,
    is_broken: bool,
    portions: usize,
    /// The hosts in which something was found.
    suspects: HashSet<String>,
    /// Something was found that may stand anywhere.
    is_all_suspect: bool,
}

impl Judge {
    /// A judge who has seen nothing yet.
    #[must_use]
    pub fn new(build: Build) -> Self {
        let (defined, missing) = (HashSet::new(), HashSet::new());
        let (reached, known, suspects) = (Vec::new(), HashSet::new(), HashSet::new());
        let (is_broken, is_all_suspect) = (false, false);
        Self { build, refusals: Vec::new(), reached, known, defined, missing, is_broken, portions: 0, suspects, is_all_suspect }
    }

    /// Judges a portion, or the whole.
    pub fn take(&mut self, text: &str) {
        // The text has no place among the sources: its spans never leave this function.
        let tree = conf::parse(FileId(u32::MAX), text);
        self.portions += 1;
        self.is_broken |= !tree.diagnostics.is_empty();
        self.refusals.extend(tree.diagnostics.iter().map(|finding| Refusal::of_syntax(&finding.message)));
        let verdict = walk::judge(&tree.value, self.build);
        verdict.refusals.iter().for_each(|refusal| self.suspect(refusal));
        self.refusals.extend(verdict.refusals);
        if self.build.is_controller() {
            self.add_reached(reached(&tree.value));
        }
        self.missing.extend(verdict.missing);
        for name in verdict.defined {
            if !self.defined.contains(name.as_ref()) {
                self.defined.insert(name.into_owned());
            }
        }
    }

    fn suspect(&mut self, refusal: &Refusal) {
        match &refusal.host {
            Some(host) => {
                self.suspects.get_or_insert_with(host.as_str(), str::to_owned);
            }
            None => self.is_all_suspect = true,
        }
    }

    fn add_reached(&mut self, found: Vec<Reached>) {
        // What stands outside of hosts is there with all of their locations, and is told once.
        let in_hosts = found.iter().flat_map(|found| found.others.iter().chain([&found.place])).filter(|place| place.host.is_some());
        in_hosts.for_each(|place| self.suspect(place));
        let Self { reached, known, .. } = self;
        let is_new = |found: &Reached| found.place.host.is_some() || known.insert((found.advisory.id(), found.place.line.clone()));
        reached.extend(found.into_iter().filter(is_new));
    }

    /// The faults that what the controller writes reaches, whatever the version of nginx.
    pub fn take_reached(&mut self) -> Vec<Reached> {
        std::mem::take(&mut self.reached)
    }

    /// Whether nothing was found in what was taken of a host.
    #[must_use]
    pub fn is_clean(&self, host: &str) -> bool {
        !self.is_broken && !self.is_all_suspect && !self.suspects.contains(host)
    }

    /// What nginx refuses of the portions since this was asked last.
    pub fn refusals_so_far(&mut self) -> Vec<Refusal> {
        std::mem::take(&mut self.refusals)
    }

    /// Whether portions depend on each other, so that only the whole can be judged: what breaks out of its block in one reaches into
    /// the next, and one uses what another defines.
    #[must_use]
    pub fn needs_whole(&self) -> bool {
        self.portions > 1 && (self.is_broken || self.missing.iter().any(|name| self.defined.contains(name)))
    }

    /// Everything that nginx refuses; what stands in every portion is told as often.
    #[must_use]
    pub fn into_refusals(self) -> Vec<Refusal> {
        self.refusals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portions_that_depend_on_each_other_are_noticed() {
        let server = |inside: &str| format!("http {{ server {{ {inside} }} }}\n");
        for (portions, needs_whole) in [
            (vec!["set $a 1;", "return 200 $uri;"], false),
            (vec!["set $a 1;", "return 200 $a;"], true),
            (vec!["return 200 $A;", "set $a 1;"], true),
            (vec!["return 200 $b;", "set $a 1;"], false),
            (vec!["}", "location / { "], true),
            (vec!["}"], false),
        ] {
            let mut judge = Judge::new(Build::Controller((1, 15, 1)));
            portions.iter().for_each(|inside| judge.take(&server(inside)));
            assert_eq!(judge.needs_whole(), needs_whole, "{portions:?}");
        }
    }
}
