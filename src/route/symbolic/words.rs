//! Words by the expressions that they fit: all of a set are run beside each other, over all words at once. The first word of each
//! region is the shortest.

use std::collections::VecDeque;
use std::rc::Rc;

use hashbrown::{HashMap, HashSet};

use super::work::Work;
use regex_automata::dfa::{Automaton, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use regex_automata::{Anchored, MatchKind};
use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, Hir, Look, Repetition};

/// Words of one region that are kept, each of another state.
const MOST_WORDS: usize = 6;

/// How many bytes of an automaton take as long to make as one of its states to look at.
const BYTES_OF_STATE: usize = 64;

/// What a search may take.
#[derive(Debug, Clone, Copy)]
pub(in crate::route) struct Budget {
    /// Bytes of an automaton.
    pub(in crate::route) bytes: usize,
    /// States.
    pub(in crate::route) states: usize,
}

/// Words that fit the same expressions.
#[derive(Debug, Clone)]
pub(in crate::route) struct Region {
    /// The expressions by their places, in order.
    pub(in crate::route) fits: Rc<[usize]>,
    /// Some words, the shortest first.
    pub(in crate::route) words: Vec<Vec<u8>>,
}

/// The bytes that make plain words, those first that people would choose.
fn alphabet() -> impl Iterator<Item = u8> {
    let plain = (b'a'..=b'z').chain(b'0'..=b'9').chain(*b"/-_.~").chain(b'A'..=b'Z');
    let signs = (b'!'..=b'~').filter(|byte| !byte.is_ascii_alphanumeric() && !b"/-_.~".contains(byte));
    plain.chain(signs).chain([b' ']).chain(0x80..=0xff).chain(1..0x20).chain([0x7f, 0])
}

/// Any bytes.
fn anything() -> Hir {
    let all = Hir::class(Class::Bytes(ClassBytes::new([ClassBytesRange::new(0, 255)])));
    Hir::repetition(Repetition { min: 0, max: None, greedy: true, sub: Box::new(all) })
}

/// An expression that fits the whole of each word in which this one fits somewhere.
pub(in crate::route) fn somewhere(hir: Hir) -> Hir {
    let is_tied = hir.properties().look_set_prefix().contains(Look::Start);
    let front = if is_tied { Hir::empty() } else { anything() };
    Hir::concat(vec![front, hir, anything(), Hir::look(Look::End)])
}

/// An expression that fits a word alone.
pub(in crate::route) fn exactly(word: &[u8]) -> Hir {
    Hir::concat(vec![Hir::look(Look::Start), Hir::literal(word), Hir::look(Look::End)])
}

/// An expression that fits the words with a beginning.
pub(in crate::route) fn beginning(word: &[u8]) -> Hir {
    Hir::concat(vec![Hir::look(Look::Start), Hir::literal(word), anything(), Hir::look(Look::End)])
}

/// An expression that fits the longer words with an end.
pub(in crate::route) fn ending(word: &[u8]) -> Hir {
    let one = Hir::class(Class::Bytes(ClassBytes::new([ClassBytesRange::new(0, 255)])));
    Hir::concat(vec![one, anything(), Hir::literal(word), Hir::look(Look::End)])
}

/// The regions of the words that fit the first expression, by which of the others they fit. None over the budget.
pub(in crate::route) fn regions(all: &[Hir], budget: Budget, work: &Work) -> Option<Vec<Region>> {
    let search = Search::new(all, budget, work)?;
    search.run(budget.states, work, |_| false)
}

/// The shortest word that fits the first expression and of the others just those that it shall. The outer none: over the budget.
pub(in crate::route) fn solve(all: &[Hir], shall: &[bool], budget: Budget, work: &Work) -> Option<Option<Vec<u8>>> {
    let search = Search::new(all, budget, work)?;
    let wanted: Vec<usize> = (0..all.len()).filter(|at| *at == 0 || shall[*at - 1]).collect();
    let found = search.run(budget.states, work, |fits| fits == wanted)?;
    Some(found.into_iter().find(|region| *region.fits == wanted).map(|mut region| region.words.swap_remove(0)))
}

