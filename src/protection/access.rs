//! Who may reach a route: addresses, passwords, services, and whether one of them is enough.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::Judgement;
use super::addresses::{Addresses, Rules};
use super::gates::{EXTERNAL, GATES, Gate};
use super::lines::{first, lines};
use super::route::Route;
use super::shift::Shift;
use super::sign_in;
use super::units::{difference, list};
use crate::conf::Directive;
use crate::source::Span;

/// What a client needs besides its address.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Need {
    Nothing,
    /// All of these gates, by kind and identity.
    All(BTreeSet<(usize, String)>),
    /// One of them.
    Any(BTreeSet<(usize, String)>),
    /// Nothing helps.
    More,
}

impl Need {
    fn shift(&self, after: &Self) -> Shift {
        let and = |opens: bool, closes: bool| match (opens, closes) {
            (true, true) => Shift::SAME,
            (true, false) => Shift::OPENS,
            (false, true) => Shift::CLOSES,
            (false, false) => Shift::DIFFERS,
        };
        and(self.implies(after), after.implies(self))
    }

    /// Whether everybody who has this has the other, too.
    fn implies(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::More, _) | (_, Self::Nothing) => true,
            (_, Self::More) | (Self::Nothing, _) => false,
            (Self::All(ours), Self::All(theirs)) => theirs.is_subset(ours),
            (Self::Any(ours), Self::Any(theirs)) => ours.is_subset(theirs),
            (Self::All(ours), Self::Any(theirs)) => !ours.is_disjoint(theirs),
            (Self::Any(ours), Self::All(theirs)) => ours.len() == 1 && theirs.is_subset(ours),
        }
    }
}

/// Everything that decides who may reach a route.
#[derive(Debug, Clone, Default)]
struct Access {
    rules: Rc<Rules>,
    /// Whether each rule lets in, and its network as it is written.
    words: Vec<(bool, String)>,
    rule_lines: Vec<Span>,
    gates: Vec<Option<Gate>>,
    /// One check is enough.
    any: bool,
    any_lines: Vec<Span>,
}

/// A part of [`Access`] that an administrator writes for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Rules,
    Gate(usize),
    Satisfy,
}

impl Access {
    fn read(route: &Route<'_, '_>) -> Self {
        let mut access = Self { gates: GATES.iter().map(|(_, read)| read(route)).collect(), ..Self::default() };
        if let Some((place, found)) = route.inherited_from(&["allow", "deny"]) {
            let words = |rule: &Directive<'_>| Some((rule.name() == "allow", first(*rule)?.into_owned()));
            access.words = found.iter().filter_map(words).collect();
            access.rule_lines = lines(found);
            let mut known = route.configuration.rules.borrow_mut();
            let read = || Rc::new(Rules::read(access.words.iter().map(|(allows, network)| (*allows, network.as_str()))));
            access.rules = Rc::clone(known.entry(place).or_insert_with(read));
        }
        if let Some(satisfy) = route.last("satisfy") {
            access.any = first(satisfy).is_some_and(|word| word == "any");
            access.any_lines = lines([satisfy]);
        }
        access
    }

    /// What clients need, by their addresses. What no rule names may pass, unless any check is enough and there are others.
    fn needs(&self) -> [(Addresses, Need); 2] {
        let gates: BTreeSet<(usize, String)> =
            self.gates.iter().enumerate().filter_map(|(kind, gate)| Some((kind, gate.as_ref()?.identity.clone()))).collect();
        let kept_in = self.rules.denied.complement();
        let by_denial = |need| [(self.rules.denied.clone(), Need::More), (kept_in, need)];
        let by_permission = |need| [(self.rules.allowed.complement(), need), (self.rules.allowed.clone(), Need::Nothing)];
        match (self.any, gates.len()) {
            (_, 0) => by_denial(Need::Nothing),
            (false, _) => by_denial(Need::All(gates)),
            (true, 1) => by_permission(Need::All(gates)),
            (true, _) => by_permission(Need::Any(gates)),
        }
    }

