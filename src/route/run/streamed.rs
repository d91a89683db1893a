//! Connections that are passed on unopened: by `stream`, and by the controller's own program in front of nginx.

use super::{Run, Stop};
use crate::route::decision::{End, Passed};
use crate::route::model::Stream;
use crate::route::streamed::Leads;
use crate::source::Span;

impl<'c> Run<'c, '_> {
    /// Where a stream leads: a port of nginx itself, or none where somebody else gets the connection.
    pub(super) fn streamed(&mut self, stream: &Stream) -> Option<u16> {
        let name = self.request.sni.clone().unwrap_or_default().to_ascii_lowercase();
        match self.config.leads(stream, &name) {
            Some(Leads::Here(port)) => return Some(port),
            Some(Leads::On(upstream, endpoints)) => self.passed_on(&upstream, endpoints, stream.at),
            None => {
                self.not_known("where the connection is passed on to");
                self.decision.end = End::Unknown;
            }
        }
        None
    }

    /// A host whose connections the controller passes on before nginx sees them.
    pub(super) fn pass_through(&mut self, server: usize, name: Option<&str>) -> Result<(), Stop<'c>> {
        let config = self.config;
        let Some((upstream, endpoints)) = config.passed_through(server, name) else { return Ok(()) };
        self.passed_on(&upstream, endpoints, config.servers[server].at);
        Err(Stop::Done)
    }

    fn passed_on(&mut self, upstream: &str, endpoints: Option<Vec<String>>, at: Span) {
        self.step(|| format!("the connection is passed on to {upstream}, unopened"), Some(at));
        let passed = Passed { upstream: upstream.to_owned(), endpoints, protocol: String::from("tcp"), at: Some(at), ..Passed::default() };
        self.decision.end = End::Backend(Box::new(passed));
    }
}
