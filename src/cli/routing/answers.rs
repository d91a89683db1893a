//! What becomes of many requests, a portion at a time: an answer is given up once it is written.

use std::sync::Arc;

use rayon::prelude::*;

use super::because::{add_places, refused, unanswered, unserved};
use super::source::Source;
use crate::compare::Side;
use crate::compile::{Lua, Written};
use crate::conf::Tree;
use crate::output::decision::{self, Explained, Place, Places};
use crate::route::{Config, Decision, Dynamic, Near, Request};

/// One side, ready to be asked.
pub(super) struct Answering<'s> {
    source: &'s Source,
    tree: &'s Tree<'s>,
    config: Config<'s>,
    /// The same where nothing is supposed to be there that the manifests name and do not hold.
    bare: Option<Config<'s>>,
    name: String,
    /// The lines behind directives that answers named so far.
    places: Arc<Places>,
    refused: Option<Arc<[Place]>>,
    is_many: bool,
}

/// A way, the others, and what else is told of one request alone.
type Told = (Decision, Vec<Decision>, Vec<Near>, Vec<Place>);

impl<'s> Answering<'s> {
    /// `bare`: what the manifests come to without what is supposed, and what Lua gets then.
    pub(super) fn of(source: &'s Source, tree: &'s Tree<'s>, bare: Option<(&'s Tree<'s>, Dynamic)>, is_many: bool) -> Self {
        Self {
            source,
            tree,
            config: Config::lift(tree, source.dynamic()),
            bare: bare.map(|(tree, dynamic)| Config::lift(tree, dynamic)),
            name: source.side.name(source.role()),
            places: Arc::default(),
            refused: None,
            is_many,
        }
    }

    /// What the side says of each of some requests. Of many, the near misses are left out.
    pub(super) fn answers(&mut self, requests: &[Request]) -> Vec<Explained> {
        let told: Vec<Told> = requests.par_iter().map(|request| self.told(request)).collect();
        let decisions: Vec<_> = told.iter().flat_map(|(decision, ways, ..)| std::iter::once(decision).chain(ways)).collect();
        let near: Vec<_> = told.iter().flat_map(|(_, _, near, _)| near.iter().map(|near| near.at)).collect();
        // The answers of the last portion are written, so that nobody else holds them.
        add_places(Arc::make_mut(&mut self.places), self.source, self.tree, &decisions, &near);
        let first: Vec<_> = told.iter().map(|(decision, ..)| decision).collect();
        let reasons = unanswered(self.source, &first);
        let refused = self.refused.get_or_insert_with(|| refused(self.source).into()).clone();
        let explained = told.into_iter().zip(reasons).map(|((decision, ways, near, unserved), unanswered)| {
            let (side, places, refused) = (self.name.clone(), Arc::clone(&self.places), Arc::clone(&refused));
            Explained { side, decision, ways, near, unserved, unanswered, refused, open_endpoints: open_endpoints(self.source), places }
        });
        let mut explained: Vec<Explained> = explained.collect();
        if let Some(bare) = &self.bare {
            explained.par_iter_mut().zip(requests).for_each(|(explained, request)| add_bare(explained, bare, request));
        }
        explained
    }

    fn told(&self, request: &Request) -> Told {
        let mut ways = self.config.branches(request);
        if self.is_many {
            let first = way_of_sender(&self.config, request, &ways);
            return (ways.remove(first), ways, Vec::new(), Vec::new());
        }
        let decision = ways.remove(0);
        let near = self.config.near(request, &decision);
        (decision, ways, near, unserved(self.source, request.host.as_deref().unwrap_or_default()))
    }
}

/// What the manifests come to without what is supposed, as a tree.
pub(super) fn tree_of(bare: &Option<(Written, Dynamic)>) -> Option<(Tree<'_>, Dynamic)> {
    bare.as_ref().map(|(written, dynamic)| (written.tree(), dynamic.clone()))
}

/// What becomes of a request where nothing is supposed to be there that the manifests name and do not hold.
fn add_bare(explained: &mut Explained, bare: &Config<'_>, request: &Request) {
    let known: Vec<String> = explained.ends().collect();
    let ways = bare.branches(request).into_iter().filter(|way| !known.contains(&decision::end(&way.end)));
    explained.ways.extend(ways.map(|mut way| {
        way.when.insert(0, String::from("what the manifests name and do not hold is not in the cluster either"));
        way
    }));
}

/// The way that comes first where requests are read by programs: of a client whom the request does not name, that of its own sender, as
/// the address in it has it; the others are beside it.
fn way_of_sender(config: &Config<'_>, request: &Request, ways: &[Decision]) -> usize {
    if !request.is_from_anywhere || ways.iter().all(|way| way.of_client().next().is_none()) {
        return 0;
    }
    let end = decision::end(&config.outcome(&Request { is_from_anywhere: false, ..request.clone() }).end);
    ways.iter().position(|way| decision::end(&way.end) == end).unwrap_or_default()
}

/// Why it is not known which endpoints an upstream has, where it is not, and how to know it.
fn open_endpoints(source: &Source) -> Option<&'static str> {
    match &source.side {
        Side::Declared(_) => {
            Some("the input holds no EndpointSlice of its namespace (`kubectl get endpointslices,services -o yaml` has them)")
        }
        Side::Dump(_) if source.side.tells(Lua::Backends) => None,
        Side::Dump(_) => Some(
            "no backends.json was given (`curl -s http://127.0.0.1:10246/configuration/backends` in the pod writes it, --live-backends takes it)",
        ),
    }
}
