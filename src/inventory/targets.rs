//! What other products can say of each Ingress.
//!
//! The targets of this compiler are asked to write the configuration, and what they report is the judgement. The Gateway API has no target:
//! its judgement is that of the catalog, by annotation.

use std::collections::BTreeSet;

use hashbrown::HashMap;

use super::model::{Outcome, Reason, Target, Verdict};
use super::placing::Placing;
use crate::catalog::gateway::{self, Reach};
use crate::catalog::key::Spec;
use crate::diagnostic::{Diagnostic, Severity};
use crate::emit;

/// The name of the Gateway API among the products.
const GATEWAY_API: &str = "gateway-api";

/// What one product can say of all Ingresses, by their numbers.
pub(super) struct Judging {
    name: String,
    basis: String,
    index: HashMap<Reason, usize>,
    for_all: BTreeSet<Reason>,
    /// The reasons of each Ingress; none for those that are not looked at.
    found: Vec<Option<Vec<usize>>>,
}

impl Judging {
    fn new(name: &str, basis: String, ingresses: usize) -> Self {
        Self { name: name.to_owned(), basis, index: HashMap::new(), for_all: BTreeSet::new(), found: vec![None; ingresses] }
    }

    /// For a target of this compiler.
    pub(super) fn of_target(target: &dyn emit::Target, ingresses: usize) -> Self {
        let name = target.name();
        Self::new(name, format!("what `render --target {name}` reports"), ingresses)
    }

    /// For the Gateway API.
    pub(super) fn of_gateway_api(ingresses: usize) -> Self {
        let basis = format!("a judgement by annotation, by the specification of Gateway API {}: nothing was rendered", gateway::RELEASE);
        Self::new(GATEWAY_API, basis, ingresses)
    }

    /// Looks at an Ingress: until something stands in the way, all is as it is.
    pub(super) fn look(&mut self, ingress: usize) {
        self.found[ingress].get_or_insert_default();
    }

    /// Something stands in the way of an Ingress.
    pub(super) fn add(&mut self, ingress: usize, reason: Reason) {
        let next = self.index.len();
        let at = *self.index.entry(reason).or_insert(next);
        let reasons = self.found[ingress].get_or_insert_default();
        if !reasons.contains(&at) {
            reasons.push(at);
        }
    }

    /// Takes what a target reports; the numbers of Ingresses whose Services the input does not hold.
    pub(super) fn take(&mut self, findings: Vec<Diagnostic>, placing: &Placing, is_own: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut lacking = Vec::new();
        for finding in findings {
            let reason = reason(&finding);
            let is_of_all = finding.subject.as_deref() == Some(&self.name);
            match placing.of_finding(&finding).filter(|_| !is_of_all) {
                Some(ingress) if finding.is_about_input => lacking.push(ingress),
                Some(ingress) if is_own(ingress) => self.add(ingress, reason),
                Some(_) => {}
                None => {
                    self.for_all.insert(reason);
                }
            }
        }
        lacking
    }

    /// Takes the judgement of the catalog on an annotation.
    pub(super) fn annotation(&mut self, ingress: usize, spec: &Spec, value: &str) {
        let judgement = &spec.gateway;
        let (outcome, message) = match judgement.reach_of(value) {
            Reach::Standard if judgement.but.is_empty() => return,
            Reach::Standard => (Outcome::Otherwise, format!("{}: {}", judgement.by, judgement.but)),
            Reach::Experimental if judgement.but.is_empty() => {
                (Outcome::Otherwise, format!("{}, in the experimental channel", judgement.by))
            }
            Reach::Experimental => (Outcome::Otherwise, format!("{}, in the experimental channel: {}", judgement.by, judgement.but)),
            Reach::Implementation if judgement.reach == Reach::Standard => {
                (Outcome::Depends, format!("{} has nothing for `{}` in the value", judgement.by, judgement.beyond))
            }
            Reach::Implementation => (Outcome::Depends, judgement.by.to_owned()),
            Reach::Nothing => (Outcome::Not, judgement.by.to_owned()),
        };
        self.add(ingress, Reason { outcome, subject: spec.name.to_owned(), message, ..Reason::default() });
    }

    /// The product with its reasons, those of most Ingresses first, and what it can say of each Ingress.
    pub(super) fn finish(self) -> (Target, Vec<Option<Verdict>>) {
        let mut reasons: Vec<(usize, Reason)> = self.index.into_iter().map(|(reason, at)| (at, reason)).collect();
        let mut counts = vec![0; reasons.len()];
        self.found.iter().flatten().flatten().for_each(|at| counts[*at] += 1);
        reasons.iter_mut().for_each(|(at, reason)| reason.ingresses = counts[*at]);
        reasons.sort_by(|(_, a), (_, b)| b.ingresses.cmp(&a.ingresses).then_with(|| a.cmp(b)));
        let mut places = vec![0; reasons.len()];
        reasons.iter().enumerate().for_each(|(place, (at, _))| places[*at] = place);
        let reasons: Vec<Reason> = reasons.into_iter().map(|(_, reason)| reason).collect();
        let verdict = |own: Vec<usize>| {
            let mut own: Vec<usize> = own.into_iter().map(|at| places[at]).collect();
            own.sort_unstable();
            let outcome = own.iter().map(|at| reasons[*at].outcome).max().unwrap_or_default();
            Verdict { outcome, reasons: own }
        };
        let verdicts = self.found.into_iter().map(|own| own.map(verdict)).collect();
        (Target { name: self.name, basis: self.basis, for_all: self.for_all.into_iter().collect(), reasons }, verdicts)
    }
}

/// What a target reports, as a reason.
fn reason(finding: &Diagnostic) -> Reason {
    let subject = finding.subject.as_deref().unwrap_or_default();
    Reason {
        outcome: if finding.severity == Severity::Info { Outcome::Otherwise } else { Outcome::Not },
        subject: subject.rsplit_once('/').filter(|(prefix, _)| prefix.contains('.')).map_or(subject, |(_, name)| name).to_owned(),
        message: finding.message.clone(),
        closes: finding.severity == Severity::Error,
        ingresses: 0,
    }
}