    fn shift(&self, after: &Self) -> Shift {
        let mut shift = Shift::SAME;
        for (ours, before) in &self.needs() {
            let met = after.needs().into_iter().filter(|(theirs, _)| ours.meets(theirs));
            shift = met.fold(shift, |shift, (_, after)| shift.and(before.shift(&after)));
        }
        shift
    }

    /// The same with one part as the other has it.
    fn with(&self, part: Part, other: &Self) -> Self {
        let mut mixed = self.clone();
        match part {
            Part::Rules => mixed.rules = Rc::clone(&other.rules),
            Part::Gate(kind) => mixed.gates[kind].clone_from(&other.gates[kind]),
            Part::Satisfy => mixed.any = other.any,
        }
        mixed
    }

    fn is_same(&self, part: Part, other: &Self) -> bool {
        let identity = |gate: &Option<Gate>| gate.as_ref().map(|gate| gate.identity.clone());
        match part {
            Part::Rules => self.words == other.words,
            Part::Gate(kind) => identity(&self.gates[kind]) == identity(&other.gates[kind]),
            Part::Satisfy => self.any == other.any,
        }
    }

    fn asks_service(&self) -> bool {
        self.gates.iter().zip(GATES).any(|(gate, (noun, _))| *noun == EXTERNAL && gate.is_some())
    }

    /// Whether the part keeps anybody out.
    fn protects(&self, part: Part) -> bool {
        match part {
            Part::Rules => !self.rules.denied.is_empty() || (self.any && !self.rules.allowed.is_empty()),
            Part::Gate(kind) => self.gates[kind].is_some(),
            // How checks are joined is none itself.
            Part::Satisfy => true,
        }
    }

    fn lines(&self, part: Part) -> Vec<Span> {
        match part {
            Part::Rules => self.rule_lines.clone(),
            Part::Gate(kind) => self.gates[kind].as_ref().map(|gate| gate.lines.clone()).unwrap_or_default(),
            Part::Satisfy => self.any_lines.clone(),
        }
    }

    fn networks(&self, allows: bool) -> Vec<&str> {
        self.words.iter().filter(|(rule, network)| *rule == allows && network != "all").map(|(_, network)| network.as_str()).collect()
    }

    /// The rules as a list: `allowed addresses (10.0.0.0/8)`.
    fn list(&self) -> String {
        match (self.networks(true), self.networks(false)) {
            (allowed, denied) if allowed.is_empty() && denied.is_empty() => String::from("denied addresses (all)"),
            (allowed, denied) if allowed.is_empty() => format!("denied addresses ({})", list(denied)),
            (allowed, denied) if denied.is_empty() => format!("allowed addresses ({})", list(allowed)),
            (allowed, denied) => format!("allowed addresses ({}) and denied ones ({})", list(allowed), list(denied)),
        }
    }

    /// All of it in a few words.
    fn summary(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        match (self.networks(true), self.networks(false)) {
            (allowed, _) if !allowed.is_empty() => parts.push(format!("addresses {}", list(allowed))),
            (_, denied) if !denied.is_empty() => parts.push(format!("addresses but {}", list(denied))),
            _ if !self.rules.denied.is_empty() => parts.push(String::from("no address")),
            _ => {}
        }
        parts.extend(self.gates.iter().zip(GATES).filter(|(gate, _)| gate.is_some()).map(|(_, (noun, _))| (*noun).to_owned()));
        match parts.len() {
            0 => String::from("everybody"),
            _ => parts.join(if self.any { " or " } else { " and " }),
        }
    }
}

/// What became of who may reach a route.
pub(super) fn compare<'a>(before: &Route<'_, 'a>, after: &Route<'_, 'a>) -> Vec<Judgement> {
    let (old, new) = (Access::read(before), Access::read(after));
    let mut found = judged(&old, &new);
    // With the service that is asked goes the page for who has to sign in, too.
    if old.asks_service() && new.asks_service() {
        found.extend(sign_in::compare(before, after));
    }
    found
}

