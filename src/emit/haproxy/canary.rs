//! Which requests go to the canary of an upstream. The questions stand in the frontend once for each way to ask, not for each route:
//! a table tells which way a route asks, another where its canary is.

use std::collections::BTreeMap;

use super::affinity;
use super::effort;
use super::lines::{Lines, Rule};
use super::words::argument;
use crate::ir::{TrafficShare, Upstream};
use crate::nginx::problem;

/// A way to ask.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Question {
    weight: i64,
    total: i64,
    header: String,
    header_value: String,
    header_pattern: String,
    cookie: String,
    /// Name and end of the cookie of clients that stay with the canary.
    kept_by_canary: Option<(String, String)>,
    /// The same for clients that stay away from it.
    kept_by_own: Option<(String, String)>,
}

impl Question {
    /// How an upstream asks whether its canary is meant; none where the canary never is.
    pub(super) fn of(own: &Upstream, canary: &Upstream) -> Option<Self> {
        let TrafficShare { weight, total, header, header_value, header_pattern, cookie } = canary.share.clone();
        let kept =
            |upstream: &Upstream| affinity::is_sticky(upstream).then(|| (affinity::name(upstream).to_owned(), affinity::mark(upstream)));
        let question = Self {
            weight: weight.max(0),
            // Quirk: a total below a hundred does not count.
            total: total.clamp(100, i64::from(i32::MAX)),
            header,
            header_value,
            header_pattern,
            cookie,
            kept_by_canary: kept(canary),
            kept_by_own: kept(own),
        };
        let asks = question.weight > 0 || !question.header.is_empty() || !question.cookie.is_empty() || question.kept_by_canary.is_some();
        asks.then_some(question)
    }

    /// Writes the question; the answer is in a variable: 1 for the canary, 0 for the other.
    fn write(&self, number: usize, lines: &mut Lines) {
        let asked = format!("{{ var(txn.asks) -m str {number} }} !{{ var(txn.goes) -m found }}");
        let set = |goes: u8| Rule::new(&format!("http-request set-var(txn.goes) int({goes}) if")).code(&asked);
        for (goes, kept) in [(0, &self.kept_by_own), (1, &self.kept_by_canary)] {
            if let Some((cookie, mark)) = kept {
                let sample = format!("req.cook({})", argument(cookie));
                lines.rule(set(goes).code("{").value(&sample).code("-m end").value(&format!("|{mark}")).code("}"));
            }
        }
        if !self.header.is_empty() {
            let sample = format!("req.fhdr({})", argument(&self.header));
            let count = format!("req.fhdr_cnt({})", argument(&self.header));
            // Several lines are one value, joined by commas.
            let given = || set(1).code("{").value(&count).code("eq 1 } {").value(&sample).code("-m len gt 0 } {").value(&sample);
            let word = |goes: u8| set(goes).code("{").value(&count).code("eq 1 }");
            match (self.header_value.as_str(), self.header_pattern.as_str()) {
                ("", "") => words(&sample, &word, lines),
                // Quirk: a pattern that is none never fits.
                ("", pattern) if problem(pattern).is_some() => {}
                ("", pattern) => {
                    let mut rule = given().code("-m reg --").value(&effort::limited(pattern)).code("}");
                    if let Some(longest) = effort::longest(std::iter::once(pattern)) {
                        rule = rule.code("{").value(&sample).code(&format!("-m len le {longest} }}"));
                    }
                    lines.rule(rule);
                }
                (value, _) => lines.rule(given().code("-m str --").value(value).code("}")),
            }
        }
        if !self.cookie.is_empty() {
            words(&format!("req.cook({})", argument(&self.cookie)), &set, lines);
        }
        if self.weight >= self.total {
            lines.rule(set(1));
        } else if self.weight > 0 {
            lines.rule(set(1).code(&format!("{{ rand({}) lt {} }}", self.total, self.weight)));
        }
    }
}

/// The words `always` and `never`.
fn words(sample: &str, set: &dyn Fn(u8) -> Rule, lines: &mut Lines) {
    for (goes, word) in [(1, "always"), (0, "never")] {
        lines.rule(set(goes).code("{").value(sample).code(&format!("-m str {word} }}")));
    }
}

/// All ways to ask, with their numbers.
#[derive(Debug, Default)]
pub(super) struct Questions(BTreeMap<Question, usize>);

impl Questions {
    /// The number of a way to ask.
    pub(super) fn number(&mut self, question: &Question) -> usize {
        let next = self.0.len() + 1;
        *self.0.entry(question.clone()).or_insert(next)
    }

    /// Whether nobody asks.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes all questions, and what follows from the answer.
    pub(super) fn write(&self, lines: &mut Lines) {
        if self.is_empty() {
            return;
        }
        lines.comment("Canaries: whether the route has one, whether it is meant, and where it is.");
        lines.code("http-request set-var(txn.asks) var(txn.route),map_str(maps/canary-questions.map)");
        let mut all: Vec<_> = self.0.iter().collect();
        all.sort_by_key(|(_, number)| **number);
        for (question, number) in all {
            question.write(*number, lines);
        }
        lines.code("http-request set-var(txn.route) var(txn.route),map_str(maps/canaries.map) if { var(txn.goes) -m int 1 }");
    }
}
