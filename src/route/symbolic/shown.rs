//! Requests that show a difference: asked of both sides as single ones.

use super::leaf::Leaf;
use super::seen::{end, kind_of, seen};
use super::unlike::{Aspect, Kind};
use super::work::{REQUEST, Work};
use crate::route::config::Config;
use crate::route::decision::Decision;
use crate::route::request::Request;

/// Both sides, for single requests.
pub(super) struct Both<'a, 't> {
    pub(super) configs: [&'a Config<'t>; 2],
    pub(super) is_same_words: bool,
}

impl Both<'_, '_> {
    /// The ways of a request that differ on both sides as was found for many; none where they do not.
    pub(super) fn confirms(&self, request: &Request, leaves: [&Leaf; 2], aspects: &[Aspect]) -> Option<[Decision; 2]> {
        let configs = self.configs;
        let [(base, before), (head, after)] = [0, 1].map(|at| seen(configs[at], request, !self.is_same_words));
        let mut kinds = leaves.map(|leaf| kind_of(&leaf.end)).to_vec();
        if aspects.iter().any(|aspect| aspect.kind == Kind::Body) {
            kinds.push(String::from("413"));
        }
        let is_checked = |aspect: &Aspect| match aspect.kind {
            Kind::Check(kind) => base.is_checked_otherwise(&head, kind),
            _ => false,
        };
        if !base.differs_in(&head, &kinds) && !aspects.iter().any(is_checked) {
            return None;
        }
        let of = |side: usize, ways: &[Decision]| {
            let kind = kind_of(&leaves[side].end);
            let other = if side == 0 { &head } else { &base };
            let ends = ways.iter().filter(|way| end(configs[side], &way.end).split(' ').next() == Some(kind.as_str()));
            let mut ends: Vec<&Decision> = ends.collect();
            ends.sort_by_key(|way| other.has(&end(configs[side], &way.end)));
            ends.first().map(|way| (*way).clone()).unwrap_or_else(|| ways[0].clone())
        };
        Some([of(0, &before), of(1, &after)])
    }

    /// The same with the request, without each header that it shows the difference without as well.
    pub(super) fn smallest(
        &self,
        request: Request,
        leaves: [&Leaf; 2],
        aspects: &[Aspect],
        work: &Work,
    ) -> Option<([Decision; 2], Request)> {
        let mut shown = (self.confirms(&request, leaves, aspects)?, request);
        for at in (0..shown.1.headers.len()).rev() {
            let mut smaller = shown.1.clone();
            smaller.headers.remove(at);
            if work.pay(REQUEST)
                && let Some(decisions) = self.confirms(&smaller, leaves, aspects)
            {
                shown = (decisions, smaller);
            }
        }
        Some(shown)
    }

    /// The ways of a request that differ on both sides; none where it is answered alike.
    pub(super) fn shows(&self, request: &Request) -> Option<[Decision; 2]> {
        let configs = self.configs;
        let [(base, before), (head, after)] = [0, 1].map(|at| seen(configs[at], request, !self.is_same_words));
        if base == head {
            return None;
        }
        let ends = |side: usize, ways: &[Decision]| ways.iter().map(|way| end(configs[side], &way.end)).collect::<Vec<_>>();
        let (first, second) = (ends(0, &before), ends(1, &after));
        // The plain ways, where they differ; else the first way that the other side lacks.
        if first[0] == second[0] {
            if let Some(at) = first.iter().position(|end| !second.contains(end)) {
                return Some([before[at].clone(), after[at.min(after.len() - 1)].clone()]);
            }
            if let Some(at) = second.iter().position(|end| !first.contains(end)) {
                return Some([before[at.min(before.len() - 1)].clone(), after[at].clone()]);
            }
        }
        Some([before[0].clone(), after[0].clone()])
    }
}