fn judged(before: &Access, after: &Access) -> Vec<Judgement> {
    let parts = [Part::Rules, Part::Satisfy].into_iter().chain((0..GATES.len()).map(Part::Gate));
    let changed: Vec<Part> = parts.filter(|part| !before.is_same(*part, after)).collect();
    // A part for itself means the same with all others as they were and as they are, and all of them make up the whole; or they
    // must be judged together.
    let alone = |part: &Part| before.shift(&before.with(*part, after));
    let total = before.shift(after);
    let is_apart = changed.iter().all(|part| alone(part) == after.with(*part, before).shift(after));
    if is_apart && changed.iter().map(alone).fold(Shift::SAME, Shift::and) == total {
        return changed.iter().map(|part| judge(*part, alone(part), before, after)).collect();
    }
    let verdict = total.verdict(true, true);
    let of_side = |access: &Access| changed.iter().flat_map(|part| access.lines(*part)).collect::<Vec<_>>();
    let message = format!("who may come changed from {} to {}", before.summary(), after.summary());
    vec![Judgement::new("access", verdict, message, [of_side(before), of_side(after)])]
}

fn judge(part: Part, shift: Shift, before: &Access, after: &Access) -> Judgement {
    let verdict = shift.verdict(before.protects(part), after.protects(part));
    let (kind, message) = match part {
        Part::Rules => ("addresses", rules(before, after)),
        Part::Gate(kind) => (GATES[kind].0, gate(GATES[kind].0, before.gates[kind].as_ref(), after.gates[kind].as_ref(), after.any)),
        Part::Satisfy => ("satisfy", satisfy(after)),
    };
    Judgement::new(kind, verdict, message, [before.lines(part), after.lines(part)])
}

fn satisfy(after: &Access) -> String {
    String::from(if after.any {
        "any of the checks is enough, where all had to be passed"
    } else {
        "all checks must be passed, where any was enough"
    })
}

fn gate(noun: &str, before: Option<&Gate>, after: Option<&Gate>, any: bool) -> String {
    let way = if any { ", which is one of several ways in" } else { "" };
    match (before, after) {
        (Some(before), Some(after)) if before.shown != after.shown => {
            // What has no name is not told from or to.
            let part = |word: &str, shown: &str| if shown.is_empty() { String::new() } else { format!(" {word} {shown}") };
            format!("{noun} changed{}{}", part("from", &before.shown), part("to", &after.shown))
        }
        (Some(_), Some(_)) => format!("{noun} is set up otherwise"),
        (Some(gate), None) => format!("{noun} removed{}{way}", named(gate)),
        (None, Some(gate)) => format!("{noun} added{}{way}", named(gate)),
        (None, None) => noun.to_owned(),
    }
}

fn named(gate: &Gate) -> String {
    if gate.shown.is_empty() { String::new() } else { format!(": {}", gate.shown) }
}

fn rules(before: &Access, after: &Access) -> String {
    match (before.words.is_empty(), after.words.is_empty()) {
        (false, true) => return format!("list of {} removed", before.list()),
        (true, false) => return format!("list of {} added", after.list()),
        _ => {}
    }
    let lists = |allows| difference(&before.networks(allows), &after.networks(allows));
    let parts = [("allowed addresses", lists(true)), ("denied addresses", lists(false))];
    let parts = parts.into_iter().filter(|(_, text)| !text.is_empty()).map(|(noun, text)| format!("{noun}: {text}"));
    let whole = match (before.rules.denied.is_all(), after.rules.denied.is_all()) {
        (false, true) => Some("all addresses are denied"),
        (true, false) => Some("addresses are no longer all denied"),
        _ => None,
    };
    let told: Vec<String> = whole.map(str::to_owned).into_iter().chain(parts).collect();
    if told.is_empty() { String::from("rules for addresses are written otherwise") } else { told.join("; ") }
}
