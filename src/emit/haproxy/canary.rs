//! Which requests go to the canary of an upstream. The questions stand in the frontend once for each way to ask, not for each route:
//! a table tells which way a route asks, another where its canary is.

use std::collections::BTreeMap;

use super::super::names;
use super::effort;
use super::lines::{Lines, Rule};
use super::words::argument;
use crate::ir::{HeaderTest, Question, Side};
use crate::nginx::problem;

/// The rule that sends a request to one side, under conditions.
fn set(number: usize, side: Side) -> Rule {
    let goes = match side {
        Side::Own => 0,
        Side::Canary => 1,
    };
    let asked = format!("{{ var(txn.asks) -m str {number} }} !{{ var(txn.goes) -m found }}");
    Rule::new(&format!("http-request set-var(txn.goes) int({goes}) if")).code(&asked)
}

/// Writes a question; the answer is in a variable: 1 for the canary, 0 for the other.
fn write(question: &Question, number: usize, lines: &mut Lines) {
    match question {
        Question::Kept { cookie, upstream, side } => {
            let (sample, end) = (format!("req.cook({})", argument(cookie)), format!("|{}", names::mark(upstream)));
            lines.rule(set(number, *side).code("{").value(&sample).code("-m end").value(&end).code("}"));
        }
        Question::Header { name, test } => header(name, test, number, lines),
        Question::Cookie(name) => words(&format!("req.cook({})", argument(name)), "", number, lines),
        Question::Share { weight, total } if weight >= total => lines.rule(set(number, Side::Canary)),
        Question::Share { weight, total } => {
            lines.rule(set(number, Side::Canary).code(&format!("{{ rand({}) lt {weight} }}", (*total).min(i64::from(i32::MAX)))));
        }
    }
}

fn header(name: &str, test: &HeaderTest, number: usize, lines: &mut Lines) {
    let sample = format!("req.fhdr({})", argument(name));
    let count = format!("req.fhdr_cnt({})", argument(name));
    // Several lines are one value, joined by commas.
    let given = || set(number, Side::Canary).code("{").value(&count).code("eq 1 } {").value(&sample).code("-m len gt 0 } {").value(&sample);
    match test {
        HeaderTest::Words => words(&sample, &count, number, lines),
        // Quirk: a pattern that is none never fits.
        HeaderTest::Pattern(pattern) if problem(pattern).is_some() => {}
        HeaderTest::Pattern(pattern) => {
            let mut rule = given().code("-m reg --").value(&effort::limited(pattern)).code("}");
            if let Some(longest) = effort::longest(std::iter::once(pattern.as_str())) {
                rule = rule.code("{").value(&sample).code(&format!("-m len le {longest} }}"));
            }
            lines.rule(rule);
        }
        HeaderTest::Value(value) => lines.rule(given().code("-m str --").value(value).code("}")),
    }
}

/// The words `always` and `never`, where there is one of what a sample counts.
fn words(sample: &str, count: &str, number: usize, lines: &mut Lines) {
    for (side, word) in [(Side::Canary, "always"), (Side::Own, "never")] {
        let mut rule = set(number, side);
        if !count.is_empty() {
            rule = rule.code("{").value(count).code("eq 1 }");
        }
        lines.rule(rule.code("{").value(sample).code(&format!("-m str {word} }}")));
    }
}

/// All ways to ask, with their numbers.
#[derive(Debug, Default)]
pub(super) struct Questions(BTreeMap<Vec<Question>, usize>);

impl Questions {
    /// The number of a way to ask.
    pub(super) fn number(&mut self, questions: &[Question]) -> usize {
        let next = self.0.len() + 1;
        *self.0.entry(questions.to_vec()).or_insert(next)
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
        for (questions, number) in all {
            questions.iter().for_each(|question| write(question, *number, lines));
        }
        lines.code("http-request set-var(txn.route) var(txn.route),map_str(maps/canaries.map) if { var(txn.goes) -m int 1 }");
    }
}
