//! What is assumed of a request on one way through both sides, and all ways one after the other.
//!
//! Both sides ask the same assumptions, so that what one of them has asked is known to the other. Each question whose answer does not
//! follow from the others has a way for each answer: what is taken for possible may be impossible, never the reverse.

use std::borrow::Cow;
use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};

use super::leaf::{Leaf, Way};
use super::term::{Input, Shared, Term};
use super::test::{Solution, Solver, Test, Wanted};
use crate::nginx::Pattern;

/// The tests of paths that were run over all paths at once.
#[derive(Debug, Default)]
pub(in crate::route) struct Paths {
    known: HashMap<Test, usize>,
    pub(in crate::route) all: Vec<Test>,
}

impl Paths {
    /// Adds a test, where it is new.
    pub(in crate::route) fn add(&mut self, test: Test) {
        if !self.known.contains_key(&test) {
            self.known.insert(test.clone(), self.all.len());
            self.all.push(test);
        }
    }

    pub(in crate::route) fn place(&self, test: &Test) -> Option<usize> {
        self.known.get(test).copied()
    }
}

/// The paths of one region: which tests hold, and the shortest of them.
#[derive(Debug, Clone, Default)]
pub(in crate::route) struct Place {
    pub(in crate::route) fits: HashSet<usize>,
    pub(in crate::route) word: Vec<u8>,
}

/// What is assumed.
#[derive(Debug)]
pub(in crate::route) struct Assumed<'p> {
    paths: &'p Paths,
    pub(in crate::route) place: &'p Place,
    solver: &'p mut Solver,
    script: Vec<usize>,
    widths: Vec<usize>,
    /// What was answered on this way: tests of values that are no plain input, and all else.
    free: HashMap<(Term, Test), bool>,
    choices: BTreeMap<String, usize>,
    /// What was asked of inputs.
    pub(in crate::route) inputs: BTreeMap<Input, Wanted>,
    /// Tables are looked up by what stands in them, and not as a whole.
    pub(in crate::route) opens_tables: bool,
}

impl<'p> Assumed<'p> {
    pub(in crate::route) fn new(paths: &'p Paths, place: &'p Place, solver: &'p mut Solver, opens_tables: bool) -> Self {
        Self {
            paths,
            place,
            solver,
            script: Vec::new(),
            widths: Vec::new(),
            free: HashMap::new(),
            choices: BTreeMap::new(),
            inputs: BTreeMap::new(),
            opens_tables,
        }
    }

    /// One of some answers to a question; the same for whoever asks it again.
    pub(in crate::route) fn choose(&mut self, question: impl Into<String>, width: usize) -> usize {
        let question = question.into();
        if let Some(known) = self.choices.get(&question) {
            return *known;
        }
        let chosen = self.branch(width);
        self.choices.insert(question, chosen);
        chosen
    }

    fn branch(&mut self, width: usize) -> usize {
        let at = self.widths.len();
        self.widths.push(width);
        if self.script.len() == at {
            self.script.push(0);
        }
        self.script[at]
    }

    /// Whether there is another way.
    pub(in crate::route) fn has_more(&self) -> bool {
        self.widths.iter().zip(&self.script).any(|(width, chosen)| chosen + 1 < *width)
    }

    /// Prepares the next way; false where all were gone.
    pub(in crate::route) fn next(&mut self) -> bool {
        self.script.truncate(self.widths.len());
        while let Some(last) = self.script.pop() {
            if last + 1 < self.widths[self.script.len()] {
                self.script.push(last + 1);
                self.widths.clear();
                self.free.clear();
                self.choices.clear();
                self.inputs.clear();
                return true;
            }
        }
        false
    }

    /// The answer of a test of paths.
    pub(in crate::route) fn of_path(&self, test: &Test) -> Option<bool> {
        self.paths.place(test).map(|place| self.place.fits.contains(&place))
    }

    /// The answer of a test of paths that was not run over all of them, where one that holds in the region gives it.
    fn implied(&mut self, test: &Test) -> Option<bool> {
        if !matches!(test, Test::Fits(_)) {
            return None;
        }
        let held: Vec<usize> = self.place.fits.iter().copied().filter(|at| matches!(self.paths.all[*at], Test::Fits(_))).collect();
        // What is written alike is found at once.
        if held.iter().any(|at| self.solver.is_alike(&self.paths.all[*at], test)) {
            return Some(true);
        }
        held.into_iter().find_map(|at| self.solver.implies(&self.paths.all[at], test))
    }

    /// Paths of the region for which the answers hold that were given on this way.
    pub(in crate::route) fn words(&mut self, words: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let Some(wanted) = self.inputs.get(&Input::Path).cloned() else { return words.to_vec() };
        let fits = |word: &&Vec<u8>| wanted.iter().all(|(test, answer)| test.holds(word) == *answer);
        let known: Vec<Vec<u8>> = words.iter().filter(fits).cloned().collect();
        if !known.is_empty() {
            return known;
        }
        let is_inside =
            |word: &Vec<u8>| self.paths.all.iter().enumerate().all(|(at, test)| test.holds(word) == self.place.fits.contains(&at));
        match self.solver.solve(&Input::Path, &self.with_region(wanted)) {
            Solution::Word(word) if is_inside(&word) => vec![word],
            Solution::Word(_) | Solution::None | Solution::Open => words.to_vec(),
        }
    }

    /// What is wanted of a path, with what holds in the region.
    fn with_region(&self, wanted: Wanted) -> Wanted {
        let mut held: Vec<usize> = self.place.fits.iter().copied().collect();
        held.sort_unstable();
        held.into_iter().map(|at| (self.paths.all[at].clone(), true)).chain(wanted).collect()
    }

