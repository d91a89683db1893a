//! Which ways of a request count for a test.

use super::suite::Condition;
use super::verdict::Problem;
use crate::route::{Decision, MOST_WAYS};

/// The ways that count.
pub(super) struct Ways<'d> {
    /// The one on which everything lets the request through comes first, if it counts.
    pub(super) all: Vec<&'d Decision>,
    /// There may be more than were looked at.
    pub(super) is_cut: bool,
    named: Vec<&'d str>,
}

impl<'d> Ways<'d> {
    /// Those on which all holds that is named. Limits, and backends that fail, are ways of their own where they are named.
    pub(super) fn of(decisions: &'d [Decision], own: &'d [Condition], supposed: &'d [Condition]) -> Self {
        let is_of = |text: &str, decision: &Decision| decision.when.iter().any(|known| is_same(known, text));
        let comes_up = |condition: &&Condition| decisions.iter().any(|decision| is_of(&condition.text, decision));
        let named: Vec<&str> = own.iter().chain(supposed).map(|condition| condition.text.as_str()).collect();
        let asked: Vec<&str> = own.iter().chain(supposed).filter(comes_up).map(|condition| condition.text.as_str()).collect();
        let counts = |decision: &&Decision| {
            asked.iter().all(|text| is_of(text, decision))
                && decision.troubles().all(|trouble| asked.iter().any(|text| is_same(trouble, text)))
        };
        let all = decisions.iter().filter(counts).collect();
        Self { all, is_cut: decisions.len() >= MOST_WAYS, named }
    }

    /// What a way depends on that is not named.
    pub(super) fn open(&self, decision: &Decision) -> Vec<String> {
        let is_named = |text: &str| self.named.iter().any(|named| is_same(named, text));
        let all = decision.conditions().chain(decision.unknown.iter().map(String::as_str));
        all.filter(|text| !is_named(text)).map(str::to_owned).collect()
    }
}

/// What is wrong with the conditions that a test names: those that no way of its request depends on, and those that exclude each other.
pub(super) fn problems(decisions: &[Decision], own: &[Condition], ways: &Ways<'_>) -> Vec<Problem> {
    let known: Vec<&str> = {
        let all = decisions.iter().flat_map(|decision| decision.when.iter().chain(&decision.unknown)).map(String::as_str);
        let mut known: Vec<&str> = all.filter(|text| !text.is_empty()).collect();
        known.sort_unstable();
        known.dedup();
        known
    };
    let is_strange = |condition: &&Condition| !known.iter().any(|known| is_same(known, &condition.text));
    let strange = own.iter().filter(is_strange).map(|condition| {
        let rest = match known.as_slice() {
            [] => String::from("it depends on nothing"),
            known => format!("it depends on: {}", known.join("; ")),
        };
        Problem { at: condition.at, message: format!("no way of the request depends on `{}`: {rest}", condition.text) }
    });
    let mut problems: Vec<Problem> = strange.collect();
    if let (true, Some(first)) = (problems.is_empty() && ways.all.is_empty(), own.first()) {
        problems.push(Problem { at: first.at, message: String::from("no way of the request has all of this together") });
    }
    problems
}

fn is_same(one: &str, other: &str) -> bool {
    one.trim().eq_ignore_ascii_case(other.trim())
}
