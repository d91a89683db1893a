//! Keys of mappings: each counts once, and those written twice are told.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};

use hashbrown::HashMap;

use super::tree::Entry;
use crate::diagnostic::{self, Diagnostic};
use crate::source::Span;

/// Keys of one document that are told for themselves where they are written twice.
const TOLD: usize = 100;

/// How many keys of a document are written twice.
#[derive(Debug, Default)]
pub(super) struct Twice {
    found: usize,
    last: Option<Span>,
}

impl Twice {
    /// Tells of a key that is written twice; of some keys in one word where there are many.
    pub(super) fn note(&mut self, key: &str, first: Span, last: Span, findings: &mut Vec<Diagnostic>) {
        self.found += 1;
        self.last = Some(last);
        if self.found <= TOLD {
            let message = format!("the key `{key}` is written twice: the last one counts");
            findings.push(Diagnostic::error("duplicate-key", message).at(last).related("first written here", first));
        }
    }

    /// Says how many more there are.
    pub(super) fn tell(&self, findings: &mut Vec<Diagnostic>) {
        if let Some(more) = self.found.checked_sub(TOLD).filter(|more| *more > 0) {
            let message = format!("this document writes {} twice: the last one is here", diagnostic::more(more, "key"));
            findings.push(Diagnostic::error("duplicate-key", message).at(self.last));
        }
    }
}

/// Puts an entry into a mapping. kubectl lets the last of several equal keys count and says nothing; here it is told.
pub(super) fn insert<'a>(
    entries: &mut Vec<Entry<'a>>,
    index: &mut KeyIndex,
    entry: Entry<'a>,
    twice: &mut Twice,
    findings: &mut Vec<Diagnostic>,
) {
    match index.find(entries, &entry.key) {
        Some(at) => {
            if !index.take_merged(at) {
                twice.note(&entry.key, entries[at].key_span, entry.key_span, findings);
            }
            entries[at] = entry;
        }
        None => entries.push(entry),
    }
}

/// Finds keys that are there already, without a quadratic search in large mappings.
#[derive(Debug, Default)]
pub(super) struct KeyIndex {
    /// Places by the hash of their keys; behind a place that another key has taken, at the next number.
    places: HashMap<u64, u32>,
    hasher: RandomState,
    /// How many entries are in it.
    known: usize,
    /// Places of entries that a merge key brought: to write such a key again is what merge keys are for.
    merged: BTreeSet<usize>,
}

impl KeyIndex {
    /// Mappings of fewer keys are searched from the front.
    const SMALL: usize = 24;

    /// Notes that a merge key brought an entry.
    pub(super) fn note_merged(&mut self, at: usize) {
        self.merged.insert(at);
    }

    /// Whether a merge key brought an entry, which is now written anew.
    fn take_merged(&mut self, at: usize) -> bool {
        self.merged.remove(&at)
    }

    /// The place of a key among the entries.
    pub(super) fn find(&mut self, entries: &[Entry], key: &str) -> Option<usize> {
        if entries.len() < Self::SMALL {
            return entries.iter().position(|entry| entry.key == key);
        }
        for at in self.known..entries.len() {
            let hash = self.slot(entries, &entries[at].key).0;
            self.places.insert(hash, u32::try_from(at).unwrap_or(u32::MAX));
        }
        self.known = entries.len();
        self.slot(entries, key).1
    }

    /// Where a key is noted, or would be, and its place.
    fn slot(&self, entries: &[Entry], key: &str) -> (u64, Option<usize>) {
        let mut hash = self.hasher.hash_one(key);
        while let Some(place) = self.places.get(&hash).map(|place| *place as usize) {
            if entries[place].key == key {
                return (hash, Some(place));
            }
            hash = hash.wrapping_add(1);
        }
        (hash, None)
    }
}
