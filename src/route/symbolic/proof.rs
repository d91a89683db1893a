//! What is proved: a verdict for each class of hosts and each scheme.

use std::collections::BTreeSet;

use super::facts::Fact;
use super::unlike::{Aspect, Kind};
use crate::route::decision::{Decision, End};
use crate::route::request::Request;
use crate::source::Span;

/// What a proof may take, and what it is about.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of the automaton of one host.
    pub bytes: usize,
    /// States of the automaton of one host.
    pub states: usize,
    /// Work for one host, in states of an automaton; more for a host with many paths.
    pub work: u64,
    /// Hosts; all where there are none.
    pub hosts: Vec<String>,
    /// Hosts that both sides have in the same words, and that are left out of both.
    pub left_out: BTreeSet<String>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 256 << 20, states: 400_000, work: 3_000_000, hosts: Vec::new(), left_out: BTreeSet::new() }
    }
}

/// All that was found.
#[derive(Debug, Default)]
pub struct Proof {
    /// By hosts and schemes, in the order of their names.
    pub hosts: Vec<HostProof>,
    /// Both sides are written in the same words: what the way of requests does not show is compared as it is written.
    pub is_same_words: bool,
}

/// What is known of a class of hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The same for every request.
    Equal,
    /// Not proved, and no difference found.
    NotProved,
    /// There is a request that shows it, or a directive that differs.
    Differs,
}

/// What is proved of a class of hosts.
#[derive(Debug, Clone, Default)]
pub struct HostProof {
    /// The host, `*.example.com`, or other words for many.
    pub host: String,
    /// A host of the class.
    pub name: String,
    /// `http` or `https`.
    pub is_tls: bool,
    /// Paths that the controller keeps for itself were left out.
    pub has_reserved: bool,
    /// Both are the same text.
    pub is_same_text: bool,
    /// The places of the servers that answer for it; none where a side has none, or they were not looked at.
    pub servers: Option<[usize; 2]>,
    /// Regions of paths that were looked at.
    pub regions: usize,
    /// Ways of requests that were compared.
    pub ways: usize,
    /// Differences, those of the smallest requests first.
    pub differences: Vec<Difference>,
    /// Directives that differ, by the locations that they hold in.
    pub facts: Vec<Facts>,
    /// What stands in the way of a proof.
    pub doubts: Vec<Doubt>,
    /// Pairs of servers and locations that take the same requests, for whoever compares more of them.
    pub pairs: Vec<Pair>,
}

impl HostProof {
    /// The verdict.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if !self.differences.is_empty() || !self.facts.is_empty() {
            Verdict::Differs
        } else if self.doubts.is_empty() {
            Verdict::Equal
        } else {
            Verdict::NotProved
        }
    }
}

/// Which of both sides lets more through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Strength {
    /// The second lets through what the first refuses, or asks for less.
    Weaker,
    /// The second refuses what the first lets through, or asks for more.
    Stronger,
    /// It asks for something else.
    Changed,
    /// The second serves what nobody serves on the first, and asks for what that asks for.
    Added,
}

/// Requests that are answered otherwise.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The smallest of them.
    pub request: Request,
    /// In what.
    pub aspects: Vec<Aspect>,
    /// What that is for those who may come.
    pub strength: Option<Strength>,
    /// The requests.
    pub region: Region,
    /// What becomes of the request on each side, on ways that differ.
    pub decisions: Box<[Decision; 2]>,
    /// Other regions with the same difference.
    pub others: usize,
}

impl Difference {
    /// One that nothing says of who may come.
    pub(super) fn unranked(request: Request, aspects: Vec<Aspect>, region: Region, decisions: [Decision; 2]) -> Self {
        Self { request, aspects, strength: None, region, decisions: Box::new(decisions), others: 0 }
    }

    /// Whether the second side serves the requests at least as well as the first, and asks for at least as much: what nobody was
    /// served before is no loss, and who is refused for what was not asked before neither.
    #[must_use]
    pub fn is_harmless(&self) -> bool {
        let [base, head] = &*self.decisions;
        match self.strength {
            Some(Strength::Weaker | Strength::Changed) => false,
            Some(Strength::Added) => true,
            Some(Strength::Stronger) => match &head.end {
                End::Answer(answer) => matches!(answer.status, 400 | 401 | 403 | 413 | 429 | 495 | 496 | 503),
                End::Backend(_) => true,
                End::Closed | End::Unknown => false,
            },
            None => {
                let is_elsewhere = self.aspects.iter().any(|aspect| aspect.kind == Kind::Answer);
                let fails = |decision: &Decision| matches!(&decision.end, End::Answer(answer) if answer.status >= 400);
                !is_elsewhere || fails(base)
            }
        }
    }
}

/// Requests whose paths are taken alike.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Region {
    /// The location of the first side as it is written; none where none takes them.
    pub base: Option<String>,
    /// That of the second.
    pub head: Option<String>,
    /// Some paths, the shortest first.
    pub paths: Vec<String>,
}

/// What stands in the way of a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// The construct.
    pub construct: String,
    /// Requests that were tried and answered alike.
    pub tried: usize,
    /// Where.
    pub region: Region,
}

/// Directives that differ in a location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The paths that it is about.
    pub region: Region,
    /// The directives.
    pub all: Vec<Fact>,
}

/// A server or a location of both sides that take the same requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The places of the servers.
    pub servers: [usize; 2],
    /// Where the locations stand.
    pub locations: [Option<Span>; 2],
    /// The paths.
    pub region: Region,
    /// Nobody serves them on the first side.
    pub is_new: bool,
}