    /// What a test says of a value.
    pub(in crate::route) fn ask(&mut self, term: &Term, test: &Test) -> bool {
        match term {
            Term::Literal(text) => return test.holds(text),
            Term::Input(Input::Path) => {
                if let Some(known) = self.of_path(test).or_else(|| self.implied(test)) {
                    return known;
                }
                return self.ask_input(&Input::Path, test);
            }
            Term::Input(input) => return self.ask_input(input, test),
            Term::Join(parts) => {
                if let Some(known) = of_join(parts, test) {
                    return known;
                }
            }
            Term::Group(..) | Term::Apply(..) | Term::Lookup(..) => {}
        }
        let key = (term.clone(), test.clone());
        if let Some(known) = self.free.get(&key) {
            return *known;
        }
        let answer = self.branch(2) == 1;
        self.free.insert(key, answer);
        answer
    }

    fn ask_input(&mut self, input: &Input, test: &Test) -> bool {
        let known = self.follows(input, test);
        if let Some((_, known)) = self.inputs.get(input).into_iter().flatten().find(|(known, _)| known == test) {
            return *known;
        }
        // The plain request comes first.
        let answer = known.unwrap_or_else(|| self.branch(2) == 1);
        self.inputs.entry(input.clone()).or_default().push((test.clone(), answer));
        answer
    }

    /// What follows for a part of the request from what is assumed of it.
    fn follows(&mut self, input: &Input, test: &Test) -> Option<bool> {
        let wanted = self.inputs.get(input).cloned().unwrap_or_default();
        if let Some((_, known)) = wanted.iter().find(|(known, _)| known == test) {
            return Some(*known);
        }
        let mut may_be = |answer: bool| {
            let wanted: Wanted = wanted.iter().cloned().chain([(test.clone(), answer)]).collect();
            let sought = if *input == Input::Path { self.with_region(wanted) } else { wanted };
            self.solver.solve(input, &sought) != Solution::None
        };
        match (may_be(true), may_be(false)) {
            (true, true) => None,
            (may, _) => Some(may),
        }
    }

    /// What a test says of a value, where no more has to be assumed for that.
    pub(in crate::route) fn settled(&mut self, term: &Term, test: &Test) -> Option<bool> {
        match term {
            Term::Literal(text) => Some(test.holds(text)),
            Term::Input(Input::Path) => self.of_path(test).or_else(|| self.implied(test)).or_else(|| self.follows(&Input::Path, test)),
            Term::Input(input) => self.follows(input, test),
            Term::Join(parts) => of_join(parts, test),
            Term::Group(..) | Term::Apply(..) | Term::Lookup(..) => self.free.get(&(term.clone(), test.clone())).copied(),
        }
    }

    /// What a group of an expression that fits finds in a value.
    pub(in crate::route) fn group(&mut self, term: &Term, pattern: &Pattern, group: usize) -> Term {
        term.group(pattern, group, &mut self.solver.captures)
    }

    /// A word for an input as it is assumed to be; none where nothing was asked, or none is known.
    pub(in crate::route) fn word(&mut self, input: &Input) -> Option<Vec<u8>> {
        let wanted = self.inputs.get(input)?.clone();
        match self.solver.solve(input, &wanted) {
            Solution::Word(word) => Some(word),
            Solution::None | Solution::Open => None,
        }
    }

    /// What becomes of requests on both sides, with what is known of them where that is not the same.
    pub(in crate::route) fn leaves<'w>(&self, ways: [&'w Way; 2]) -> [Cow<'w, Leaf>; 2] {
        let known = if ways[0].leaf == ways[1].leaf { BTreeMap::new() } else { self.known() };
        ways.map(|way| if known.is_empty() { Cow::Borrowed(&way.leaf) } else { Cow::Owned(way.leaf.with(&known)) })
    }

    /// The parts of the request that are known to be one text.
    fn known(&self) -> BTreeMap<Input, Vec<u8>> {
        let is = |wanted: &Wanted| {
            wanted.iter().find_map(|(test, answer)| match test {
                Test::Is(text) if *answer => Some(text.clone()),
                _ => None,
            })
        };
        let mut known: BTreeMap<Input, Vec<u8>> =
            self.inputs.iter().filter_map(|(input, wanted)| Some((input.clone(), is(wanted)?))).collect();
        if let Some(Test::Is(path)) = self.place.fits.iter().map(|at| &self.paths.all[*at]).find(|test| matches!(test, Test::Is(_))) {
            known.insert(Input::Path, path.clone());
        }
        known
    }

    /// What was answered beyond parts of the request.
    pub(in crate::route) fn chosen(&self, question: &str) -> Option<usize> {
        self.choices.get(question).copied()
    }
}

/// The answer where the literal parts of a text give it.
fn of_join(parts: &Shared, test: &Test) -> Option<bool> {
    let first = parts.first().and_then(Term::literal).unwrap_or_default();
    let length: usize = parts.iter().filter_map(Term::literal).map(<[u8]>::len).sum();
    match test {
        Test::Is(text) if !text.starts_with(first) || length > text.len() => Some(false),
        Test::Caseless(text) if length > text.len() => Some(false),
        Test::True if length > 1 => Some(true),
        Test::Begins(text) if first.starts_with(text) => Some(true),
        Test::Begins(text) if !first.is_empty() && !text.starts_with(first) => Some(false),
        _ => None,
    }
}
