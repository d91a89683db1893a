//! Whether one regular expression fits all that another one fits: they are run beside each other over all texts at once.

use std::collections::VecDeque;

use hashbrown::HashSet;
use regex_automata::dfa::{Automaton, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_automata::util::{start, syntax};
use regex_automata::{Anchored, MatchKind};

type Dfa = dense::DFA<Vec<u32>>;

/// States that are looked at before nothing is said.
const MOST: usize = 20_000;
/// Bytes that one automaton may take.
const LARGEST: usize = 1 << 20;

/// The bytes of paths, those first that make plain examples: letters, digits, what separates, and one for all beyond ASCII.
fn alphabet() -> impl Iterator<Item = u8> {
    (b'a'..=b'z').chain(b'/'..=b'9').chain(0x20..=b'.').chain(b':'..=b'`').chain(b'{'..=b'~').chain([0xc3])
}

/// What is meant to be taken by a regular expression that is tied to the beginning of paths.
pub(super) struct Language(Dfa);

impl Language {
    /// Compiles a regular expression as the proxy compares it; none where it is beyond this, or too large.
    pub(super) fn of(pattern: &str) -> Option<Self> {
        let config = dense::Config::new().match_kind(MatchKind::All).start_kind(regex_automata::dfa::StartKind::Anchored);
        let config = config.dfa_size_limit(Some(LARGEST)).determinize_size_limit(Some(LARGEST));
        let mut builder = dense::Builder::new();
        builder.configure(config).thompson(thompson::Config::new().utf8(false));
        builder.syntax(syntax::Config::new().case_insensitive(true).unicode(false).utf8(false));
        builder.build(pattern).ok().map(Self)
    }

    fn start(&self) -> Option<StateID> {
        self.0.start_state(&start::Config::new().anchored(Anchored::Yes)).ok()
    }

    fn ends(&self, state: StateID) -> bool {
        self.0.is_match_state(self.0.next_eoi_state(state))
    }

    /// The shortest text that it fits, as far as one is found soon.
    pub(super) fn example(&self) -> Option<String> {
        let first = self.start()?;
        let (mut seen, mut queue) = (HashSet::<_>::from([first]), VecDeque::from([(first, Vec::new())]));
        while let Some((state, text)) = queue.pop_front() {
            if self.ends(state) {
                return String::from_utf8(text).ok();
            }
            for byte in alphabet() {
                let next = self.0.next_state(state, byte);
                if !self.0.is_dead_state(next) && !self.0.is_quit_state(next) && seen.len() < MOST && seen.insert(next) {
                    queue.push_back((next, [text.as_slice(), &[byte]].concat()));
                }
            }
        }
        None
    }

    /// Whether it fits every text that another one fits; none where that would take too long.
    pub(super) fn covers(&self, other: &Self) -> Option<bool> {
        let first = (self.start()?, other.start()?, false);
        let (mut seen, mut stack) = (HashSet::<_>::from([first]), vec![first]);
        while let Some((own, theirs, is_fit)) = stack.pop() {
            if (is_fit || other.ends(theirs)) && !self.ends(own) {
                return Some(false);
            }
            for byte in alphabet() {
                let next = self.0.next_state(own, byte);
                // What is fit once, is fit whatever follows.
                if self.0.is_match_state(next) {
                    continue;
                }
                let beside = other.0.next_state(theirs, byte);
                let is_fit = is_fit || other.0.is_match_state(beside);
                if self.0.is_quit_state(next) || other.0.is_quit_state(beside) {
                    return None;
                }
                if (is_fit || !other.0.is_dead_state(beside)) && seen.insert((next, beside, is_fit)) {
                    stack.push((next, beside, is_fit));
                }
            }
            if seen.len() > MOST {
                return None;
            }
        }
        Some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_pattern_fits_all_that_another_fits() {
        for (one, other, expected) in [
            ("^/plants/[a-z0-9-]+/?", "^/plants/rose$", Some(true)),
            ("^/plants/[a-z0-9-]+/?", "^/plants/rose", Some(true)),
            ("^/[a-z0-9-]{2,24}/?$", "^/status$", Some(true)),
            ("^/[a-z0-9-]{2,24}/?$", "^/docs(/|$)", Some(false)),
            ("^/(.*)", "^/", Some(true)),
            ("^/.+", "^/", Some(false)),
            ("^/api/v[0-9]+", "^/api/v2", Some(true)),
            ("^/api/v2", "^/api/v[0-9]+", Some(false)),
            ("^/API", "^/api/x", Some(true)),
            ("^/a|/b", "^/c/b", Some(false)),
            ("^/a(/|$)(.*)", "^/a(/|$)", Some(true)),
            ("^/a/?(.*)", "^/a(/|$)(.*)", Some(true)),
            ("^/a(/|$)(.*)", "^/a/?(.*)", Some(false)),
        ] {
            let (one, other) = (Language::of(one).expect("it compiles"), Language::of(other).expect("it compiles"));
            assert_eq!(one.covers(&other), expected, "{expected:?}");
        }
        assert!(Language::of("^/(?=a)").is_none());
    }

    #[test]
    fn examples_are_short() {
        for (pattern, expected) in [("^/plants/[a-z0-9-]+/?", "/plants/a"), ("^/", "/"), ("^/a(/|$)(.*)", "/a"), ("^/v[0-9]$", "/v0")] {
            assert_eq!(Language::of(pattern).and_then(|language| language.example()).as_deref(), Some(expected), "{pattern}");
        }
    }
}
