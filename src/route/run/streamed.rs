//! Connections that are passed on unopened: by `stream`, and by the controller's own program in front of nginx.

use super::{Run, Stop};
use crate::route::decision::{End, Passed};
use crate::route::model::{Definition, Stream};
use crate::route::text::{Part, Template, Variable};
use crate::source::Span;

impl Run<'_, '_, '_> {
    /// Where a stream leads: a port of nginx itself, or none where somebody else gets the connection.
    pub(super) fn streamed(&mut self, stream: &Stream) -> Option<u16> {
        let config = self.config;
        if let Some(upstream) = &stream.balanced {
            self.passed_on(upstream, None, stream.at);
            return None;
        }
        let Some(to) = self.stream_text(&stream.to, 0) else {
            self.not_known("where the connection is passed on to");
            self.decision.end = End::Unknown;
            return None;
        };
        let endpoints = config.stream_upstreams.get(&to).cloned().flatten().unwrap_or_else(|| vec![to.clone()]);
        let own = endpoints.iter().find_map(|endpoint| endpoint.strip_prefix("127.0.0.1:")?.parse::<u16>().ok());
        if let Some(port) = own.filter(|port| config.ports.contains_key(port) || config.streams.contains_key(port)) {
            return Some(port);
        }
        self.passed_on(&to, Some(endpoints), stream.at);
        None
    }

    /// A host whose connections the controller passes on before nginx sees them.
    pub(super) fn pass_through(&mut self, server: usize, name: Option<&str>) -> Result<(), Stop> {
        let config = self.config;
        let Some((upstream, endpoints)) = config.passed_through(server, name) else { return Ok(()) };
        self.passed_on(&upstream, endpoints, config.servers[server].at);
        Err(Stop::Done)
    }

    fn passed_on(&mut self, upstream: &str, endpoints: Option<Vec<String>>, at: Span) {
        self.step(format!("the connection is passed on to {upstream}, unopened"), Some(at));
        let passed = Passed { upstream: upstream.to_owned(), endpoints, protocol: String::from("tcp"), at: Some(at), ..Passed::default() };
        self.decision.end = End::Backend(Box::new(passed));
    }

    /// A text of `stream`, whose variables are its own.
    fn stream_text(&self, template: &Template, depth: usize) -> Option<String> {
        let mut out = String::new();
        for part in &template.0 {
            match part {
                Part::Literal(text) => out.push_str(&String::from_utf8_lossy(text)),
                Part::Variable(Variable::Builtin(name)) if &**name == "ssl_preread_server_name" => {
                    out.push_str(&self.request.sni.clone().unwrap_or_default().to_ascii_lowercase());
                }
                Part::Variable(Variable::Own(place)) if depth < 8 => {
                    let Definition::Map(map) = &self.config.stream_variables.all[*place].1 else { return None };
                    let entry = map.find(self.stream_text(&map.source, depth + 1)?.as_bytes()).ok()?;
                    out.push_str(&self.stream_text(entry.value, depth + 1)?);
                }
                Part::Variable(_) | Part::Group(_) | Part::Arguments => return None,
            }
        }
        Some(out)
    }
}