struct Search {
    dfa: dense::DFA<Vec<u32>>,
    /// A byte for each class of bytes that no expression tells apart.
    bytes: Vec<u8>,
}

impl Search {
    fn new(all: &[Hir], budget: Budget, work: &Work) -> Option<Self> {
        // What is not built took as long.
        let most = (budget.bytes / BYTES_OF_STATE) as u64;
        let nfa = thompson::Config::new().utf8(false).which_captures(thompson::WhichCaptures::None);
        let nfa = thompson::Compiler::new().configure(nfa.nfa_size_limit(Some(budget.bytes))).build_many_from_hir(all).ok();
        let nfa = if let Some(nfa) = nfa {
            nfa
        } else {
            work.pay(most);
            return None;
        };
        let config = dense::Config::new().match_kind(MatchKind::All).start_kind(regex_automata::dfa::StartKind::Anchored);
        let config = config.accelerate(false).dfa_size_limit(Some(budget.bytes)).determinize_size_limit(Some(budget.bytes));
        let dfa = dense::Builder::new().configure(config).build_from_nfa(&nfa).ok();
        work.pay(dfa.as_ref().map_or(most, |dfa| (dfa.memory_usage() / BYTES_OF_STATE) as u64));
        let dfa = dfa?;
        let mut seen = HashSet::new();
        let bytes = alphabet().filter(|byte| seen.insert(dfa.byte_classes().get(*byte))).collect();
        Some(Self { dfa, bytes })
    }

    /// Goes through all states breadth first, until a region is found that is enough.
    fn run(&self, most: usize, work: &Work, is_enough: impl Fn(&[usize]) -> bool) -> Option<Vec<Region>> {
        let first = self.dfa.start_state(&start::Config::new().anchored(Anchored::Yes)).ok()?;
        // The way to a state: the state before it, and the byte.
        let mut ways: HashMap<StateID, (StateID, u8)> = HashMap::from([(first, (first, 0))]);
        let mut queue = VecDeque::from([first]);
        let (mut regions, mut places): (Vec<Region>, HashMap<StateID, usize>) = (Vec::new(), HashMap::new());
        let mut by_fits: HashMap<Rc<[usize]>, usize> = HashMap::new();
        while let Some(state) = queue.pop_front() {
            work.pay(1);
            let end = self.dfa.next_eoi_state(state);
            if self.dfa.is_match_state(end) {
                let place = *places.entry(end).or_insert_with(|| {
                    let mut fits: Vec<usize> = (0..self.dfa.match_len(end)).map(|at| self.dfa.match_pattern(end, at).as_usize()).collect();
                    fits.sort_unstable();
                    let fits: Rc<[usize]> = fits.into();
                    *by_fits.entry(Rc::clone(&fits)).or_insert_with(|| {
                        regions.push(Region { fits, words: Vec::new() });
                        regions.len() - 1
                    })
                });
                let region = &mut regions[place];
                if region.words.len() < MOST_WORDS && region.fits.first() == Some(&0) {
                    region.words.push(word(&ways, first, state));
                    if is_enough(&region.fits) {
                        break;
                    }
                }
            }
            for &byte in &self.bytes {
                let next = self.dfa.next_state(state, byte);
                if self.dfa.is_dead_state(next) || self.dfa.is_quit_state(next) {
                    continue;
                }
                if let hashbrown::hash_map::Entry::Vacant(way) = ways.entry(next) {
                    way.insert((state, byte));
                    queue.push_back(next);
                }
            }
            if ways.len() > most {
                return None;
            }
        }
        regions.retain(|region| region.fits.first() == Some(&0));
        Some(regions)
    }
}

fn word(ways: &HashMap<StateID, (StateID, u8)>, first: StateID, state: StateID) -> Vec<u8> {
    let (mut word, mut at) = (Vec::new(), state);
    while at != first {
        let Some(&(before, byte)) = ways.get(&at) else { break };
        word.push(byte);
        at = before;
    }
    word.reverse();
    word
}
