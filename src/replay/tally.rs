//! What is counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use hashbrown::HashMap;

use crate::access_log::{Entry, Format, Line};
use crate::route::Request;

use super::asked;
use super::cache::Cache;
use super::difference::{Difference, Reason};
use super::judge::{Asked, Judge, Verdict};

/// Lines that could not be read and are named.
const MOST_UNREAD: usize = 5;

/// A line of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Which of the logs.
    pub log: usize,
    /// The line, from 1.
    pub line: usize,
}

/// A request of a group.
#[derive(Debug, Clone)]
pub struct Example {
    /// Where it stands.
    pub place: Place,
    /// What the log tells of it.
    pub entry: Entry<'static>,
    /// What it was asked with; none where its host is not known.
    pub asked: Option<Asked>,
}

impl Example {
    /// The request that was asked; none where its host is not known.
    #[must_use]
    pub fn request(&self) -> Option<Request> {
        let Asked { host, is_tls } = self.asked.as_ref()?;
        Some(asked::request(&self.entry, self.entry.sent.as_ref()?, host, *is_tls))
    }
}

/// Requests that are answered otherwise in the same way.
#[derive(Debug, Clone)]
pub struct Group {
    /// How many.
    pub count: usize,
    /// The first of them.
    pub example: Example,
}

/// All that is counted.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// All lines that are not empty.
    pub lines: usize,
    /// Those that are requests.
    pub requests: usize,
    /// Requests that are answered as before.
    pub same: usize,
    /// Requests that are answered otherwise.
    pub other: usize,
    /// Requests that are not compared.
    pub skipped: BTreeMap<Reason, usize>,
    /// Compared requests on whose way a header has a part that the log does not tell.
    pub assumed: usize,
    /// Connections that are no requests.
    pub streams: usize,
    /// Lines that the controller or nginx wrote beside its access log.
    pub of_programs: usize,
    /// Lines that can be read in two ways.
    pub unclear: usize,
    /// Lines that are none of the format.
    pub unread: usize,
    /// The first lines of the two kinds before.
    pub first_unread: Vec<Place>,
    /// What differs.
    pub groups: HashMap<Arc<Difference>, Group>,
}

impl Tally {
    /// Counts the lines of a piece of a log, whose first line has a number.
    pub fn add_lines(&mut self, text: &[u8], first: Place, format: &Format, judge: &dyn Judge, cache: &Cache) {
        let mut buffer = Vec::new();
        let lines = text.strip_suffix(b"\n").unwrap_or(text).split(|byte| *byte == b'\n');
        for (at, line) in lines.enumerate() {
            let place = Place { line: first.line + at, ..first };
            self.lines += 1;
            match format.read(line) {
                Line::Request(entry) => self.add(&entry, place, judge, cache, &mut buffer),
                Line::Stream => self.streams += 1,
                Line::Program => self.of_programs += 1,
                Line::Empty => self.lines -= 1,
                Line::Unclear => {
                    self.unclear += 1;
                    self.name(place);
                }
                Line::Unread => {
                    self.unread += 1;
                    self.name(place);
                }
            }
        }
    }

    fn name(&mut self, place: Place) {
        if self.first_unread.len() < MOST_UNREAD {
            self.first_unread.push(place);
        }
    }

    fn add(&mut self, entry: &Entry<'_>, place: Place, judge: &dyn Judge, cache: &Cache, buffer: &mut Vec<u8>) {
        self.requests += 1;
        let judged = cache.judged(judge, entry, buffer);
        match &judged.verdict {
            Verdict::Skipped(reason) => {
                *self.skipped.entry(*reason).or_default() += 1;
                return;
            }
            Verdict::Same => self.same += 1,
            Verdict::Other(difference) => {
                self.other += 1;
                if let Some(group) = self.groups.get_mut(difference) {
                    group.count += 1;
                } else {
                    let example = Example { place, entry: entry.clone().into_owned(), asked: judged.asked.clone() };
                    self.groups.insert(Arc::clone(difference), Group { count: 1, example });
                }
            }
        }
        self.assumed += usize::from(judged.assumes);
    }

    /// Adds what was counted elsewhere, in later lines.
    pub fn merge(&mut self, other: Self) {
        self.lines += other.lines;
        self.requests += other.requests;
        self.same += other.same;
        self.other += other.other;
        self.assumed += other.assumed;
        self.streams += other.streams;
        self.of_programs += other.of_programs;
        self.unclear += other.unclear;
        self.unread += other.unread;
        other.skipped.into_iter().for_each(|(reason, count)| *self.skipped.entry(reason).or_default() += count);
        self.first_unread.extend(other.first_unread);
        self.first_unread.sort_unstable();
        self.first_unread.truncate(MOST_UNREAD);
        for (difference, group) in other.groups {
            match self.groups.get_mut(&difference) {
                Some(known) => {
                    known.count += group.count;
                    if group.example.place < known.example.place {
                        known.example = group.example;
                    }
                }
                None => {
                    self.groups.insert(difference, group);
                }
            }
        }
    }

    /// Requests that were compared.
    #[must_use]
    pub fn compared(&self) -> usize {
        self.same + self.other
    }
}
